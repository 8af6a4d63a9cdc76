package csms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// result is how a call in a goroutine ended.
type result[R any] struct {
	resp *R
	err  error
}

// call calls in a goroutine.
func call[R any](st *csms.Station, req ocpp.CSMSRequest[R]) <-chan result[R] {
	done := make(chan result[R], 1)
	go func() {
		resp, err := csms.Call(context.Background(), st, req)
		done <- result[R]{resp, err}
	}()
	return done
}

func reset16() *ocpp16.ResetRequest { return &ocpp16.ResetRequest{Type: ocpp16.ResetTypeSoft} }

func TestCallGetsTheTypedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V16)
		done := call(y.station("CS-1"), reset16())
		id, payload := readCall(t, p, "Reset")
		if payload != `{"type":"Soft"}` {
			t.Errorf("payload %s", payload)
		}
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		if r := <-done; r.err != nil || r.resp.Status != ocpp16.ResetStatusAccepted {
			t.Errorf("got %+v, %v", r.resp, r.err)
		}
	})
}

func TestCallErrorsAnswerTheCallersQuestions(t *testing.T) {
	for name, c := range map[string]struct {
		end                            func(t *testing.T, st *csms.Station, p *ocpptest.Peer, id string)
		remote, closed, retry, timeout bool
		code                           ocpp.Code
	}{
		"refused": {
			end: func(t *testing.T, _ *csms.Station, p *ocpptest.Peer, id string) {
				send(t, p, `[4,"`+id+`","NotSupported","no",{}]`)
			}, remote: true, retry: true, code: ocpp.NotSupported,
		},
		"failed there": {
			end: func(t *testing.T, _ *csms.Station, p *ocpptest.Peer, id string) {
				send(t, p, `[4,"`+id+`","InternalError","",{}]`)
			}, remote: true, code: ocpp.InternalError,
		},
		"connection closed": {
			end: func(t *testing.T, _ *csms.Station, p *ocpptest.Peer, _ string) {
				if err := p.SendClose(1000, ""); err != nil {
					t.Error(err)
				}
			}, closed: true,
		},
		"connection lost": {end: func(_ *testing.T, _ *csms.Station, p *ocpptest.Peer, _ string) { p.Close() }, closed: true},
		"closed by us": {
			end:    func(_ *testing.T, st *csms.Station, _ *ocpptest.Peer, _ string) { st.Close(1000, "enough") },
			closed: true,
		},
		"no answer": {end: func(*testing.T, *csms.Station, *ocpptest.Peer, string) {}, timeout: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, csms.Options{PingInterval: -1})
				p := y.dial("CS-1", ocpp.V16)
				st := y.station("CS-1")
				begin := time.Now()
				done := call(st, reset16())
				id, _ := readCall(t, p, "Reset")
				c.end(t, st, p, id)
				err := (<-done).err
				if ocpp.Remote(err) != c.remote || errors.Is(err, net.ErrClosed) != c.closed || ocpp.SafeToRetry(err) != c.retry {
					t.Errorf("%v: remote %v, closed %v, safe to retry %v", err, ocpp.Remote(err), errors.Is(err, net.ErrClosed),
						ocpp.SafeToRetry(err))
				}
				var answer *ocpp.Error
				if errors.As(err, &answer); c.code != "" && answer.Code != c.code {
					t.Errorf("code %s, want %s", answer.Code, c.code)
				}
				if elapsed := time.Since(begin); c.timeout && elapsed != 30*time.Second || !c.timeout && elapsed != 0 {
					t.Errorf("it took %v", elapsed)
				}
			})
		})
	}
}

func TestCallOfAnotherVersionIsRefusedBeforeSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V16)
		st := y.station("CS-1")
		_, err := csms.Call(t.Context(), st, &ocpp201.ResetRequest{Type: ocpp201.ResetTypeImmediate})
		var wrong *ocpp.VersionError
		if !errors.As(err, &wrong) || wrong.Negotiated != ocpp.V16 || !ocpp.SafeToRetry(err) {
			t.Errorf("Call: %v", err)
		}
		if _, err := st.CallAny(t.Context(), &ocpp21.ResetRequest{}); !errors.As(err, &wrong) {
			t.Errorf("CallAny: %v", err)
		}
		send(t, p, `[2,"1","Nothing",{}]`)
		expectError(t, p, "1", "NotImplemented") // and nothing before it
	})
}

