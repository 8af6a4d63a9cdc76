package ocppj_test

import (
	"context"
	"errors"
	"fmt"
	"net"
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

func cleared(id string) string { return `[3,"` + id + `",{"status":"Accepted"}]` }

func TestCallReturnsTheTypedAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		res := r.clearCache(withID("x"))
		r.wants(`[2,"x","ClearCache",{}]`)
		r.receive(cleared("x"))
		synctest.Wait()
		if res.err() != nil || fmt.Sprintf("%T", res.resp()) != fmt.Sprintf("*ocpp%s.ClearCacheResponse",
			strings.ReplaceAll(v.String(), ".", "")) {
			t.Errorf("%T, %v", res.resp(), res.err())
		}
		r.wantsEvents()
	})
}

func TestR12IDsAreRandomAndShort(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := ocppj.NewMessageID()
		if len(id) != 36 || id[14] != '4' || strings.Trim(id, "0123456789abcdef-") != "" || seen[id] {
			t.Fatal(id)
		}
		seen[id] = true
	}
}

func TestR12CallerChoosesTheIDOfARetry(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		for _, id := range []string{"", strings.Repeat("x", 37), "\xff"} {
			res := r.clearCache(withID(id))
			if !errors.Is(res.err(), ocppj.ErrMessageID) || !ocpp.SafeToRetry(res.err()) {
				t.Errorf("%q: %v", id, res.err())
			}
		}
		r.wants()
		id := strings.Repeat("é", 36)
		r.clearCache(withID(id))
		r.wants(`[2,"` + id + `","ClearCache",{}]`)
	})
}

func TestR13OneCallIsOutstanding(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var all []*result
		for i := range 5 {
			all = append(all, r.clearCache(withID(fmt.Sprint(i))))
		}
		for i := range 5 { // in the order in which they came
			r.wants(fmt.Sprintf(`[2,"%d","ClearCache",{}]`, i))
			r.receive(cleared(fmt.Sprint(i)))
			synctest.Wait()
			if !all[i].done() || all[i].err() != nil {
				t.Errorf("call %d: %+v", i, all[i])
			}
		}
	})
}

func TestR13DirectionsCrossFreely(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		res := r.clearCache(withID("x"))
		r.wants(`[2,"x","ClearCache",{}]`)
		r.receive(`[2,"x","StatusNotification",` + status(v, 1) + `]`) // the same id, in the other direction
		r.wants(`[3,"x",{}]`)
		if res.done() {
			t.Fatal("a CALL of the peer completed ours")
		}
		r.receive(cleared("x"))
		synctest.Wait()
		if res.err() != nil {
			t.Error(res.err())
		}
	})
}

func TestR13WaitingCallersAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.MaxCallers = 2 })
		r.clearCache(withID("1"))
		second := r.clearCache(withID("2"))
		r.clearCache(withID("3"))
		res := r.clearCache(withID("4"))
		if !errors.Is(res.err(), ocppj.ErrTooManyCallers) || !ocpp.SafeToRetry(res.err()) {
			t.Errorf("%v", res.err())
		}
		r.receive(cleared("1"))
		synctest.Wait()
		if second.done() || r.clearCache(withID("5")).done() {
			t.Error("there was room for another")
		}
		r.wants(`[2,"1","ClearCache",{}]`, `[2,"2","ClearCache",{}]`)
	})
}

func TestR13WaitingCallersMayGiveUp(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.clearCache(withID("1"))
		ctx, cancel := context.WithCancelCause(withID("2"))
		second := r.clearCache(ctx)
		third := r.clearCache(withID("3"))
		cause := errors.New("the operator went home")
		cancel(cause)
		synctest.Wait()
		if !errors.Is(second.err(), cause) || !ocpp.SafeToRetry(second.err()) {
			t.Errorf("%v", second.err())
		}
		r.receive(cleared("1"), cleared("3"))
		synctest.Wait()
		r.wants(`[2,"1","ClearCache",{}]`, `[2,"3","ClearCache",{}]`)
		if third.done() {
			t.Error("the third took an answer from before it was sent")
		}
		if res := r.clearCache(ctx); !ocpp.SafeToRetry(res.err()) || !errors.Is(res.err(), cause) {
			t.Errorf("a call under a dead context: %v", res.err())
		}
	})
}

