package ocpp

// Action names one message of one version; handlers are keyed by it. Name is as on the wire: case-sensitive
// and without the suffix Request (OCPP-J 2.1 Part 4, 4.1.4).
type Action struct {
	Version Version
	Name    string
}

// String returns "2.1 Heartbeat" and the like.
func (a Action) String() string { return a.Version.String() + " " + a.Name }

// End is one of the two ends of a connection, or both of them.
type End uint8

// The ends. StationEnd|CSMSEnd is both.
const (
	StationEnd End = 1 << iota // the charging station, the WebSocket client
	CSMSEnd                    // the charging station management system, the WebSocket server
)

// Other returns the opposite end.
func (e End) Other() End { return e ^ (StationEnd | CSMSEnd) }

// String returns "station", "CSMS" or "both".
func (e End) String() string {
	switch e {
	case StationEnd:
		return "station"
	case CSMSEnd:
		return "CSMS"
	}
	return "both"
}

// Kind tells how a request travels.
type Kind uint8

// The kinds. A SEND exists in OCPP 2.1 only and is never answered.
const (
	KindCall Kind = iota
	KindSend
)

// Request is a message that asks for an R. Every generated request implements it; so may a vendor's own
// type, which then travels through encoding/json.
//
// The method is not called Action because a wire field of Get15118EVCertificateRequest has that name.
type Request[R any] interface {
	OCPPAction() Action
	OCPPResponse() *R // a new, empty response
}

// CSMSRequest is a request that a CSMS may send.
type CSMSRequest[R any] interface {
	Request[R]
	SentByCSMS()
}

// StationRequest is a request that a charging station may send.
type StationRequest[R any] interface {
	Request[R]
	SentByStation()
}

// Send is an unanswered message (type 6, SEND) of OCPP 2.1.
type Send interface {
	OCPPAction() Action
	OCPPSend()
}
