package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocppj"
)

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

// A peer that was told of a failure tries again at once, under the same id: with the answer the id is free.
func TestR17IDIsFreeWithItsAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		frame := `[2,"1","StatusNotification",` + status(v, 1) + `]`
		again := true
		var r *rig
		r = newRig(t, v, func(o *ocppj.Options) {
			o.Send = func(answer []byte) error {
				if again { // the peer is faster than the worker that sends this
					again = false
					r.receive(frame)
				}
				return r.send(answer)
			}
		})
		err := errors.New("the store is down")
		r.handle("StatusNotification", func(context.Context, any) (any, error) {
			defer func() { err = nil }()
			return statusResponse(v), err
		})
		r.receive(frame)
		r.wants(`[4,"1","InternalError","an internal error occurred",{}]`, `[3,"1",{}]`)
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

// A handler that calls its peer and returns what that brought does not tell the peer its own error.
func TestR17ErrorsOfTheHandlersOwnCallsAreNotAnswers(t *testing.T) {
	mine := ocpp.Errorf(ocpp.SecurityError, "mine")
	theirs := &ocpp.Error{Code: ocpp.NotSupported, Description: "theirs", FromPeer: true}
	broken := &ocppj.AnswerError{Action: "ClearCache", Err: ocpp.Errorf(ocpp.RpcFrameworkError, "broken")}
	unsent := &ocppj.NotSentError{Action: "ClearCache", Err: mine}
	bubble(t, func(t *testing.T, v ocpp.Version) {
		for _, c := range []struct {
			err     error
			answers bool
		}{
			{theirs, false}, {broken, false}, {unsent, false},
			{fmt.Errorf("in a handler: %w", theirs), false}, {errors.Join(broken, theirs), false},
			{fmt.Errorf("%w: %w", theirs, mine), true}, {fmt.Errorf("%w: %w", mine, broken), true},
		} {
			r := newRig(t, v)
			r.handle("StatusNotification", func(context.Context, any) (any, error) { return nil, c.err })
			r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
			if c.answers {
				r.wants(`[4,"1","SecurityError","mine",{}]`)
				r.wantsEvents()
			} else {
				r.wants(`[4,"1","InternalError","an internal error occurred",{}]`)
				r.wantsEvents("failed StatusNotification 1: " + c.err.Error())
			}
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

// The one deliberate exception from R17: a handler says that there is to be no answer. The message is not remembered as
// handled, so that its repetition is (R12).
func TestHandlerMayLeaveACallUnanswered(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var err error
		r.handle("DataTransfer", func(context.Context, any) (any, error) { return transferResponse(v), err })
		frame := `[2,"1","DataTransfer",` + transfer(1) + `]`
		for _, err = range []error{ocppj.ErrNoAnswer, fmt.Errorf("%w: the disk is full", ocppj.ErrNoAnswer)} {
			r.receive(frame)
			r.wants()
			r.wantsEvents("unanswered DataTransfer 1: " + err.Error())
		}
		err = nil
		r.receive(frame)
		r.wants(`[3,"1",{"status":"Accepted"}]`)
		r.wantsEvents()
		if err := r.s.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