func TestR13TurnIsPassedOnByACallerWhoGivesUpAtThatMoment(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		for range 100 {
			r := newRig(t, v)
			r.clearCache(withID("1"))
			ctx, cancel := context.WithCancel(withID("2"))
			r.clearCache(ctx)
			third := r.clearCache(withID("3"))
			cancel()                // before the second gets to leave the queue,
			r.receive(cleared("1")) // its turn comes
			synctest.Wait()
			r.receive(cleared("2"), cleared("3"))
			synctest.Wait()
			if third.err() != nil || !third.done() {
				t.Fatalf("%+v, sent %v", third, r.take())
			}
		}
	}, ocpp.V16)
}

func TestR14AnswerWinsOverACallerWhoGivesUpAtThatMoment(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		for range 100 {
			r := newRig(t, v)
			ctx, cancel := context.WithCancel(withID("1"))
			res := r.clearCache(ctx)
			cancel()
			r.receive(cleared("1"))
			synctest.Wait()
			if _, gaveUp := errors.AsType[*ocppj.CanceledError](res.err()); !res.done() || res.err() != nil && !gaveUp {
				t.Fatalf("%+v", res)
			}
			r.clearCache(withID("2")) // the slot is free, whoever won
			r.wants(`[2,"1","ClearCache",{}]`, `[2,"2","ClearCache",{}]`)
		}
	}, ocpp.V16)
}

func TestR14TimeoutCountsFromSending(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.CallTimeout = 10 * time.Second })
		first, second := r.clearCache(withID("1")), r.clearCache(withID("2"))
		time.Sleep(10*time.Second - 1) // of the bubble
		synctest.Wait()
		if first.done() {
			t.Fatal("too early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		var timeout *ocppj.TimeoutError
		if !errors.As(first.err(), &timeout) || !timeout.Timeout() || timeout.MessageID != "1" || ocpp.SafeToRetry(first.err()) {
			t.Errorf("%v", first.err())
		}
		r.wants(`[2,"1","ClearCache",{}]`, `[2,"2","ClearCache",{}]`)
		time.Sleep(10*time.Second - 1)
		synctest.Wait()
		if second.done() {
			t.Error("the time in the queue counted")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !errors.As(second.err(), &timeout) {
			t.Errorf("%v", second.err())
		}
	})
}

func TestR14LateAnswerCompletesNothingElse(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.clearCache(withID("1"))
		time.Sleep(ocppj.DefaultCallTimeout) // of the bubble
		second := r.clearCache(withID("2"))
		r.receive(cleared("1"), cleared("1"), `[4,"never","InternalError","",{}]`, `[3,"-1",{}]`)
		synctest.Wait()
		if second.done() {
			t.Fatal("the answer of one call reached another")
		}
		r.wantsEvents("unmatched CALLRESULT 1 late=true", "unmatched CALLRESULT 1 late=false",
			"unmatched CALLERROR never late=false", "unmatched CALLRESULT -1 late=false")
		r.receive(cleared("2"))
		synctest.Wait()
		if second.err() != nil {
			t.Error(second.err())
		}
	})
}

func TestR14AnswersAreNeverAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		for _, mt := range []int{3, 4, 5} {
			for _, rest := range []string{``, `,`, `,"a"`, `,"a",`, `,7,{}`, `,"a",{`, `,"a",{}`, `,"a","b","c",{}`, `,"","b"`} {
				r.receive(fmt.Sprintf(`[%d%s`, mt, rest), fmt.Sprintf(`[%d%s]`, mt, rest))
			}
		}
		r.wants()
	})
}

func TestR14GivingUpDoesNotFreeTheSlot(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		ctx, cancel := context.WithCancel(withID("1"))
		first := r.clearCache(ctx)
		second := r.clearCache(withID("2"))
		cancel()
		synctest.Wait()
		if !errors.Is(first.err(), context.Canceled) || ocpp.SafeToRetry(first.err()) {
			t.Errorf("%v", first.err())
		}
		r.wants(`[2,"1","ClearCache",{}]`)
		r.receive(cleared("1"))
		r.wants(`[2,"2","ClearCache",{}]`)
		r.wantsEvents("unmatched CALLRESULT 1 late=true")
		if second.done() {
			t.Error("the late answer completed the next call")
		}
	})
}

func TestR14GivenUpCallTimesOut(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		ctx, cancel := context.WithCancel(withID("1"))
		r.clearCache(ctx)
		r.clearCache(withID("2"))
		cancel()
		time.Sleep(ocppj.DefaultCallTimeout) // of the bubble
		r.wants(`[2,"1","ClearCache",{}]`, `[2,"2","ClearCache",{}]`)
	})
}

func TestR14ThousandsOfTimeoutsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		const n = 3000
		var rigs []*rig
		var all []*result
		for range n {
			r := newRig(t, v)
			rigs = append(rigs, r)
			res := new(result)
			all = append(all, res)
			go func() {
				resp, err := clearCache(t.Context(), r.s)
				res.set(resp, err)
			}()
		}
		synctest.Wait()
		time.Sleep(ocppj.DefaultCallTimeout) // of the bubble
		synctest.Wait()
		for i, res := range all {
			if _, ok := errors.AsType[*ocppj.TimeoutError](res.err()); !ok {
				t.Fatalf("call %d: %+v", i, res)
			}
		}
		next := rigs[0].clearCache(withID("next"))
		rigs[0].receive(cleared("next"))
		synctest.Wait()
		if next.err() != nil {
			t.Error(next.err())
		}
	}, ocpp.V21)
}

func TestR20UnusableResultIsReportedToThePeer(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		for frame, want := range map[string]string{
			`[3,"x",{}]`:                       `"OccurrenceConstraintViolation","/status: is missing"`,
			`[3,"x",{"status":"Odd"}]`:         `"PropertyConstraintViolation","/status: is not a value of the enumeration"`,
			`[3,"x",{"status":]`:               `"FormatViolation","/status: there is no JSON value"`,
			`[3,"x"]`:                          `"RpcFrameworkError","the message has too few elements"`,
			`[3,"x",{"status":"Accepted"},{}]`: `"RpcFrameworkError","the message has too many elements"`,
		} {
			res := r.clearCache(withID("x"))
			r.take()
			r.receive(frame)
			if v == ocpp.V21 {
				r.wants(`[5,"x",` + want + `,{}]`)
			} else {
				r.wants()
			}
			var bad *ocppj.AnswerError
			if !errors.As(res.err(), &bad) || ocpp.SafeToRetry(res.err()) {
				t.Errorf("%s: %v", frame, res.err())
			}
		}
	})
}

