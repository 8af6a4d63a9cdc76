package ocppj_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocppj"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type handler = func(ctx context.Context, req any) (any, error)

// rig is a session whose frames are collected, for tests in a synctest bubble.
type rig struct {
	t *testing.T
	s *ocppj.Session

	mu       sync.Mutex
	frames   []string
	events   []string
	sendErr  error
	handlers map[string]handler
}

func protocolOf(v ocpp.Version) *ocpp.Protocol {
	return map[ocpp.Version]*ocpp.Protocol{
		ocpp.V16: ocpp16.Protocol, ocpp.V201: ocpp201.Protocol, ocpp.V21: ocpp21.Protocol,
	}[v]
}

// newRig makes a CSMS end. It is closed when the test ends.
func newRig(t *testing.T, v ocpp.Version, change ...func(*ocppj.Options)) *rig {
	t.Helper()
	r := &rig{t: t, handlers: map[string]handler{}}
	o := ocppj.Options{
		Protocol: protocolOf(v), End: ocpp.CSMSEnd, Identity: "CS1", Send: r.send,
		Route: func(action string) (ocppj.Route, bool) {
			h, ok := r.handlers[action]
			return ocppj.Route{Handle: h}, ok
		},
	}
	o.Events = r.recorder()
	o.Buffers = new(ocppj.Buffers)
	for _, f := range change {
		f(&o)
	}
	s, err := ocppj.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.s = s
	t.Cleanup(func() {
		s.Close(nil)
		s.Wait()
	})
	return r
}

func (r *rig) send(frame []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sendErr != nil {
		return r.sendErr
	}
	r.frames = append(r.frames, string(frame))
	return nil
}

func (r *rig) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, fmt.Sprintf(format, args...))
}

func (r *rig) recorder() ocppj.Events {
	return ocppj.Events{
		UnknownType: func(n int) { r.note("unknown type %d", n) },
		Refused:     func(action, id string, err *ocpp.Error) { r.note("refused %s %s: %s", action, id, err.Code) },
		Tolerated:   func(action, id string, v ocpp.Violation) { r.note("tolerated %s %s: %s", action, id, v) },
		UnmatchedAnswer: func(mt ocppj.MessageType, id string, late bool) {
			r.note("unmatched %s %s late=%v", mt, id, late)
		},
		ResultRefused: func(action, id string, err *ocpp.Error) {
			r.note("result refused %s %s: %s", action, id, err.Code)
		},
		HandlerFailed: func(action, id string, err error) { r.note("failed %s %s: %v", action, id, err) },
		Unanswered:    func(action, id string, err error) { r.note("unanswered %s %s: %v", action, id, err) },
		AnswerLost:    func(action, id string, err error) { r.note("lost %s %s: %v", action, id, err) },
		Repeated:      func(action, id string) { r.note("repeated %s %s", action, id) },
	}
}

// handle sets the handler of an action.
func (r *rig) handle(action string, h handler) { r.handlers[action] = h }

// answers makes the action answered with resp.
func (r *rig) answers(action string, resp any) {
	r.handle(action, func(context.Context, any) (any, error) { return resp, nil })
}

// receive gives the session frames.
func (r *rig) receive(frames ...string) {
	r.t.Helper()
	for _, f := range frames {
		if err := r.s.Receive([]byte(f)); err != nil {
			r.t.Fatalf("Receive(%s): %v", f, err)
		}
	}
}

// take returns the frames sent since the last time, when all is quiet.
func (r *rig) take() []string {
	synctest.Wait()
	return r.takeNow()
}

func (r *rig) takeNow() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	frames := r.frames
	r.frames = nil
	return frames
}

// takeEvents returns the events since the last time, when all is quiet.
func (r *rig) takeEvents() string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	events := strings.Join(r.events, "\n")
	r.events = nil
	return events
}

// wants checks the frames sent since the last time.
func (r *rig) wants(frames ...string) {
	r.t.Helper()
	if got := r.take(); !equal(got, frames) {
		r.t.Errorf("sent\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(frames, "\n\t"))
	}
}

func (r *rig) wantsEvents(events ...string) {
	r.t.Helper()
	if got, want := r.takeEvents(), strings.Join(events, "\n"); got != want {
		r.t.Errorf("events\n\t%s\nwant\n\t%s", got, want)
	}
}

func equal(a, b []string) bool {
	return strings.Join(a, "\n") == strings.Join(b, "\n")
}

// bubble runs a test in a synctest bubble for each of the versions.
func bubble(t *testing.T, f func(t *testing.T, v ocpp.Version), versions ...ocpp.Version) {
	t.Helper()
	if versions == nil {
		versions = []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21}
	}
	for _, v := range versions {
		t.Run(v.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, v) })
		})
	}
}

// result is how a call in the background ended, if it has.
type result struct{ p atomic.Pointer[ended] }

type ended struct {
	resp any
	err  error
}

func (r *result) set(resp any, err error) { r.p.Store(&ended{resp, err}) }
func (r *result) done() bool              { return r.p.Load() != nil }

func (r *result) err() error {
	if e := r.p.Load(); e != nil {
		return e.err
	}
	return nil
}

func (r *result) resp() any {
	if e := r.p.Load(); e != nil {
		return e.resp
	}
	return nil
}

// String is for messages of tests.
func (r *result) String() string { return fmt.Sprintf("done %v, %v, %v", r.done(), r.resp(), r.err()) }

// background starts a call that goes on in the bubble; look at the result when all is quiet.
func background(call func() (any, error)) *result {
	r := new(result)
	go func() { r.set(call()) }()
	synctest.Wait()
	return r
}

// clearCache calls ClearCache, which every version has, in the background.
func (r *rig) clearCache(ctx context.Context) *result {
	return background(func() (any, error) { return clearCache(ctx, r.s) })
}

func clearCache(ctx context.Context, s *ocppj.Session) (any, error) {
	switch s.Version() {
	case ocpp.V16:
		return ocppj.Call(ctx, s, &ocpp16.ClearCacheRequest{})
	case ocpp.V201:
		return ocppj.Call(ctx, s, &ocpp201.ClearCacheRequest{})
	}
	return ocppj.Call(ctx, s, &ocpp21.ClearCacheRequest{})
}

// withID makes the next call use the id.
func withID(id string) context.Context { return ocppj.WithMessageID(context.Background(), id) }
