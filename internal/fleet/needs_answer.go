package fleet

// NeedsAnswer is what a vehicle is told that has said what it wants.
type NeedsAnswer struct {
	Verdict NeedsVerdict
	Code    string // of the reason, of the appendix of OCPP 2.x, when there is no profile
	Reason  string // in words
}

// NeedsVerdict is whether a charging profile follows.
type NeedsVerdict int

// The verdicts.
const (
	NeedsNone    NeedsVerdict = iota // none does
	NeedsPlanned                     // one does, at once
	NeedsLater                       // somebody else makes one, when he likes
)

// NoNeeds is the answer when there is no profile.
func NoNeeds(code, reason string) NeedsAnswer { return NeedsAnswer{NeedsNone, code, reason} }
