package ocppj_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

func TestTapSeesEveryFrame(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var mu sync.Mutex
		var seen []string
		r := newRig(t, v, func(o *ocppj.Options) {
			o.Tap = func(f ocpp.Frame) {
				mu.Lock()
				defer mu.Unlock()
				if f.Identity != "CS1" || f.Version != v || f.Time.IsZero() {
					t.Errorf("%+v", f)
				}
				seen = append(seen, fmt.Sprint(f.Inbound, " ", string(f.Data)))
			}
		})
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		r.receive(`[3,"never",`, `[9]`)
		r.clearCache(withID("x"))
		want := []string{`true [2,"1","StatusNotification",` + status(v, 1) + `]`, `false [3,"1",{}]`, `true [3,"never",`,
			`true [9]`, `false [2,"x","ClearCache",{}]`}
		if !equal(seen, want) {
			t.Errorf("%q", seen)
		}
	})
}

func TestInterceptorWrapsBothDirections(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var seen []string
		refuse := false
		r := newRig(t, v, func(o *ocppj.Options) {
			o.Interceptor = func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				if refuse {
					return nil, ocpp.Errorf(ocpp.SecurityError, "no")
				}
				resp, err := next(ctx, req)
				seen = append(seen, fmt.Sprintf("%s %s %v %v", x.Action.Name, x.MessageID, x.Inbound, err))
				return resp, err
			}
		})
		r.answers("StatusNotification", statusResponse(v))
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		r.clearCache(withID("x"))
		r.receive(`[4,"x","NotSupported"]`)
		synctest.Wait()
		if !equal(seen, []string{"StatusNotification 1 true <nil>", "ClearCache x false the peer answered NotSupported"}) {
			t.Errorf("%q", seen)
		}
		r.take()
		refuse = true
		if res := r.clearCache(withID("y")); !res.done() || ocpp.Remote(res.err()) {
			t.Errorf("%+v", res)
		}
		r.receive(`[2,"2","StatusNotification",` + status(v, 1) + `]`)
		r.wants(`[4,"2","SecurityError","no",{}]`)
	})
}

func TestAnInterceptorHearsOfTheAnswerWhenItIsOnItsWay(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var r *rig
		var sent []string // what was on its way in that moment, and nothing for one that had no answer
		r = newRig(t, v, func(o *ocppj.Options) {
			o.Interceptor = func(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
				x.Answered = func() { sent = append(sent, strings.Join(r.takeNow(), " ")) }
				return next(ctx, req)
			}
		})
		outcomes := map[string]func() (any, error){
			`[3,"0",{}]`:                     func() (any, error) { return statusResponse(v), nil },
			`[4,"1","NotSupported","no",{}]`: func() (any, error) { return nil, ocpp.Errorf(ocpp.NotSupported, "no") },
			`[4,"2","InternalError","an internal error occurred",{}]`: func() (any, error) { panic("oops") },
			"": func() (any, error) { return nil, ocppj.ErrNoAnswer },
		}
		for i, want := range []string{`[3,"0",{}]`, `[4,"1","NotSupported","no",{}]`, `[4,"2","InternalError","an internal error occurred",{}]`, ""} {
			r.handle("StatusNotification", func(context.Context, any) (any, error) { return outcomes[want]() })
			r.receive(fmt.Sprintf(`[2,"%d","StatusNotification",%s]`, i, status(v, 1)))
			synctest.Wait()
			if len(sent) != i+1 || sent[i] != want {
				t.Errorf("%q, want %q as the last", sent, want)
			}
		}
	})
}

func TestR17LogLinesHaveTheIdentityAndOfTheOffendingTextNamesOnly(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, ocpp.V21, func(o *ocppj.Options) {
			o.Events = ocppj.Events{}
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		r.handle("StatusNotification", func(context.Context, any) (any, error) { return nil, errors.New("disk full") })
		r.handle("Heartbeat", func(context.Context, any) (any, error) { panic("oops") })
		for _, frame := range []string{
			`[2,"1","<evil>",{}]`, `<evil>`, `[9,"<evil>"]`, `[3,"2",{"<evil>":1}]`, `[5,"3","<evil>\u0007"]`,
			`[2,"4","StatusNotification",` + strings.Replace(status(ocpp.V21, 1), "{", `{"odd":1,`, 1) + `]`, `[2,"5","Heartbeat",{}]`,
		} {
			r.receive(frame)
			synctest.Wait()
		}
	})
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	for i, want := range []string{
		`level=WARN msg="a message was refused" action=<evil> id=1 code=NotImplemented why="the action is unknown" identity=CS1`,
		`level=WARN msg="a message was refused" action="" id="" code=RpcFrameworkError`,
		`level=WARN msg="a frame of an unknown type was ignored" type=9`,
		`level=INFO msg="an answer was dropped" type=CALLRESULT id=2 late=false`,
		`level=WARN msg="the peer could not process a result" action="" id=3 code=`,
		`level=DEBUG msg="a violation was tolerated" action=StatusNotification id=4 rule="unknown property" violation="/odd: is not`,
		`level=ERROR msg="a handler failed" action=StatusNotification id=4 err="disk full" identity=CS1`,
		`level=ERROR msg="a handler failed" action=Heartbeat id=5 err="ocppj: a handler panicked: oops" stack="goroutine `,
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) || !strings.Contains(lines[i], "identity=CS1") {
			t.Fatalf("line %d of\n%s\nwant %s", i, log.String(), want)
		}
	}
	if strings.Contains(log.String(), "<evil>\\u") || strings.Count(log.String(), "<evil>") != 2 {
		t.Error(log.String())
	}
}

