package ocppj_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocppj"
)

// statusResponse is the empty answer to StatusNotification.
func statusResponse(v ocpp.Version) any {
	switch v {
	case ocpp.V16:
		return &ocpp16.StatusNotificationResponse{}
	case ocpp.V201:
		return &ocpp201.StatusNotificationResponse{}
	}
	return &ocpp21.StatusNotificationResponse{}
}

// clearedResponse is the answer to ClearCache.
func clearedResponse(v ocpp.Version) any {
	switch v {
	case ocpp.V16:
		return &ocpp16.ClearCacheResponse{Status: ocpp16.ClearCacheStatusAccepted}
	case ocpp.V201:
		return &ocpp201.ClearCacheResponse{Status: ocpp201.ClearCacheStatusAccepted}
	}
	return &ocpp21.ClearCacheResponse{Status: ocpp21.ClearCacheStatusAccepted}
}

// status is the payload of a StatusNotification about a connector.
func status(v ocpp.Version, connector int) string {
	if v == ocpp.V16 {
		return fmt.Sprintf(`{"connectorId":%d,"errorCode":"NoError","status":"Available"}`, connector)
	}
	return fmt.Sprintf(
		`{"timestamp":"2026-01-02T03:04:05Z","connectorStatus":"Available","evseId":1,"connectorId":%d}`, connector)
}

// transfer is the payload of a DataTransfer, which has effects.
func transfer(n int) string { return fmt.Sprintf(`{"vendorId":"acme","data":"%d"}`, n) }

// transferResponse accepts a DataTransfer.
func transferResponse(v ocpp.Version) any {
	switch v {
	case ocpp.V16:
		return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted}
	case ocpp.V201:
		return &ocpp201.DataTransferResponse{Status: ocpp201.DataTransferStatusAccepted}
	}
	return &ocpp21.DataTransferResponse{Status: ocpp21.DataTransferStatusAccepted}
}

func TestR10FrameShapes(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"a","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[3,"a",{}]`)
		r.receive(" [ 2 , \"b\" ,\n\"StatusNotification\"\t, " + status(v, 1) + " ] ")
		r.wants(`[3,"b",{}]`)
		shape := ocpp.RpcFrameworkError.For(v)
		r.receive(`[2,"c","StatusNotification",` + status(v, 1) + `,1]`)
		r.wants(`[4,"c","` + shape + `","the message has too many elements",{}]`)
		r.receive(`[2,"d","StatusNotification"]`)
		r.wants(`[4,"d","` + shape + `","the message has too few elements",{}]`)
		r.receive(`[2,"e"]`, `[2,"f",7,{}]`)
		r.wants(`[4,"e","`+shape+`","the message names no action",{}]`,
			`[4,"f","`+shape+`","the message names no action",{}]`)
	})
}

func TestR10TypesFiveAndSixBelongTo21(t *testing.T) {
	for _, v := range []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21} {
		for mt, want := range map[ocppj.MessageType]bool{
			1: false, ocppj.TypeCall: true, ocppj.TypeCallResult: true, ocppj.TypeCallError: true,
			ocppj.TypeCallResultError: v == ocpp.V21, ocppj.TypeSend: v == ocpp.V21, 7: false,
		} {
			if mt.In(v) != want {
				t.Errorf("%s in OCPP %s: %v", mt, v, !want)
			}
		}
	}
}

func TestR11UnknownTypesAreIgnored(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.receive(`[7,"a","Heartbeat",{}]`, `[0]`, `[99999999999999999999,"b"]`, `[-1,"c"]`)
		if v == ocpp.V201 {
			r.wants(`[4,"a","MessageTypeNotSupported","unknown message type number",{}]`,
				`[4,"b","MessageTypeNotSupported","unknown message type number",{}]`,
				`[4,"c","MessageTypeNotSupported","unknown message type number",{}]`)
		} else {
			r.wants()
		}
		r.wantsEvents("unknown type 7", "unknown type 0", "unknown type 2147483647", "unknown type -1")
	})
}

