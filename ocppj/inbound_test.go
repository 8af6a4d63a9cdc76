package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
				t.Errorf("%s in %s: %v", mt, v, !want)
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
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			runs++
			return statusResponse(v), nil
		})
		r.receive(`[2,"7","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[3,"7",{}]`)
		r.receive(`[2,"7","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[3,"7",{}]`)
		r.wantsEvents("repeated StatusNotification 7")
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
		r.handle("StatusNotification", count(statusResponse(v)))
		r.receive(`[2,"1","StatusNotification",`+status(v, 1)+`]`, `[2,"2","StatusNotification",`+status(v, 1)+`]`)
		r.wants(`[3,"1",{}]`, `[3,"2",{}]`)
		r.receive(`[2,"1","StatusNotification",` + status(v, 2) + `]`)
		r.wants(`[3,"1",{}]`)
		if runs != 3 {
			t.Errorf("the handler ran %d times, want 3", runs)
		}
	})
}

func TestR12RefusedMessageMayBeTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		fail := true
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			if fail {
				return nil, errors.New("the store is down")
			}
			return statusResponse(v), nil
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[4,"1","InternalError","an internal error occurred",{}]`)
		fail = false
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[3,"1",{}]`)
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
			return statusResponse(v), nil
		}
		first.handle("StatusNotification", h)
		second.handle("StatusNotification", h)
		frame := `[2,"1","StatusNotification",` + status(v, 1) + `]`
		first.receive(frame)
		synctest.Wait()
		first.s.Close(errors.New("gone"))
		second.receive(frame)
		second.wants()
		close(goOn)
		second.wants(`[3,"1",{}]`)
		if runs != 1 {
			t.Errorf("the handler ran %d times, want once", runs)
		}
	})
}

func TestR12BootAndHeartbeatAreAnsweredAfresh(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
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
		r.handle("StatusNotification", func(context.Context, any) (any, error) { runs++; return statusResponse(v), nil })
		r.receive(`[2,"2","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		r.receive(`[2,"3","BootNotification",{}]`) // whatever it is answered: counters start again
		synctest.Wait()
		r.receive(`[2,"2","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		if runs != 2 {
			t.Errorf("the handler ran %d times, want 2: the boot between them restarts the counters", runs)
		}
	}, ocpp.V16)
}

func TestR12AnswerMemoryIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		memory := &ocppj.AnswerMemory{MaxEntries: 2, MaxAge: time.Minute}
		r := newRig(t, v, func(o *ocppj.Options) { o.Answers = memory })
		runs := 0
		r.handle("StatusNotification", func(context.Context, any) (any, error) { runs++; return statusResponse(v), nil })
		send := func(id string) {
			r.receive(`[2,"` + id + `","StatusNotification",` + status(v, 1) + `]`)
			r.wants(`[3,"` + id + `",{}]`)
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

func TestR17EveryCallIsAnswered(t *testing.T) {
	long := strings.Repeat("x", 37)
	bubble(t, func(t *testing.T, v ocpp.Version) {
		code := func(c ocpp.Code) string { return c.For(v) }
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		for _, c := range []struct{ frame, id, code string }{
			{`[2,"1","Nonsense",{}]`, "1", code(ocpp.NotImplemented)},
			{`[2,"1","Nonsense-Signed",{}]`, "1", code(ocpp.NotImplemented)},
			{`[2,"2","Authorize",{}]`, "2", code(ocpp.NotSupported)},
			{`[2,"3","StatusNotification",{]`, "3", code(ocpp.FormatViolation)},
			{`[2,"4","StatusNotification",{}]`, "4", code(ocpp.OccurrenceConstraintViolation)},
			{`[2,"5","StatusNotification",` + status(v, 1), "5", code(ocpp.FormatViolation)},
			{`[2,"6","StatusNotification",` + status(v, 1) + `]x`, "6", code(ocpp.FormatViolation)},
			{`[2,"7","StatusNotification",` + strings.Replace(status(v, 1), "Available", "Odd", 1) + `]`, "7",
				code(ocpp.PropertyConstraintViolation)},
			{`[2,"8","StatusNotification",` + strings.Replace(status(v, 1), `"Available"`, "8", 1) + `]`, "8",
				code(ocpp.TypeConstraintViolation)},
			{`[2,"` + long + `","StatusNotification",` + status(v, 1) + `]`, long, code(ocpp.RpcFrameworkError)},
			{`["2","9","StatusNotification",{}]`, "9", code(ocpp.RpcFrameworkError)},
			{`[2,"10","StatusNotification",` + strings.Repeat("[", 100_000), "10", code(ocpp.TypeConstraintViolation)},
			{`[2,"11","StatusNotification",{"x":` + strings.Repeat("[", 100_000), "11", code(ocpp.FormatViolation)},
		} {
			r.receive(c.frame)
			got := r.take()
			if len(got) != 1 || !strings.HasPrefix(got[0], `[4,"`+c.id+`","`+c.code+`",`) {
				t.Errorf("%.60s: sent %v, want %s", c.frame, got, c.code)
			}
		}
	})
}

func TestR17UnreadableIDs(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		for _, frame := range []string{
			`[2,17,"StatusNotification",{}]`, `[2,"","StatusNotification",{}]`, `[2,null,"StatusNotification",{}]`,
			`[2]`, `[]`, `{}`, `hello`, ``, `[2,"unfinished`, `[2,"bad\x","StatusNotification",{}]`, `[`, `null`,
			`[2,"` + strings.Repeat("x", 256) + `","StatusNotification",{}]`, strings.Repeat("[", 100_000),
		} {
			r.receive(frame)
			got := r.take()
			if v == ocpp.V16 {
				if len(got) != 0 {
					t.Errorf("%.60s: sent %v, want nothing", frame, got)
				}
			} else if len(got) != 1 || !strings.HasPrefix(got[0], `[4,"-1","RpcFrameworkError",`) {
				t.Errorf("%.60s: sent %v", frame, got)
			}
			if e := r.takeEvents(); e != "refused  : RpcFrameworkError" {
				t.Errorf("%.60s: events %q", frame, e)
			}
		}
	})
}

