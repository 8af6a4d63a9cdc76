package fleet

import "time"

// Allocation is on record: how the limit of a site was shared at a moment, and why.
type Allocation struct {
	Number   int64 // given by the store
	Site     string
	At       time.Time
	Reason   string // what happened, in words
	Unit     string
	Limit    Tenths // that was shared
	Reserved Tenths // what all members could take together when it was
	Shares   []AllocatedShare
}

// AllocatedShare is the part of a member in an Allocation.
type AllocatedShare struct {
	Station   string
	Sessions  int
	Online    bool
	Target    Tenths  // what it was to have
	Reserved  Tenths  // what counted for it
	Acked     *Tenths // what it had acknowledged last; nil: nothing
	Sent      *Tenths // what was sent to it; nil: nothing
	Outcome   ShareOutcome
	Detail    string    // in words; "": nothing to say
	SettledAt time.Time // when the outcome was known; zero: it was at once, or is not
}

// ShareOutcome is what became of a share.
type ShareOutcome string

// The outcomes.
const (
	ShareKept         ShareOutcome = "kept"         // the station had it already
	ShareWaiting      ShareOutcome = "waiting"      // nothing was sent, see the detail
	ShareSent         ShareOutcome = "sent"         // the answer is not here
	ShareAcknowledged ShareOutcome = "acknowledged" // the station accepted it
	ShareRefused      ShareOutcome = "refused"      // the station did not; what it had stays reserved
	ShareUndelivered  ShareOutcome = "undelivered"  // it was certainly not delivered
	ShareUnknown      ShareOutcome = "unknown"      // nobody knows: the greater one stays reserved
)

// Record makes a record of shares as Allocate returned them.
func (s Site) Record(reason string, limit Tenths, shares []Share, now time.Time) Allocation {
	a := Allocation{Site: s.ID, At: now, Reason: reason, Unit: s.Unit, Limit: limit}
	for i, share := range shares {
		r := AllocatedShare{
			Station: share.Station, Sessions: share.Sessions, Online: share.Online, Target: share.Target, Reserved: share.Reserved,
			Outcome: ShareKept, Detail: share.Wait,
		}
		if acked := s.Members[i].Acked; acked != nil {
			r.Acked = &acked.Share
		}
		switch {
		case share.Send != nil:
			r.Outcome, r.Sent = ShareSent, &share.Send.Share
		case share.Wait != "":
			r.Outcome = ShareWaiting
		}
		a.Reserved += share.Reserved
		a.Shares = append(a.Shares, r)
	}
	return a
}
