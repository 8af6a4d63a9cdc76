package server

import (
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Each error code that OCPP has is told in words that name it, and say whether something may have been done.
func TestEveryErrorCodeIsToldInWords(t *testing.T) {
	told := map[string]ocpp.Code{}
	for _, code := range []ocpp.Code{
		ocpp.FormatViolation, ocpp.GenericError, ocpp.InternalError, ocpp.MessageTypeNotSupported, ocpp.NotImplemented, ocpp.NotSupported,
		ocpp.OccurrenceConstraintViolation, ocpp.PropertyConstraintViolation, ocpp.ProtocolError, ocpp.RpcFrameworkError, ocpp.SecurityError,
		ocpp.TypeConstraintViolation, "VendorError",
	} {
		e := &ocpp.Error{Code: code, FromPeer: true}
		detail := refusedDetail(e)
		if !strings.HasPrefix(detail, "the station ") || !strings.HasSuffix(detail, "("+string(code)+")") {
			t.Errorf("%s: %q", code, detail)
		}
		if may := strings.Contains(detail, "may have done"); may == e.SafeToRetry() {
			t.Errorf("%s: says that it may have done something: %t", code, may)
		}
		if other, ok := told[detail]; ok {
			t.Errorf("%s and %s: both %q", code, other, detail)
		}
		told[detail] = code
	}
	if got := refusedDetail(&ocpp.Error{Code: ocpp.NotSupported, Description: "no display"}); !strings.HasSuffix(got, `; it says "no display"`) {
		t.Errorf("with a description: %q", got)
	}
}
