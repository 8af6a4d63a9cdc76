package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Event is something that a station did or that was done to it, and that must be remembered. The store applies
// each event whole or not at all. Only the types of this package are events.
type Event interface {
	// Check returns an error that satisfies errors.Is(err, ErrInvalidEvent) when the event cannot be stored by
	// any store: then repeating it is of no use.
	Check() error
	// About returns the station's identity.
	About() string
}

// ErrInvalidEvent is what Check returns for events that nobody can store.
var ErrInvalidEvent = errors.New("fleet: invalid event")

// Result is what the store found out while it stored an event.
type Result struct {
	Duplicate bool // the event was known; nothing changed, and the result is the same as the first time
	Conflict  bool // another event with the same key was known; that one counts, this one is kept beside it

	TransactionID     string // id of the transaction, as the station knows it
	TransactionNumber int64  // the same as a number in OCPP 1.6; 0 otherwise

	Token Decision // about the event's token; zero without one

	// What a station of OCPP 2.x is told about money.
	Cost       Decimal    // of the transaction so far, with taxes; "" not known, or the station computes it itself
	TariffText TariffText // of the tariff of an accepted token, for a station that can show it; zero: none
	NewText    TariffText // the same when it is another than the driver was told in this transaction (I06); zero: it is not
	Tariff     *Tariff    // the driver's own (I08); nil: none, or the station has not enabled such tariffs

	Limit      TransactionLimit // that the answer gives the transaction; nil: none
	LimitsWait bool             // a limit waits for the station to say which ones it takes
}

// Booted is a BootNotification and how it is answered.
type Booted struct {
	Station                         string
	Received                        time.Time
	Version                         string
	Vendor, Model, Serial, Firmware string
	ICCID, IMSI                     string
	MeterType, MeterSerial          string
	Reason                          string
	Status                          BootStatus
}

// StatusReported is a StatusNotification.
type StatusReported struct {
	Station         string
	Received        time.Time
	Time            time.Time // zero: not sent
	EVSE, Connector int
	Status          string
	ErrorCode       string // 1.6 only
	Info            string
	VendorID        string
	VendorErrorCode string
}

// StatusesReported is one message that tells of several places, in this order.
type StatusesReported struct {
	Station string
	List    []StatusReported // of the same station
}

// Metered is a MeterValues that belongs to no transaction.
type Metered struct {
	Station         string
	Received        time.Time
	EVSE, Connector int
	Samples         []Sample
}

// AuthorizationAsked is an Authorize. The answer is in Result.Token.
type AuthorizationAsked struct {
	Station  string
	Received time.Time
	Token    IDToken
	Opinion  *Opinion // of an authorization hook; nil: none was asked
}

// Commanded is a request that was sent to a station and how that ended.
type Commanded struct {
	Station   string
	Received  time.Time // when it ended
	SentAt    time.Time
	Action    string
	Payload   json.RawMessage
	Outcome   CommandOutcome
	Response  json.RawMessage // when Answered
	ErrorCode string          // when Refused
	Detail    string
}

// CommandOutcome is how a command ended.
type CommandOutcome string

// The outcomes of commands.
const (
	CommandAnswered CommandOutcome = "answered" // with a CALLRESULT, whatever its status says
	CommandRefused  CommandOutcome = "refused"  // with a CALLERROR
	CommandTimeout  CommandOutcome = "timeout"
	CommandUnknown  CommandOutcome = "unknown" // the connection ended; the station may have carried it out
	CommandUnsent   CommandOutcome = "unsent"  // certainly not delivered
)

// Refused is a connection attempt that was turned away.
type Refused struct {
	Station  string // the identity it claimed, which may be nobody's
	Received time.Time
	Address  string
	Reason   string // one word: unknown, credential, certificate, version, limit, draining ...
	Detail   string // what was wrong, and what to do about it
	Times    int64  // attempts that it stands for, of the same identity, host and reason; 0: 1
}

// About returns the station's identity.
func (e Booted) About() string { return e.Station }

// Check demands a station.
func (e Booted) Check() error { return checkStation(e.Station) }

// About returns the station's identity.
func (e StatusReported) About() string { return e.Station }

// Check demands a station and a place that can be.
func (e StatusReported) Check() error { return checkPlace(e.Station, e.EVSE, e.Connector) }

// About returns the station's identity.
func (e StatusesReported) About() string { return e.Station }

// Check demands a station, the same one in every report, and places that can be.
func (e StatusesReported) Check() error {
	for _, s := range e.List {
		if s.Station != e.Station {
			return fmt.Errorf("%w: a status of %q", ErrInvalidEvent, s.Station)
		}
		if err := s.Check(); err != nil {
			return err
		}
	}
	return checkStation(e.Station)
}

// About returns the station's identity.
func (e Metered) About() string { return e.Station }

// Check demands a station and a place that can be.
func (e Metered) Check() error { return checkPlace(e.Station, e.EVSE, e.Connector) }

// About returns the station's identity.
func (e AuthorizationAsked) About() string { return e.Station }

// Check demands a station.
func (e AuthorizationAsked) Check() error { return checkStation(e.Station) }

// About returns the station's identity.
func (e Commanded) About() string { return e.Station }

// Check demands a station.
func (e Commanded) Check() error { return checkStation(e.Station) }

// About returns the identity that was claimed.
func (e Refused) About() string { return e.Station }

// Check accepts everything: it tells of strangers.
func (e Refused) Check() error { return nil }

func checkStation(id string) error {
	if id == "" {
		return fmt.Errorf("%w: no station", ErrInvalidEvent)
	}
	return nil
}

func checkPlace(station string, evse, connector int) error {
	if evse < 0 || connector < 0 {
		return fmt.Errorf("%w: EVSE %d, connector %d", ErrInvalidEvent, evse, connector)
	}
	return checkStation(station)
}
