package server

import "github.com/chargeyard/chargeyard/ocpp"

// refusedDetail says in words what a station meant by a CALLERROR, with what it says itself. Only with an internal or a generic
// error it may have done something nevertheless.
func refusedDetail(e *ocpp.Error) string {
	detail := refusedMeaning(e.Code)
	if e.Description != "" {
		detail += `; it says "` + e.Description + `"`
	}
	return detail
}

func refusedMeaning(code ocpp.Code) string {
	switch code {
	case ocpp.NotImplemented:
		return "the station does not know this request (NotImplemented)"
	case ocpp.NotSupported:
		return "the station knows this request, and does not support it (NotSupported)"
	case ocpp.InternalError:
		return "the station failed while it dealt with the request, and may have done some of it (InternalError)"
	case ocpp.GenericError:
		return "the station could not do it for a reason that no other error stands for, and may have done some of it (GenericError)"
	case ocpp.SecurityError:
		return "the station refused the request for security, or because its boot was not accepted (SecurityError)"
	case ocpp.FormatViolation, ocpp.ProtocolError, ocpp.RpcFrameworkError, ocpp.MessageTypeNotSupported:
		return "the station could not read the request: its OCPP differs from that of the specification (" + string(code) + ")"
	case ocpp.PropertyConstraintViolation:
		return "the station does not allow the value of a field (PropertyConstraintViolation)"
	case ocpp.OccurrenceConstraintViolation:
		return "the station misses a field, or does not allow so many entries of a list (OccurrenceConstraintViolation)"
	case ocpp.TypeConstraintViolation:
		return "the station expects another type of value in a field (TypeConstraintViolation)"
	}
	return "the station answered with an error that OCPP does not have (" + string(code) + ")"
}
