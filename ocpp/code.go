package ocpp

import "strings"

// Code is an RPC error code of a CALLERROR or CALLRESULTERROR. The constants have the spelling of OCPP 2.x;
// For gives the spelling of a version.
type Code string

// The error codes (OCPP-J 2.1 Part 4, 4.3; OCPP-J 1.6, 4.2.3).
const (
	FormatViolation               Code = "FormatViolation" // 1.6: FormationViolation
	GenericError                  Code = "GenericError"
	InternalError                 Code = "InternalError"
	MessageTypeNotSupported       Code = "MessageTypeNotSupported" // 2.x only
	NotImplemented                Code = "NotImplemented"          // the action is unknown
	NotSupported                  Code = "NotSupported"            // the action is known but not offered
	OccurrenceConstraintViolation Code = "OccurrenceConstraintViolation"
	PropertyConstraintViolation   Code = "PropertyConstraintViolation"
	ProtocolError                 Code = "ProtocolError"
	RpcFrameworkError             Code = "RpcFrameworkError" //nolint:revive // 2.x only; the word of the specification
	SecurityError                 Code = "SecurityError"
	TypeConstraintViolation       Code = "TypeConstraintViolation"
)

// For returns the spelling of c that version v uses on the wire. OCPP 1.6 writes FormationViolation and
// OccurenceConstraintViolation (sic), and has no RpcFrameworkError (ProtocolError there) and no
// MessageTypeNotSupported (NotSupported there).
func (c Code) For(v Version) string {
	if v != V16 {
		return string(c)
	}
	switch c {
	case FormatViolation:
		return "FormationViolation"
	case OccurrenceConstraintViolation:
		return "OccurenceConstraintViolation"
	case RpcFrameworkError:
		return string(ProtocolError)
	case MessageTypeNotSupported:
		return string(NotSupported)
	}
	return string(c)
}

// ParseCode reads a code in the spelling of any version, in any case. A code that no version knows is kept
// as it is and reported by false.
func ParseCode(s string) (Code, bool) {
	for _, c := range [...]Code{
		FormatViolation, GenericError, InternalError, NotImplemented, NotSupported, OccurrenceConstraintViolation,
		PropertyConstraintViolation, ProtocolError, SecurityError, TypeConstraintViolation,
		MessageTypeNotSupported, RpcFrameworkError, // last: 1.6 spells them like codes above
	} {
		if strings.EqualFold(s, string(c)) || strings.EqualFold(s, c.For(V16)) {
			return c, true
		}
	}
	return Code(s), false
}
