package ocppj_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

// notary signs by naming what is signed, and verifies that.
type notary struct{}

func (notary) Sign(_ context.Context, m ocppj.SignedMessage, payload []byte) ([]byte, error) {
	return []byte(jwsOf(m.Type, m.Action, string(payload))), nil
}

func (notary) Verify(_ context.Context, m ocppj.SignedMessage, jws []byte) ([]byte, error) {
	text := string(jws)
	if !m.Inbound || !strings.Contains(text, fmt.Sprintf(`"signature":"%s %s"`, m.Type, m.Action)) {
		return nil, errors.New("forged")
	}
	payload, _, _ := strings.Cut(strings.TrimPrefix(text, `{"payload":"`), `"`)
	return base64.RawURLEncoding.DecodeString(payload)
}

// jwsOf is what the notary makes.
func jwsOf(t ocppj.MessageType, action, payload string) string {
	return fmt.Sprintf(`{"payload":"%s","protected":"e30","signature":"%s %s"}`,
		base64.RawURLEncoding.EncodeToString([]byte(payload)), t, action)
}

func signing(policy ocppj.SignaturePolicy) func(*ocppj.Options) {
	return func(o *ocppj.Options) {
		o.Signing = ocppj.Signing{Signer: notary{}, Verifier: notary{}, Policy: policy}
	}
}

var versions2 = []ocpp.Version{ocpp.V201, ocpp.V21}

func signedStatus(v ocpp.Version, id string) string {
	return `[2,"` + id + `","StatusNotification-Signed",` + jwsOf(ocppj.TypeCall, "StatusNotification", status(v, 1)) + `]`
}

func TestR22SignedRequestsAreUnwrappedAlways(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v) // nothing is configured
		r.answers("StatusNotification", statusResponse(v))
		r.receive(strings.Replace(signedStatus(v, "1"), "CALL Status", "forged Status", 1))
		r.wants(`[3,"1",{}]`)
		r.wantsEvents()
		r.answers("DataTransfer", transferResponse(v))
		for _, signature := range []ocppj.MessageType{ocppj.TypeCall, ocppj.TypeCallResult} { // a retry, signed anew
			r.receive(`[2,"2","DataTransfer-Signed",` + jwsOf(signature, "DataTransfer", transfer(1)) + `]`)
			r.wants(`[3,"2",{"status":"Accepted"}]`)
		}
		r.wantsEvents("repeated DataTransfer 2")
	}, versions2...)
}

func TestR22SignedRequestGetsASignedAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, signing(ocppj.SignaturesVerified))
		r.answers("StatusNotification", statusResponse(v))
		r.receive(signedStatus(v, "1"), `[2,"2","StatusNotification",`+status(v, 2)+`]`)
		r.wants(`[3,"1",`+jwsOf(ocppj.TypeCallResult, "StatusNotification", `{}`)+`]`, `[3,"2",{}]`)
	}, versions2...)
}

