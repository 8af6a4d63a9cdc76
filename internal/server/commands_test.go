package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// command sends a command while the station answers with f, and returns the API's answer.
func (r *rig) command(p *peer, id, body string, status int, f func()) map[string]any {
	r.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	got := r.api(http.MethodPost, "/stations/"+id+"/commands", body, status)
	<-done
	return got
}

func TestCommandsInEveryVersion(t *testing.T) {
	r := serve(t, Config{})
	for subprotocol, c := range map[string][3]string{
		"ocpp1.6":   {"GetConfiguration", `{"key":["A"]}`, `{"configurationKey":[{"key":"A","readonly":false,"value":"⚡"}]}`},
		"ocpp2.0.1": {"GetVariables", `{"getVariableData":[{"component":{"name":"C"},"variable":{"name":"V"}}]}`, `{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"⚡","component":{"name":"C"},"variable":{"name":"V"}}]}`},
		"ocpp2.1":   {"GetTariffs", `{"evseId":0}`, `{"status":"NoTariff"}`},
	} {
		p := r.connect("A", subprotocol, login{})
		var asked map[string]any
		got := r.command(p, "A", fmt.Sprintf(`{"action":%q,"payload":%s,"timeout":5}`, c[0], c[1]), http.StatusOK, func() {
			asked = p.serveCall(c[0], c[2])
		})
		want(t, got, map[string]any{"station": "A", "action": c[0], "version": strings.TrimPrefix(subprotocol, "ocpp")})
		if same(t, asked, c[1]) && same(t, got["response"], c[2]) {
			continue
		}
		t.Errorf("%s: asked %v, answered %v", subprotocol, asked, got)
	}
}

// same compares a decoded value with a document.
func same(t *testing.T, got any, want string) bool {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	return err == nil && string(a) == string(b)
}

func TestCommandsThatAreNotSent(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	gone := r.connect("B", "ocpp1.6", login{})
	gone.call("BootNotification", boot16)
	gone.Close()
	r.eventually("B is gone", func() bool { _, online := r.srv.csms.Station("B"); return !online })
	for _, c := range []struct {
		id, body string
		status   int
		pointer  string
	}{
		{"A", `{"action":"Reset","payload":{"type":"Warm"}}`, 422, "/payload/type"},
		{"A", `{"action":"Reset","payload":{}}`, 422, "/payload/type"},
		{"A", `{"action":"Reset","payload":{"type":"Hard","more":1}}`, 422, "/payload/more"},
		{"A", `{"action":"GetVariables","payload":{}}`, 422, "/action"},
		{"A", `{"action":"StartTransaction","payload":{}}`, 422, "/action"},
		{"A", `{"action":"reset","payload":{"type":"Hard"}}`, 422, "/action"},
		{"B", `{"action":"ClearCache"}`, 409, ""},
		{"C", `{"action":"ClearCache"}`, 404, ""},
		{"B", `{"action":"Reset","payload":{"type":"Warm"},"expires":60}`, 422, "/payload/type"},
	} {
		got := r.api(http.MethodPost, "/stations/"+c.id+"/commands", c.body, c.status)
		faults, _ := got["errors"].([]any)
		switch {
		case c.pointer == "" && len(faults) == 0:
		case len(faults) != 1 || faults[0].(map[string]any)["pointer"] != c.pointer:
			t.Errorf("%s: %v, want the pointer %q", c.body, got, c.pointer)
		case c.pointer == "/payload/type" && !strings.Contains(faults[0].(map[string]any)["detail"].(string), "; expected one of Hard, Soft"):
			t.Errorf("%s: %v does not say what it takes", c.body, got)
		}
	}
	p.call("Heartbeat", `{}`) // nothing was sent: this is the next frame
}