// A peer that sends bad frames without end does not fill the log; the hooks see all.
func TestLogOfASessionIsLimited(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var log bytes.Buffer
		r := newRig(t, v, func(o *ocppj.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		r.handle("Heartbeat", func(context.Context, any) (any, error) { return nil, errors.New("disk full") })
		lines := func() []string {
			text := strings.TrimSpace(log.String())
			log.Reset()
			return strings.Split(text, "\n")
		}
		bad := []string{`[9]`, `[3,"never",{}]`, `[4,"never"]`, `?`, `[2,"1","Nothing",{}]`}
		for range 100 {
			r.receive(bad...)
			synctest.Wait()
		}
		r.receive(`[2,"1","Heartbeat",{}]`)
		events := strings.Split(r.takeEvents(), "\n")
		first := lines()
		if len(events) != 501 || len(first) != 31 || !strings.Contains(first[30], "a handler failed") {
			t.Errorf("%d events, %d lines, the last is %s", len(events), len(first), first[len(first)-1])
		}
		time.Sleep(time.Minute) // of the bubble
		r.receive(`[9]`)
		if got := lines(); len(got) != 2 || !strings.Contains(got[0], `msg="more lines about this connection were left out" lines=470 identity=CS1`) {
			t.Errorf("after a minute:\n%s", strings.Join(got, "\n"))
		}
		for range 40 {
			r.receive(`[9]`)
		}
		lines()
		r.s.Close(nil)
		if got := lines(); len(got) != 1 || !strings.Contains(got[0], "lines=11") {
			t.Errorf("at the end:\n%s", strings.Join(got, "\n"))
		}
	})
}

// A session that ends takes its handlers with it. That is no failure of theirs: when all stations reconnect it
// happens to thousands at once.
func TestHandlersEndedByTheEndOfTheSessionHaveNotFailed(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var log bytes.Buffer
		r := newRig(t, v, func(o *ocppj.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		gone := errors.New("gone")
		r.sendErr = gone
		r.handle("StatusNotification", func(ctx context.Context, _ any) (any, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("the store: %w", ctx.Err())
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		r.s.Close(gone)
		r.wantsEvents("lost StatusNotification 1: gone")
		if log.Len() > 0 {
			t.Errorf("logged:\n%s", &log)
		}
	})
	bubble(t, func(t *testing.T, v ocpp.Version) { // a panic is one, whenever it comes
		var log bytes.Buffer
		r := newRig(t, v, func(o *ocppj.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		r.handle("StatusNotification", func(ctx context.Context, _ any) (any, error) {
			<-ctx.Done()
			panic("oops")
		})
		r.receive(`[2,"1","StatusNotification",` + status(v, 1) + `]`)
		synctest.Wait()
		r.s.Close(nil)
		r.wantsEvents("failed StatusNotification 1: ocppj: a handler panicked: oops")
		if !strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("logged:\n%s", &log)
		}
	})
}

func TestR15PolicyDecidesWhatIsTolerated(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		odd := strings.Replace(status(v, 1), "{", `{"odd":1,`, 1)
		csms := newRig(t, v)
		station := newRig(t, v, func(o *ocppj.Options) { o.End = ocpp.StationEnd })
		for _, r := range []*rig{csms, station} {
			r.answers("StatusNotification", statusResponse(v))
			r.receive(`[2,"1","StatusNotification",` + odd + `]`)
		}
		csms.wants(`[3,"1",{}]`)
		csms.wantsEvents("tolerated StatusNotification 1: /odd: is not a known property")
		station.wants(`[4,"1","` + ocpp.FormatViolation.For(v) + `","/odd: is not a known property",{}]`)
	})
}

// Who looks for the reason of a NotImplemented needs the name that the station sent. The hooks do not get it: metrics count
// by it.
func TestALineNamesTheUnknownAction(t *testing.T) {
	bubble(t, func(t *testing.T, v ocpp.Version) {
		var log bytes.Buffer
		r := newRig(t, v, func(o *ocppj.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		for action, named := range map[string]string{
			"Heartbeats":                      `action=Heartbeats `,
			"Heart beat\x1b[31m":              `action="\"Heart beat\\x1b[31m\"" `,
			strings.Repeat("x", 100_000):      `action=` + strings.Repeat("x", 64) + `... `,
			strings.Repeat("x", 63) + "ü":     `action=` + strings.Repeat("x", 63) + `... `,
			"Heartbeat\nlevel=ERROR msg=ouch": `action="\"Heartbeat\\nlevel=ERROR msg=ouch\"" `,
		} {
			log.Reset()
			text, err := json.Marshal(action)
			if err != nil {
				t.Fatal(err)
			}
			r.receive(`[2,"1",` + string(text) + `,{}]`)
			if got, want := r.takeEvents(), "refused  1: "+string(ocpp.NotImplemented); got != want {
				t.Errorf("%.40q: %q, want %q", action, got, want)
			}
			if got := log.String(); !strings.Contains(got, named) || strings.Count(got, "\n") != 1 || len(got) > 500 {
				t.Errorf("%.40q: %.300s", action, got)
			}
		}
	})
}