func TestR22RequireRefusesUnsignedAndUnverifiable(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, signing(ocppj.SignaturesRequired))
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"1","StatusNotification",`+status(v, 1)+`]`,
			strings.Replace(signedStatus(v, "2"), "CALL Status", "forged Status", 1), signedStatus(v, "3"))
		r.wants(`[4,"1","SecurityError","the message is not signed",{}]`,
			`[4,"2","SecurityError","the signature is not valid",{}]`,
			`[3,"3",`+jwsOf(ocppj.TypeCallResult, "StatusNotification", `{}`)+`]`)

		res := r.clearCache(withID("x"))
		r.wants(`[2,"x","ClearCache-Signed",` + jwsOf(ocppj.TypeCall, "ClearCache", `{}`) + `]`)
		r.receive(cleared("x"))
		synctest.Wait()
		if e := new(ocpp.Error); !errors.As(res.err(), &e) || e.Code != ocpp.SecurityError || ocpp.SafeToRetry(res.err()) {
			t.Errorf("an unsigned answer: %v", res.err())
		}
		res = r.clearCache(withID("y"))
		r.receive(`[3,"y",` + jwsOf(ocppj.TypeCallResult, "ClearCache", `{"status":"Accepted"}`) + `]`)
		synctest.Wait()
		if res.err() != nil {
			t.Errorf("a signed answer: %v", res.err())
		}
	}, versions2...)
}

func TestR22VerifyRefusesForgedMessagesOnly(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, signing(ocppj.SignaturesVerified), func(o *ocppj.Options) {
			o.Signing.Requests = func(action string) bool { return action == "ClearCache" }
		})
		r.answers("StatusNotification", statusResponse(v))
		r.receive(strings.Replace(signedStatus(v, "1"), "CALL Status", "CALL Other", 1))
		r.wants(`[4,"1","SecurityError","the signature is not valid",{}]`)
		for answer, ok := range map[string]bool{
			`{"status":"Accepted"}`: true,
			jwsOf(ocppj.TypeCallResult, "ClearCache", `{"status":"Accepted"}`): true,
			jwsOf(ocppj.TypeCallResult, "Reset", `{"status":"Accepted"}`):      false,
		} {
			res := r.clearCache(withID("x"))
			if sent := r.take(); len(sent) != 1 || !strings.Contains(sent[0], "ClearCache-Signed") {
				t.Error(sent)
			}
			r.receive(`[3,"x",` + answer + `]`)
			synctest.Wait()
			r.take() // on 2.1 the forged one is answered
			if (res.err() == nil) != ok {
				t.Errorf("%s: %v", answer, res.err())
			}
		}
	}, versions2...)
}

func TestR22NothingIsVerifiedWithoutAVerifier(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.Signing.Policy = ocppj.SignaturesVerified })
		r.answers("StatusNotification", statusResponse(v))
		r.receive(signedStatus(v, "1"))
		r.wants(`[4,"1","SecurityError","the signature cannot be verified",{}]`)
	}, versions2...)
}

func TestR22BrokenEnvelopesAreAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		for i, c := range []struct{ payload, code string }{
			{`{}`, "FormatViolation"}, {`{"payload":"***"}`, "FormatViolation"}, {`[]`, "FormatViolation"}, {`{`, "FormatViolation"},
			{`null`, "FormatViolation"}, {`{"payload":"e30"}`, "OccurrenceConstraintViolation"},
			{`{"payload":"e30"},1`, "RpcFrameworkError"}, {`{"payload":"e30K"}]`, "FormatViolation"},
		} {
			r.receive(fmt.Sprintf(`[2,"%d","StatusNotification-Signed",%s]`, i, c.payload))
			if got := r.take(); len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf(`[4,"%d","%s",`, i, c.code)) {
				t.Errorf("%s: sent %v, want %s", c.payload, got, c.code)
			}
		}
		r.receive(`[2,"n","Nonsense-Signed",{}]`, `[2,"a","Authorize-Signed",{}]`)
		r.wants(`[4,"n","NotImplemented","the action is unknown",{}]`, `[4,"a","NotSupported","the action is not supported",{}]`)
	}, versions2...)
}

func TestR22OCPP16HasNoSignedMessages(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, signing(ocppj.SignaturesRequired))
		r.answers("StatusNotification", statusResponse(v))
		r.receive(signedStatus(v, "1"), `[2,"2","StatusNotification",`+status(v, 1)+`]`)
		r.wants(`[4,"1","NotImplemented","the action is unknown",{}]`, `[3,"2",{}]`)
		r.clearCache(withID("x"))
		r.wants(`[2,"x","ClearCache",{}]`)
	}, ocpp.V16)
}

func TestR43GateComesBeforeValidation(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		pending := true
		r := newRig(t, v, func(o *ocppj.Options) {
			o.Gate = func(x *ocpp.Exchange) *ocpp.Error {
				if !x.Inbound || x.Identity != "CS1" || x.Action.Version != v {
					t.Errorf("%+v", x)
				}
				if pending && x.Action.Name != "BootNotification" {
					return ocpp.Errorf(ocpp.SecurityError, "not accepted yet")
				}
				return nil
			}
		})
		r.handle("BootNotification", func(context.Context, any) (any, error) {
			pending = false
			return &ocpp16.BootNotificationResponse{
				Status: ocpp16.RegistrationStatusAccepted, CurrentTime: ocpp.Time{Time: time.Unix(0, 0)},
			}, nil
		})
		r.answers("StatusNotification", statusResponse(v))
		refused := `"SecurityError","not accepted yet",{}]`
		r.receive(`[2,"1","StatusNotification",{"connectorId":"wrong"}]`, `[2,"2","Nonsense",{]`, `[2,"3","Heartbeat-Signed",{}]`)
		r.wants(`[4,"1",`+refused, `[4,"2",`+refused, `[4,"3",`+refused)
		// The gate is asked when the turn of a message comes, after the boot in front of it was answered.
		r.receive(`[2,"4","BootNotification",{"chargePointVendor":"a","chargePointModel":"b"}]`,
			`[2,"5","StatusNotification",`+status(v, 1)+`]`)
		r.wants(`[3,"4",{"status":"Accepted","currentTime":"1970-01-01T00:00:00Z","interval":0}]`, `[3,"5",{}]`)
	}, ocpp.V16)
}

func TestR43GateDropsSends(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) {
			o.Gate = func(x *ocpp.Exchange) *ocpp.Error {
				if x.Kind != ocpp.KindSend {
					t.Errorf("%+v", x)
				}
				return ocpp.Errorf(ocpp.SecurityError, "")
			}
		})
		r.receive(`[6,"1","NotifyPeriodicEventStream",{}]`)
		r.wants()
		r.wantsEvents("refused NotifyPeriodicEventStream 1: SecurityError")
	}, ocpp.V21)
}

func TestSendGateIsAskedWhenTheTurnHasCome(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var closed error
		r := newRig(t, v, func(o *ocppj.Options) {
			o.SendGate = func(x *ocpp.Exchange) error {
				if x.Inbound || x.MessageID == "" {
					t.Errorf("%+v", x)
				}
				return closed
			}
		})
		r.clearCache(withID("1"))
		second, third := r.clearCache(withID("2")), r.clearCache(withID("3"))
		closed = errors.New("rejected")
		r.receive(cleared("1"))
		synctest.Wait()
		for _, res := range []*result{second, third} {
			if !errors.Is(res.err(), closed) || !ocpp.SafeToRetry(res.err()) {
				t.Errorf("%+v", res)
			}
		}
		r.wants(`[2,"1","ClearCache",{}]`)
	})
}