func TestCommandsWithoutAnAnswer(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	refused := r.command(p, "A", `{"action":"ClearCache"}`, http.StatusBadGateway, func() {
		if err := p.SendText(fmt.Sprintf(`[4,%q,"NotSupported","no",{}]`, p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	want(t, refused, map[string]any{"code": "NotSupported"})
	r.command(p, "A", `{"action":"ClearCache"}`, http.StatusBadGateway, func() {
		if err := p.SendText(fmt.Sprintf(`[3,%q,{"status":17}]`, p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	r.command(p, "A", `{"action":"ClearCache","timeout":0.1}`, http.StatusGatewayTimeout, func() { p.read() })
	busy := r.api(http.MethodPost, "/stations/A/commands", `{"action":"ClearCache","timeout":0.1}`, http.StatusServiceUnavailable)
	if !strings.Contains(fmt.Sprint(busy["detail"]), "earlier request") {
		t.Errorf("busy: %v", busy)
	}
	q := r.connect("B", "ocpp1.6", login{})
	r.command(q, "B", `{"action":"ClearCache"}`, http.StatusBadGateway, func() {
		q.read()
		q.Close()
	})
	kinds := map[fleet.CommandOutcome]int{}
	notices, err := r.srv.store.ListNotices(context.Background(), store.NoticeQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notices {
		if n.Kind == fleet.NoticeCommand {
			var d struct{ Outcome fleet.CommandOutcome }
			if err := json.Unmarshal(n.Data, &d); err != nil {
				t.Errorf("%v in %s", err, n.Data)
			}
			kinds[d.Outcome]++
		}
	}
	if len(kinds) != 5 || kinds[fleet.CommandRefused] != 1 || kinds[fleet.CommandTimeout] != 1 || kinds[fleet.CommandUnknown] != 1 {
		t.Errorf("on record: %v", kinds)
	}
}

func TestEveryErrorOfACallHasItsOutcome(t *testing.T) {
	invalid := &ocpp.ValidationError{Violation: ocpp.Violation{Rule: ocpp.RuleEnum, Pointer: "/type", Detail: "no"}}
	for _, c := range []struct {
		err  error
		want httpapi.CommandOutcome
	}{
		{invalid, httpapi.CommandInvalid},
		{&ocppj.AnswerError{Action: "Reset", Err: invalid}, httpapi.CommandGarbled},
		{&ocpp.Error{Code: ocpp.NotSupported, FromPeer: true}, httpapi.CommandRefused},
		{&ocppj.TimeoutError{}, httpapi.CommandTimeout},
		{&ocppj.CanceledError{Err: errGaveUp, Sent: true}, httpapi.CommandTimeout},
		{&ocppj.CanceledError{Err: errGaveUp}, httpapi.CommandBusy},
		{&ocppj.CanceledError{Err: context.Canceled}, ""},
		{&ocppj.NotSentError{Err: csms.ErrBootRejected}, httpapi.CommandBlocked},
		{&ocppj.NotSentError{Err: ocppj.ErrDraining}, httpapi.CommandBusy},
		{&ocppj.NotSentError{Err: ocppj.ErrTooManyCallers}, httpapi.CommandBusy},
		{&ocppj.ClosedError{Cause: net.ErrClosed}, httpapi.CommandOffline},
		{&ocppj.ClosedError{Cause: net.ErrClosed, Sent: true}, httpapi.CommandLost},
		{fmt.Errorf("%w: x", csms.ErrNotCSMSAction), httpapi.CommandUnknown},
		{errors.New("else"), ""},
	} {
		if got, _ := outcomeOf(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

// failing is a store that takes nothing.
type failing struct {
	store.Store
	health error
}

func (f failing) Health() error { return f.health }

func (failing) Submit(context.Context, fleet.Event) (fleet.Result, error) {
	return fleet.Result{}, store.ErrUnavailable
}

func (failing) Defer(context.Context, fleet.Event) (fleet.Result, error) {
	return fleet.Result{}, store.ErrUnavailable
}

// A caller who leaves while an earlier request is under way leaves no doubt behind.
func TestACommandThatWasGivenUpIsRecordedAsWhatItIs(t *testing.T) {
	for sent, want := range map[bool]fleet.CommandOutcome{true: fleet.CommandUnknown, false: fleet.CommandUnsent} {
		err := commandError(&ocppj.CanceledError{Err: context.Canceled, Sent: sent})
		if got := commanded(httpapi.Command{}, time.Now(), nil, err).Outcome; got != want {
			t.Errorf("sent: %v, recorded as %s, want %s", sent, got, want)
		}
	}
}

func TestReadinessTellsOfAStoreThatFails(t *testing.T) {
	for health, want := range map[error]string{
		fmt.Errorf("%w: /secret/path: SQL logic error", store.ErrUnavailable):          "the log says why",
		fmt.Errorf("%w: %w: /secret/path (13)", store.ErrUnavailable, store.ErrFull):   "the disk is full",
		fmt.Errorf("%w: committing: %w: (8)", store.ErrUnavailable, store.ErrReadOnly): "the store is read-only",
	} {
		s := &Server{store: failing{health: health}}
		s.state.Store(stateServing)
		if reasons := s.notReady(context.Background()); len(reasons) != 1 || reasons[0] != "the store does not take writes: "+want {
			t.Errorf("%v: %v", health, reasons)
		}
	}
}

func TestIdleTimeoutFollowsTheHeartbeatSoFar(t *testing.T) {
	for heartbeat, want := range map[time.Duration]time.Duration{
		time.Second: 3 * time.Minute, 5 * time.Minute: 6 * time.Minute, 14 * time.Minute: maxIdle, 24 * time.Hour: maxIdle,
	} {
		if got := idleTimeout(heartbeat); got != want {
			t.Errorf("%v: %v, want %v", heartbeat, got, want)
		}
	}
}