func TestR11TypesOf21AreUnknownBefore(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.receive(`[5,"a","InternalError","",{}]`, `[6,"b","NotifyPeriodicEventStream",{}]`)
		r.wants()
		r.wantsEvents("unknown type 5", "unknown type 6")
	}, ocpp.V16, ocpp.V201)
}

func TestR12RetryGetsTheSameAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		runs := 0
		r.handle("DataTransfer", func(context.Context, any) (any, error) {
			runs++
			return transferResponse(v), nil
		})
		r.receive(`[2,"7","DataTransfer",` + transfer(1) + `]`)
		r.wants(`[3,"7",{"status":"Accepted"}]`)
		r.receive(`[2,"7","DataTransfer",` + transfer(1) + `]`)
		r.wants(`[3,"7",{"status":"Accepted"}]`)
		r.wantsEvents("repeated DataTransfer 7")
		if runs != 1 {
			t.Errorf("the handler ran %d times, want once", runs)
		}
	})
}

func TestR12SameIDWithOtherContentIsNoRetry(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		runs := 0
		count := func(resp any) handler {
			return func(context.Context, any) (any, error) { runs++; return resp, nil }
		}
		r.handle("DataTransfer", count(transferResponse(v)))
		r.receive(`[2,"1","DataTransfer",`+transfer(1)+`]`, `[2,"2","DataTransfer",`+transfer(1)+`]`)
		r.wants(`[3,"1",{"status":"Accepted"}]`, `[3,"2",{"status":"Accepted"}]`)
		r.receive(`[2,"1","DataTransfer",` + transfer(2) + `]`)
		r.wants(`[3,"1",{"status":"Accepted"}]`)
		if runs != 3 {
			t.Errorf("the handler ran %d times, want 3", runs)
		}
	})
}

func TestR12RefusedMessageMayBeTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		fail := true
		r.handle("DataTransfer", func(context.Context, any) (any, error) {
			if fail {
				return nil, errors.New("the store is down")
			}
			return transferResponse(v), nil
		})
		r.receive(`[2,"1","DataTransfer",` + transfer(1) + `]`)
		r.wants(`[4,"1","InternalError","an internal error occurred",{}]`)
		fail = false
		r.receive(`[2,"1","DataTransfer",` + transfer(1) + `]`)
		r.wants(`[3,"1",{"status":"Accepted"}]`)
	})
}

func TestR12RetryOnTheNextConnectionWaitsForTheFirst(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		memory := new(ocppj.AnswerMemory)
		share := func(o *ocppj.Options) { o.Answers = memory }
		first, second := newRig(t, v, share), newRig(t, v, share)
		goOn := make(chan struct{})
		runs := 0
		h := func(context.Context, any) (any, error) {
			runs++
			<-goOn
			return transferResponse(v), nil
		}
		first.handle("DataTransfer", h)
		second.handle("DataTransfer", h)
		frame := `[2,"1","DataTransfer",` + transfer(1) + `]`
		first.receive(frame)
		synctest.Wait()
		first.s.Close(errors.New("gone"))
		second.receive(frame)
		second.wants()
		close(goOn)
		second.wants(`[3,"1",{"status":"Accepted"}]`)
		if runs != 1 {
			t.Errorf("the handler ran %d times, want once", runs)
		}
	})
}

func TestR12BootAndHeartbeatAreAnsweredAfresh(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("DataTransfer", transferResponse(v))
		now := func(context.Context, any) (any, error) {
			return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.Time{Time: time.Now()}}, nil
		}
		r.handle("Heartbeat", now)
		r.receive(`[2,"1","Heartbeat",{}]`)
		first := r.take()
		time.Sleep(time.Second) // of the bubble
		r.receive(`[2,"1","Heartbeat",{}]`)
		if again := r.take(); len(again) != 1 || equal(first, again) {
			t.Errorf("a repeated Heartbeat got %v after %v", again, first)
		}
		runs := 0
		r.answers("BootNotification", &ocpp16.BootNotificationResponse{})
		r.handle("DataTransfer", func(context.Context, any) (any, error) { runs++; return transferResponse(v), nil })
		r.receive(`[2,"2","DataTransfer",` + transfer(1) + `]`)
		synctest.Wait()
		r.receive(`[2,"3","BootNotification",{}]`) // whatever it is answered: counters start again
		synctest.Wait()
		r.receive(`[2,"2","DataTransfer",` + transfer(1) + `]`)
		synctest.Wait()
		if runs != 2 {
			t.Errorf("the handler ran %d times, want 2: the boot between them restarts the counters", runs)
		}
	}, ocpp.V16)
}