func TestCallAnyTakesWhatACSMSMaySend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V16)
		st := y.station("CS-1")
		for _, req := range []any{&ocpp16.HeartbeatRequest{}, "text", nil} {
			if _, err := st.CallAny(t.Context(), req); !errors.Is(err, csms.ErrNotCSMSAction) || !ocpp.SafeToRetry(err) {
				t.Errorf("%T: %v", req, err)
			}
		}
		done := make(chan any, 1)
		go func() {
			resp, err := st.CallAny(t.Context(), reset16())
			if err != nil {
				resp = err
			}
			done <- resp
		}()
		id, _ := readCall(t, p, "Reset")
		send(t, p, `[3,"`+id+`",{"status":"Rejected"}]`)
		if resp, ok := (<-done).(*ocpp16.ResetResponse); !ok || resp.Status != ocpp16.ResetStatusRejected {
			t.Errorf("got %v", resp)
		}
	})
}

func TestInvokeValidatesBeforeItSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V201)
		st := y.station("CS-1")
		for _, c := range []struct{ action, payload, pointer string }{
			{"Reset", `{"type":"Never"}`, "/type"},
			{"Reset", `{"type":"Immediate","evseId":"one"}`, "/evseId"},
			{"Reset", ``, ""},
			{"Reset", `{"type":"Immediate"`, ""},
			{"Reset", `[]`, ""},
		} {
			_, err := st.Invoke(t.Context(), c.action, json.RawMessage(c.payload))
			var invalid *ocpp.ValidationError
			if !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Pointer, c.pointer) || !ocpp.SafeToRetry(err) {
				t.Errorf("%s: %v", c.payload, err)
			}
			if check := st.Check(c.action, json.RawMessage(c.payload)); fmt.Sprint(check) != fmt.Sprint(err) {
				t.Errorf("Check says %v, Invoke %v", check, err)
			}
		}
		for _, action := range []string{"Heartbeat", "Bogus", "reset", ""} {
			if _, err := st.Invoke(t.Context(), action, nil); !errors.Is(err, csms.ErrNotCSMSAction) {
				t.Errorf("%q: %v", action, err)
			}
		}
		if err := st.Check("ClearCache", nil); err != nil {
			t.Errorf("an empty payload: %v", err)
		}
		send(t, p, `[2,"1","Nothing",{}]`)
		expectError(t, p, "1", "NotImplemented") // nothing was sent
	})
}

func TestInvokeReturnsTheAnswerAsJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V201)
		st := y.station("CS-1")
		done := make(chan string, 1)
		go func() {
			resp, err := st.Invoke(t.Context(), "Reset", json.RawMessage(`{ "type": "Immediate", "evseId": 0 }`))
			done <- fmt.Sprint(string(resp), err)
		}()
		id, payload := readCall(t, p, "Reset")
		if payload != `{"type":"Immediate","evseId":0}` {
			t.Errorf("sent %s", payload)
		}
		send(t, p, `[3,"`+id+`",{"status":"Scheduled","unknown":1,"statusInfo":{"reasonCode":"`+strings.Repeat("x", 30)+`"}}]`)
		want := `{"status":"Scheduled","statusInfo":{"reasonCode":"` + strings.Repeat("x", 30) + `"}}<nil>`
		if got := <-done; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestHandlersAreKeyedByVersionAndAction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		csms.Handle(y.srv, func(_ context.Context, st *csms.Station, _ *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			return nil, ocpp.Errorf(ocpp.GenericError, "%s", st.Identity())
		})
		p16, p201 := y.dial("CS-16", ocpp.V16), y.dial("CS-201", ocpp.V201)
		send(t, p16, `[2,"1","Heartbeat",{}]`)
		expect(t, p16, `[4,"1","GenericError","CS-16",{}]`)
		send(t, p201, `[2,"1","Heartbeat",{}]`)
		expectError(t, p201, "1", "NotSupported")
	})
}

func TestHandlerRegisteredTwicePanics(t *testing.T) {
	y := newYard(t, csms.Options{})
	heartbeats(y.srv)
	echo := func(_ context.Context, _ *csms.Station, s *string) (*string, error) { return s, nil }
	csms.HandleData(y.srv, "v", "m", echo)
	csms.HandleData(y.srv, "v", "n", echo)
	for name, register := range map[string]func(){
		"Handle":     func() { heartbeats(y.srv) },
		"HandleData": func() { csms.HandleData(y.srv, "v", "m", echo) },
		"value": func() {
			csms.Handle(y.srv, func(context.Context, *csms.Station, byValue) (*ocpp16.ResetResponse, error) { return nil, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			register()
		})
	}
}

// byValue is a request that cannot be decoded into.
type byValue struct{}

func (byValue) OCPPAction() ocpp.Action             { return ocpp.Action{Version: ocpp.V16, Name: "ByValue"} }
func (byValue) OCPPResponse() *ocpp16.ResetResponse { return nil }
func (byValue) SentByStation()                      {}

func TestHandlersThatFailAreAnsweredWithoutTheirText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []csms.ProtocolEvent
		y := open(t, csms.Options{OnProtocolEvent: func(_ *csms.Station, e csms.ProtocolEvent) { events = append(events, e) }})
		mode := ""
		csms.Handle(y.srv, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
			switch mode {
			case "error":
				return nil, errors.New("secret of the store")
			case "panic":
				panic("secret of the code")
			}
			return nil, nil
		})
		p := y.dial("CS-1", ocpp.V16)
		for _, mode = range []string{"error", "panic", "nothing"} {
			send(t, p, `[2,"`+mode+`","Heartbeat",{}]`)
			text := read(t, p)
			if !strings.HasPrefix(text, `[4,"`+mode+`","InternalError",`) || strings.Contains(text, "secret") {
				t.Errorf("%s: %s", mode, text)
			}
		}
		if len(events) != 3 || events[0].Kind != csms.HandlerFailed || events[0].Action != "Heartbeat" ||
			events[0].Err.Error() != "secret of the store" {
			t.Errorf("told of %v", events)
		}
	})
}

