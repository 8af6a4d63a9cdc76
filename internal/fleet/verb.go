package fleet

import (
	"fmt"
	"slices"
)

// Verb is what somebody wants of a station, in words of no version of OCPP. It is a pointer to a struct whose fields are
// its arguments, and their tags are their description for all who show or read them: the API, the command line, the table
// of docs/verbs.md. A field without a JSON name is what the system finds out before the adapter of the station's version
// makes a request of the verb.
type Verb interface {
	// VerbName is its name in the API, such as "clear-cache".
	VerbName() string
	// Check refuses arguments that make no sense in any version, with a *VerbError. The tags say the rest.
	Check() error
}

// VerbKind describes one verb.
type VerbKind struct {
	Name    string
	Summary string // a few words without an end
	Help    string // sentences: what the station does, what its answer means, where versions differ
	Example string // arguments, a JSON object
	New     func() Verb
}

// verb makes a kind of its type, so that both cannot differ.
func verb[T any, V interface {
	*T
	Verb
}](summary, help, example string) VerbKind {
	return VerbKind{Name: V(new(T)).VerbName(), Summary: summary, Help: help, Example: example, New: func() Verb { return V(new(T)) }}
}

// VerbKinds are all verbs, in the order in which they are shown.
func VerbKinds() []VerbKind {
	return slices.Concat(
		remoteVerbs(),
		reservationVerbs(),
		operationVerbs(),
		deviceVerbs(),
		setupVerbs(),
		keyVerbs(),
		localListVerbs(),
		firmwareVerbs(),
		logVerbs(),
		costVerbs(),
		energyVerbs(),
		streamVerbs(),
		dataVerbs(),
		chargingVerbs(),
	)
}

// VerbKindOf finds a verb by its name.
func VerbKindOf(name string) (VerbKind, bool) {
	kinds := VerbKinds()
	i := slices.IndexFunc(kinds, func(k VerbKind) bool { return k.Name == name })
	if i < 0 {
		return VerbKind{}, false
	}
	return kinds[i], true
}

// VerbError says why a verb is not asked of a station.
type VerbError struct {
	Reason   VerbReason
	Argument string // JSON pointer to what is wrong, such as /idToken/type; "": the verb as a whole
	Detail   string // why, and what to do instead
}

// NumberedVerb is a verb whose request bears a number that the station's later messages refer to. Embed Numbered to be one.
type NumberedVerb interface {
	Verb
	GiveNumber(n int64)
}

// Numbered is the number of a request.
type Numbered struct {
	Number int64 `json:"-"`
}

// GiveNumber sets the number.
func (n *Numbered) GiveNumber(number int64) { n.Number = number }

// TransactionVerb is a verb about one transaction of the station. Embed OfTransaction to be one.
type TransactionVerb interface {
	Verb
	NamedTransaction() string
	FoundTransaction(t RunningTransaction)
}

// OfTransaction is the transaction that a verb is about.
type OfTransaction struct {
	Transaction string `json:"transaction" minLength:"1" maxLength:"1024" doc:"Id of the transaction, as in the list of transactions or as the station knows it" example:"CP-001:5d3bb8d4"`

	Running RunningTransaction `json:"-"`
}

// NamedTransaction returns the id that was given.
func (t *OfTransaction) NamedTransaction() string { return t.Transaction }

// FoundTransaction sets what the station calls it.
func (t *OfTransaction) FoundTransaction(found RunningTransaction) { t.Running = found }

// checkTransaction demands an id.
func (t *OfTransaction) checkTransaction() error {
	if t.Transaction == "" {
		return WrongArgument("/transaction", "say which transaction")
	}
	return nil
}

// VerbReason sorts the errors of verbs.
type VerbReason string

// The reasons.
const (
	VerbWrong    VerbReason = "wrong"   // the arguments make no sense in any version
	VerbVersion  VerbReason = "version" // the station's version has nothing of the kind, or not with this argument
	VerbOfMoment VerbReason = "state"   // the station is not in the state for it just now
)

// Error returns the detail.
func (e *VerbError) Error() string { return e.Detail }

// WrongArgument is an error about an argument that makes no sense in any version.
func WrongArgument(pointer, format string, args ...any) error {
	return &VerbError{VerbWrong, pointer, fmt.Sprintf(format, args...)}
}

// NotInVersion is an error about what the station's version does not have. Without a pointer it is the whole verb.
func NotInVersion(pointer, format string, args ...any) error {
	return &VerbError{VerbVersion, pointer, fmt.Sprintf(format, args...)}
}

// NotNow is an error about what the station cannot do in the state that it is in.
func NotNow(pointer, format string, args ...any) error {
	return &VerbError{VerbOfMoment, pointer, fmt.Sprintf(format, args...)}
}