// A station whose ids begin again without a boot, and says under an old one what it said then, means it anew: it has
// said otherwise in between.
func TestR12WhatMayBeHandledTwiceIsHandledAfresh(t *testing.T) {
	for action, c := range map[string]struct{ payload, answer string }{
		"StatusNotification":            {`{"connectorId":1,"errorCode":"NoError","status":"Available"}`, `{}`},
		"Authorize":                     {`{"idTag":"A1"}`, `{"idTagInfo":{"status":"Accepted"}}`},
		"FirmwareStatusNotification":    {`{"status":"Idle"}`, `{}`},
		"DiagnosticsStatusNotification": {`{"status":"Idle"}`, `{}`},
	} {
		bubble(t, func(t *testing.T, v ocpp.Version) {
			r := newRig(t, v)
			runs := 0
			r.handle(action, func(context.Context, any) (any, error) {
				runs++
				info, _ := ocpp16.Protocol.Action(action)
				resp := info.NewResponse()
				return resp, json.Unmarshal([]byte(c.answer), resp)
			})
			for range 2 {
				r.receive(`[2,"1","` + action + `",` + c.payload + `]`)
				r.wants(`[3,"1",` + c.answer + `]`)
			}
			if runs != 2 {
				t.Errorf("%s: the handler ran %d times, want twice", action, runs)
			}
		}, ocpp.V16)
	}
}

func TestR12AnswerMemoryIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		memory := &ocppj.AnswerMemory{MaxEntries: 2, MaxAge: time.Minute}
		r := newRig(t, v, func(o *ocppj.Options) { o.Answers = memory })
		runs := 0
		r.handle("DataTransfer", func(context.Context, any) (any, error) { runs++; return transferResponse(v), nil })
		send := func(id string) {
			r.receive(`[2,"` + id + `","DataTransfer",` + transfer(1) + `]`)
			r.wants(`[3,"` + id + `",{"status":"Accepted"}]`)
		}
		send("1")
		send("2")
		send("3")
		send("2") // remembered
		send("1") // forgotten
		if runs != 4 {
			t.Errorf("the handler ran %d times, want 4", runs)
		}
		time.Sleep(time.Minute) // of the bubble
		send("1")
		if runs != 5 {
			t.Errorf("the handler ran %d times, want 5: an answer is kept for a minute", runs)
		}
	})
}

func TestR12AnswerMemoryIsBoundedInBytes(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		memory := &ocppj.AnswerMemory{MaxBytes: 2 * len(`[3,"1",{"status":"Accepted"}]`)}
		goOn := make(chan struct{})
		share := func(o *ocppj.Options) { o.Answers = memory }
		r, other := newRig(t, v, share), newRig(t, v, share)
		runs := 0
		r.handle("DataTransfer", func(context.Context, any) (any, error) { runs++; return transferResponse(v), nil })
		other.handle("DataTransfer", func(context.Context, any) (any, error) { <-goOn; return transferResponse(v), nil })
		other.receive(`[2,"0","DataTransfer",` + transfer(1) + `]`) // what is being handled is not forgotten
		synctest.Wait()
		for _, id := range []string{"1", "2", "3", "3", "2", "1"} {
			r.receive(`[2,"` + id + `","DataTransfer",` + transfer(1) + `]`)
			r.wants(`[3,"` + id + `",{"status":"Accepted"}]`)
		}
		r.receive(`[2,"0","DataTransfer",` + transfer(1) + `]`)
		r.wants()
		close(goOn)
		r.wants(`[3,"0",{"status":"Accepted"}]`)
		if runs != 4 {
			t.Errorf("the handler ran %d times, want 4", runs)
		}
	})
}