// vendorRequest is a vendor's own action.
type vendorRequest struct {
	Level int `json:"level"`
}
type vendorResponse struct {
	OK bool `json:"ok"`
}

func (*vendorRequest) OCPPAction() ocpp.Action {
	return ocpp.Action{Version: ocpp.V16, Name: "Acme.Level"}
}
func (*vendorRequest) OCPPResponse() *vendorResponse { return new(vendorResponse) }
func (*vendorRequest) SentByCSMS()                   {}
func (*vendorRequest) SentByStation()                {}

func TestVendorActionsTravelLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		csms.Handle(y.srv, func(_ context.Context, _ *csms.Station, q *vendorRequest) (*vendorResponse, error) {
			return &vendorResponse{OK: q.Level == 7}, nil
		})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, `[2,"1","Acme.Level",{"level":7}]`)
		expect(t, p, `[3,"1",{"ok":true}]`)
		done := call(y.station("CS-1"), &vendorRequest{Level: 8})
		id, payload := readCall(t, p, "Acme.Level")
		send(t, p, `[3,"`+id+`",{"ok":true}]`)
		if r := <-done; r.err != nil || !r.resp.OK || payload != `{"level":8}` {
			t.Errorf("got %v %v, sent %s", r.resp, r.err, payload)
		}
	})
}

func TestR21SendIsHandledAndNeverAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		var got []int
		csms.HandleSend(y.srv, func(_ context.Context, _ *csms.Station, m *ocpp21.NotifyPeriodicEventStreamRequest) error {
			got = append(got, m.Pending)
			return errors.New("not answered either")
		})
		p := y.dial("CS-1", ocpp.V21)
		const stream = `[6,"%d","NotifyPeriodicEventStream",{"id":1,"pending":%d,"basetime":"2026-01-02T03:04:05Z","data":[{"t":1,"v":"1"}]}]`
		for i := range 3 {
			send(t, p, fmt.Sprintf(stream, i, i))
		}
		beat(t, p, "9")
		if fmt.Sprint(got) != "[0 1 2]" {
			t.Errorf("handled %v", got)
		}
	})
}

func TestInterceptorsSeeBothDirectionsAndTheStation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		around := func(name string) ocpp.Interceptor {
			return func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				_, known := csms.StationFromContext(ctx)
				j.note("%s %s %s in %v station %v", name, x.Identity, x.Action, x.Inbound, known)
				return next(ctx, req)
			}
		}
		y := open(t, csms.Options{Interceptors: []ocpp.Interceptor{around("a"), around("b")}})
		heartbeats(y.srv)
		p := y.dial("CS-1", ocpp.V16)
		beat(t, p, "1")
		done := call(y.station("CS-1"), reset16())
		id, _ := readCall(t, p, "Reset")
		send(t, p, `[3,"`+id+`",{"status":"Accepted"}]`)
		<-done
		want := []string{
			"a CS-1 1.6 Heartbeat in true station true", "b CS-1 1.6 Heartbeat in true station true",
			"a CS-1 1.6 Reset in false station true", "b CS-1 1.6 Reset in false station true",
		}
		if got := j.all(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q", got)
		}
	})
}

func TestTapSeesEveryFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		y := open(t, csms.Options{Tap: func(f ocpp.Frame) { j.note("%s %s %v %s", f.Identity, f.Version, f.Inbound, f.Data) }})
		p := y.dial("CS-1", ocpp.V16)
		send(t, p, "broken", `[2,"1","Nothing",{}]`)
		expectError(t, p, "1", "NotImplemented")
		got := j.all()
		if len(got) != 3 || got[0] != "CS-1 1.6 true broken" || !strings.HasPrefix(got[2], `CS-1 1.6 false [4,"1","NotImplemented"`) {
			t.Errorf("got %q", got)
		}
	})
}