func TestR17IDInProgressIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		goOn := make(chan struct{})
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			<-goOn
			return statusResponse(v), nil
		})
		busy := `"` + ocpp.RpcFrameworkError.For(v) + `","a message with this id is being handled already",{}]`
		frame := `[2,"1","StatusNotification",` + status(v, 1) + `]`
		r.receive(frame)
		r.wants()
		r.receive(frame)
		r.wants(`[4,"1",` + busy)
		r.receive(`[2,"2","StatusNotification",` + status(v, 2) + `]`)
		r.receive(`[2,"2","Heartbeat",{}]`)
		r.wants(`[4,"2",` + busy)
		close(goOn)
		r.wants(`[3,"1",{}]`, `[3,"2",{}]`)
	})
}

func TestR17PanicIsAnsweredAndTheProcessLives(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.handle("StatusNotification", func(context.Context, any) (any, error) { panic("secret") })
		r.handle("Heartbeat", func(context.Context, any) (any, error) { runtime.Goexit(); return nil, nil })
		r.receive(`[2,"1","StatusNotification",`+status(v, 1)+`]`, `[2,"2","Heartbeat",{}]`,
			`[2,"3","StatusNotification",`+status(v, 2)+`]`)
		failure := `"InternalError","an internal error occurred",{}]`
		r.wants(`[4,"1",`+failure, `[4,"2",`+failure, `[4,"3",`+failure)
		r.wantsEvents("failed StatusNotification 1: ocppj: a handler panicked: secret",
			"failed Heartbeat 2: ocppj: a handler panicked: runtime.Goexit was called",
			"failed StatusNotification 3: ocppj: a handler panicked: secret")
	})
}

func TestR17HandlerErrors(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var resp any
		var err error
		r.handle("StatusNotification", func(context.Context, any) (any, error) { return resp, err })
		id := 0
		ask := func() string {
			id++
			r.receive(fmt.Sprintf(`[2,"%d","StatusNotification",%s]`, id, status(v, 1)))
			return strings.TrimPrefix(strings.Join(r.take(), ""), fmt.Sprintf(`[4,"%d",`, id))
		}
		failure := `"InternalError","an internal error occurred",{}]`
		err = fmt.Errorf("wrapped: %w", &ocpp.Error{Code: ocpp.FormatViolation, Description: "no", Details: []byte(`{"a":1}`)})
		if got := ask(); got != `"`+ocpp.FormatViolation.For(v)+`","no",{"a":1}]` {
			t.Error(got)
		}
		err = errors.New("the password is 123")
		if got := ask(); got != failure {
			t.Error(got)
		}
		err = nil // and no response
		if got := ask(); got != failure {
			t.Error(got)
		}
		resp = (*ocpp16.StatusNotificationResponse)(nil)
		if got := ask(); got != failure {
			t.Error(got)
		}
		resp = &ocpp16.BootNotificationResponse{} // breaks its schema
		if got := ask(); got != failure {
			t.Error(got)
		}
	})
}