func TestR12RetryUnderAnIDThatIsEscaped(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		runs := 0
		r.handle("DataTransfer", func(context.Context, any) (any, error) { runs++; return transferResponse(v), nil })
		for range 2 {
			r.receive(`[2,"\u0022\n","DataTransfer",` + transfer(1) + `]`)
			r.wants(`[3,"\"\n",{"status":"Accepted"}]`)
		}
		if runs != 1 {
			t.Errorf("the handler ran %d times", runs)
		}
	})
}

func TestR13PipelinedCallsAreAnsweredInOrder(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		running, most := 0, 0
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			running++
			most = max(most, running)
			time.Sleep(time.Second) // of the bubble
			running--
			return statusResponse(v), nil
		})
		var want []string
		for i := range 10 {
			r.receive(fmt.Sprintf(`[2,"%d","StatusNotification",%s]`, i, status(v, i)))
			want = append(want, fmt.Sprintf(`[3,"%d",{}]`, i))
		}
		time.Sleep(11 * time.Second) // of the bubble
		r.wants(want...)
		if most != 1 {
			t.Errorf("%d handlers ran at once", most)
		}
	})
}

func TestR15NullPayloadIsAnEmptyObject(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("Heartbeat", &ocpp16.HeartbeatResponse{CurrentTime: ocpp.Time{Time: time.Now()}})
		r.receive(`[2,"1","Heartbeat",null]`)
		if got := r.take(); len(got) != 1 || !strings.HasPrefix(got[0], `[3,"1",{`) {
			t.Errorf("sent %v", got)
		}
		r.receive(`[2,"2","Heartbeat",nil]`)
		r.wants(`[4,"2","` + ocpp.FormatViolation.For(v) + `","there is no JSON value",{}]`)
		res := r.clearCache(withID("x"))
		r.wants(`[2,"x","ClearCache",{}]`) // never null
		r.receive(`[3,"x",null]`)
		synctest.Wait()
		var missing *ocpp.ValidationError
		if !errors.As(res.err(), &missing) || missing.Rule != ocpp.RuleMissing {
			t.Errorf("null was not taken as {}: %v", res.err())
		}
	})
}

func TestR15PayloadIsAnObject(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("Heartbeat", &ocpp16.HeartbeatResponse{CurrentTime: ocpp.Time{Time: time.Now()}})
		for i, payload := range []string{`[]`, `"x"`, `1`, `true`} {
			r.receive(fmt.Sprintf(`[2,"%d","Heartbeat",%s]`, i, payload))
			if got := r.take(); len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf(`[4,"%d","TypeConstraintViolation"`, i)) {
				t.Errorf("%s: sent %v", payload, got)
			}
		}
	})
}

func TestR16ActionIsCaseSensitive(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"1","statusnotification",{}]`, `[2,"2","StatusNotificationRequest",{}]`)
		r.wants(`[4,"1","NotImplemented","the action is unknown",{}]`, `[4,"2","NotImplemented","the action is unknown",{}]`)
		if ctx := withID("3"); r.clearCache(ctx).done() {
			t.Error("the call ended")
		}
		r.wants(`[2,"3","ClearCache",{}]`)
	})
}

func TestR23CustomDataPassesByteForByte(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		const custom = `{"vendorId":"org.example", "n":1.50,"deep":{"é":[ null,{}]}}`
		r := newRig(t, v)
		r.handle("StatusNotification", func(_ context.Context, req any) (any, error) {
			if q, ok := req.(*ocpp201.StatusNotificationRequest); ok {
				return &ocpp201.StatusNotificationResponse{CustomData: q.CustomData}, nil
			}
			return &ocpp21.StatusNotificationResponse{CustomData: req.(*ocpp21.StatusNotificationRequest).CustomData}, nil
		})
		r.receive(`[2,"1","StatusNotification",` + strings.Replace(status(v, 1), "{", `{"customData":`+custom+`,`, 1) + `]`)
		r.wants(`[3,"1",{"customData":` + custom + `}]`)
	}, ocpp.V201, ocpp.V21)
}