func TestR20SideThatSentTheResultIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"1","StatusNotification",`+status(v, 1)+`]`, `[2,"2","StatusNotification",`+status(v, 2)+`]`)
		r.take()
		r.receive(`[5,"1","FormationViolation","why",{}]`, `[5,"1","FormatViolation"]`, `[5,"nobody"]`)
		r.wants()
		r.wantsEvents("result refused StatusNotification 1: FormatViolation", "result refused  1: FormatViolation",
			"result refused  nobody: GenericError")
		for i := range 20 { // bounded
			r.receive(fmt.Sprintf(`[2,"s%d","StatusNotification",%s]`, i, status(v, 1)))
			synctest.Wait()
		}
		r.receive(`[5,"2","GenericError"]`)
		r.wantsEvents("result refused  2: GenericError")
	}, ocpp.V21)
}

func notifyStream(id int) *ocpp21.NotifyPeriodicEventStreamRequest {
	return &ocpp21.NotifyPeriodicEventStreamRequest{
		ID: id, Basetime: ocpp.Time{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		Data: []ocpp21.StreamDataElement{{V: []byte(`"230"`)}},
	}
}

func TestR21SendGoesOutWhileACallIsOutstanding(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v, func(o *ocppj.Options) { o.End = ocpp.StationEnd })
		r.clearCache(withID("x"))
		r.take()
		var want []string
		for i := range 20 {
			id := fmt.Sprint(i)
			if err := r.s.SendMessage(withID(id), notifyStream(i)); err != nil {
				t.Fatal(err)
			}
			want = append(want, `[6,"`+id+`","NotifyPeriodicEventStream",{"data":[{"t":0,"v":"230"}],"id":`+id+
				`,"pending":0,"basetime":"2026-01-02T03:04:05Z"}]`)
		}
		r.wants(want...)
	}, ocpp.V21)
}

func TestR21SendThatCannotGoOut(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var gate error
		var seen []string
		r := newRig(t, v, func(o *ocppj.Options) {
			o.End = ocpp.StationEnd
			o.SendGate = func(*ocpp.Exchange) error { return gate }
			o.Interceptor = func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				resp, err := next(ctx, req)
				seen = append(seen, fmt.Sprint(x.Action.Name, " ", x.Kind == ocpp.KindSend, " ", err == nil))
				return resp, err
			}
		})
		send := func(m ocpp.Send) error { return r.s.SendMessage(t.Context(), m) }
		if err := send(notifyStream(1)); err != nil {
			t.Error(err)
		}
		var invalid *ocpp.ValidationError
		if err := send(&ocpp21.NotifyPeriodicEventStreamRequest{}); !errors.As(err, &invalid) || !ocpp.SafeToRetry(err) {
			t.Error(err)
		}
		if err := r.s.SendMessage(withID(""), notifyStream(1)); !errors.Is(err, ocppj.ErrMessageID) {
			t.Error(err)
		}
		gate = errors.New("not booted")
		if err := send(notifyStream(1)); !errors.Is(err, gate) || !ocpp.SafeToRetry(err) {
			t.Error(err)
		}
		gate, r.sendErr = nil, net.ErrClosed
		if err := send(notifyStream(1)); !errors.Is(err, net.ErrClosed) || !ocpp.SafeToRetry(err) {
			t.Error(err)
		}
		r.s.Close(nil)
		if err := send(notifyStream(1)); !errors.Is(err, net.ErrClosed) || !ocpp.SafeToRetry(err) {
			t.Error(err)
		}
		const name = "NotifyPeriodicEventStream true "
		if !equal(seen, []string{name + "true", name + "false", name + "false", name + "false", name + "false"}) {
			t.Errorf("%q", seen)
		}
		if sent := r.take(); len(sent) != 1 {
			t.Errorf("%q", sent)
		}
	}, ocpp.V21)
}

func TestR21KindsAreNotMixed(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.handle("NotifyPeriodicEventStream", func(context.Context, any) (any, error) { t.Error("ran"); return nil, nil })
		r.handle("Heartbeat", func(context.Context, any) (any, error) { t.Error("ran"); return nil, nil })
		r.receive(`[2,"1","NotifyPeriodicEventStream",{}]`, `[6,"2","Heartbeat",{}]`)
		r.wants(`[4,"1","NotSupported","the action is not sent as a CALL",{}]`)
		r.wantsEvents("refused NotifyPeriodicEventStream 1: NotSupported", "refused Heartbeat 2: NotSupported")
	}, ocpp.V21)
}

func TestR21SendIsNeverAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var got []int
		var fail error
		r.handle("NotifyPeriodicEventStream", func(_ context.Context, req any) (any, error) {
			got = append(got, req.(*ocpp21.NotifyPeriodicEventStreamRequest).ID)
			return nil, fail
		})
		frame := func(id int) string {
			return fmt.Sprintf(`[6,"%d","NotifyPeriodicEventStream",{"data":[{"t":0,"v":"1"}],"id":%d,"pending":0,`+
				`"basetime":"2026-01-02T03:04:05Z"}]`, id, id)
		}
		for i := range 10 {
			r.receive(frame(i))
		}
		synctest.Wait()
		if fmt.Sprint(got) != "[0 1 2 3 4 5 6 7 8 9]" {
			t.Errorf("handled in the order %v", got)
		}
		r.wantsEvents()
		fail = ocpp.Errorf(ocpp.SecurityError, "no")
		r.receive(frame(10), `[6,"11","NotifyPeriodicEventStream",{}]`, `[6,"12","Nonsense",{}]`, `[6]`, `[6,"13"`,
			`[6,"14","Heartbeat",{}]`)
		synctest.Wait()
		fail = errors.New("panic")
		r.receive(frame(15))
		r.wants()
	}, ocpp.V21)
}

func TestR21SendDoesNotExistBefore21(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		err := r.s.SendMessage(context.Background(), notifyStream(1))
		if _, ok := errors.AsType[*ocpp.VersionError](err); !ok {
			t.Error(err)
		}
		r.wants()
	}, ocpp.V16, ocpp.V201)
}

func TestCallRefusesWhatCannotBeSent(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		var wrong *ocpp.VersionError
		_, err := ocppj.Call(t.Context(), r.s, &ocpp201.ClearCacheRequest{})
		if v != ocpp.V201 && (!errors.As(err, &wrong) || !ocpp.SafeToRetry(err)) {
			t.Error(err)
		}
		var invalid *ocpp.ValidationError
		_, err = ocppj.Call(t.Context(), r.s, &ocpp16.ResetRequest{})
		if v == ocpp.V16 && (!errors.As(err, &invalid) || invalid.Pointer != "/type" || !ocpp.SafeToRetry(err)) {
			t.Error(err)
		}
		r.wants()
	}, ocpp.V16, ocpp.V21)
}

func TestFailedSendIsSafeToRetry(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		r := newRig(t, v)
		r.answers("StatusNotification", statusResponse(v))
		r.sendErr = fmt.Errorf("full: %w", net.ErrClosed)
		res := r.clearCache(withID("1"))
		if !errors.Is(res.err(), net.ErrClosed) || !ocpp.SafeToRetry(res.err()) {
			t.Errorf("%v", res.err())
		}
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		r.wantsEvents("lost StatusNotification 1: full: use of closed network connection")
		r.sendErr = nil
		r.clearCache(withID("2")) // the turn was passed on
		r.wants(`[2,"2","ClearCache",{}]`)
	})
}