func TestR17OffendingTextIsNotEchoed(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		const evil = `<script>`
		r.receive(`[2,"1","`+evil+`",{}]`, `[2,"2","StatusNotification","`+evil+`"]`,
			`[2,"3","StatusNotification",`+strings.Replace(status(v, 1), "Available", evil, 1)+`]`, evil)
		if sent := strings.Join(r.take(), "\n") + r.takeEvents(); strings.Contains(sent, evil) {
			t.Error(sent)
		}
	})
}

func TestR18DescriptionAndDetails(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		e := &ocpp.Error{Code: ocpp.GenericError, Description: strings.Repeat("é", 300), Details: []byte(`[1]`)}
		r.handle("Heartbeat", func(context.Context, any) (any, error) { return nil, e })
		r.receive(`[2,"1","Heartbeat",{}]`)
		r.wants(`[4,"1","GenericError","` + strings.Repeat("é", 255) + `",{}]`)
		e = &ocpp.Error{Code: ocpp.GenericError}
		r.receive(`[2,"2","Heartbeat",{}]`)
		r.wants(`[4,"2","GenericError","",{}]`)
	})
}

func TestR18ShortCallErrorsAreAccepted(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		for frame, want := range map[string]ocpp.Error{
			`[4,"x"]`:                                {Code: ocpp.GenericError},
			`[4,"x",null]`:                           {Code: ocpp.GenericError},
			`[4,"x",""]`:                             {Code: ocpp.GenericError},
			`[4,"x","NotSupported"]`:                 {Code: ocpp.NotSupported},
			`[4,"x","NotSupported","why"]`:           {Code: ocpp.NotSupported, Description: "why"},
			`[4,"x","NotSupported",null,{"a":1}]`:    {Code: ocpp.NotSupported},
			`[4,"x","NotSupported","why",{"a":1}]`:   {Code: ocpp.NotSupported, Description: "why", Details: []byte(`{"a":1}`)},
			`[4,"x","NotSupported","why",{"a":1},2]`: {Code: ocpp.NotSupported, Description: "why", Details: []byte(`{"a":1}`)},
		} {
			res := r.clearCache(withID("x"))
			r.receive(frame)
			synctest.Wait()
			var e *ocpp.Error
			if !errors.As(res.err(), &e) || e.Code != want.Code || e.Description != want.Description || !e.FromPeer {
				t.Errorf("%s: %v", frame, res.err())
			} else if string(e.Details) != string(want.Details) && want.Details != nil {
				t.Errorf("%s: details %s", frame, e.Details)
			}
		}
	})
}

func TestR19EverySpellingIsAcceptedTheOwnOneSent(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		for spelling, want := range map[string]ocpp.Code{
			"FormationViolation": ocpp.FormatViolation, "FormatViolation": ocpp.FormatViolation,
			"OccurenceConstraintViolation":  ocpp.OccurrenceConstraintViolation,
			"OccurrenceConstraintViolation": ocpp.OccurrenceConstraintViolation,
			"internalerror":                 ocpp.InternalError, "VendorError": "VendorError",
		} {
			res := r.clearCache(withID("x"))
			r.receive(`[4,"x","` + spelling + `","",{}]`)
			synctest.Wait()
			var e *ocpp.Error
			if !errors.As(res.err(), &e) || e.Code != want {
				t.Errorf("%s: %v", spelling, res.err())
			}
		}
		r.take()
		r.handle("Heartbeat", func(context.Context, any) (any, error) {
			return nil, ocpp.Errorf(ocpp.OccurrenceConstraintViolation, "")
		})
		r.receive(`[2,"1","Heartbeat",{}]`)
		want := "OccurrenceConstraintViolation"
		if v == ocpp.V16 {
			want = "OccurenceConstraintViolation"
		}
		r.wants(`[4,"1","` + want + `","",{}]`)
	})
}
