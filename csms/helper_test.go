package csms_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func allVersions() []*ocpp.Protocol {
	return []*ocpp.Protocol{ocpp16.Protocol, ocpp201.Protocol, ocpp21.Protocol}
}

// yard is a server with its listener. All of it is in memory.
type yard struct {
	t   testing.TB
	srv *csms.Server
	web *ocpptest.Server

	mu      sync.Mutex
	refused []csms.Refusal
}

// open makes a server of the options. It is shut down, and found without remains, at the end of the test.
func open(t testing.TB, o csms.Options) *yard {
	t.Helper()
	return openOn(t, ocpptest.Listen(ocpptest.LinkOptions{}), o)
}

func openOn(t testing.TB, l *ocpptest.Listener, o csms.Options) *yard {
	t.Helper()
	y := newYard(t, o)
	y.web = ocpptest.NewServerOn(l, y.srv)
	t.Cleanup(y.close)
	return y
}

// newYard makes the server alone.
func newYard(t testing.TB, o csms.Options) *yard {
	t.Helper()
	y := &yard{t: t}
	if o.Protocols == nil {
		o.Protocols = allVersions()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	hook := o.OnRefuse
	o.OnRefuse = func(r csms.Refusal) {
		y.mu.Lock()
		y.refused = append(y.refused, r)
		y.mu.Unlock()
		if hook != nil {
			hook(r)
		}
	}
	srv, err := csms.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	y.srv = srv
	return y
}

func (y *yard) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := y.srv.Shutdown(ctx); err != nil {
		y.t.Errorf("Shutdown: %v", err)
	}
	y.web.Close()
	if lanes, _ := csms.Lanes(y.srv); lanes != 0 {
		y.t.Errorf("%d identities are left in the registry", lanes)
	}
}

// refusal returns the only refusal so far.
func (y *yard) refusal() csms.Refusal {
	y.t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.refused) != 1 {
		y.t.Fatalf("%d refusals were told, want 1: %+v", len(y.refused), y.refused)
	}
	return y.refused[0]
}

// try dials as a station.
func (y *yard) try(path string, o ocpptest.PeerOptions) (*ocpptest.Peer, error) {
	if o.DialContext == nil {
		o.DialContext = y.web.Listener.DialContext
	}
	return ocpptest.DialPeer(context.Background(), y.web.URL+path, o)
}

// dial dials as a station of version v and closes the socket at the end of the test.
func (y *yard) dial(identity string, v ocpp.Version) *ocpptest.Peer {
	y.t.Helper()
	p, err := y.try("/ocpp/"+identity, ocpptest.PeerOptions{Subprotocols: []string{v.Subprotocol()}})
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() { p.Close() })
	return p
}

// station waits in a bubble until all is quiet and returns the connection of an identity.
func (y *yard) station(identity string) *csms.Station {
	y.t.Helper()
	synctest.Wait()
	st, ok := y.srv.Station(identity)
	if !ok {
		y.t.Fatalf("%s is not connected", identity)
	}
	return st
}

func (y *yard) wantStatus(err error, status int, reason error) *ocpptest.StatusError {
	y.t.Helper()
	var answer *ocpptest.StatusError
	if !errors.As(err, &answer) || answer.Code != status {
		y.t.Fatalf("the answer is %v, want %d", err, status)
	}
	if r := y.refusal(); r.Status != status || !errors.Is(r.Reason, reason) || r.RemoteAddr == "" {
		y.t.Fatalf("told of %+v, want status %d, reason %v", r, status, reason)
	}
	return answer
}

// send sends text messages.
func send(t testing.TB, p *ocpptest.Peer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := p.SendText(text); err != nil {
			t.Fatalf("send %.80s: %v", text, err)
		}
	}
}

// read reads the next text message.
func read(t testing.TB, p *ocpptest.Peer) string {
	t.Helper()
	text, err := p.ReadText()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return text
}

// expect reads the next text message, which must be want.
func expect(t testing.TB, p *ocpptest.Peer, want string) {
	t.Helper()
	if got := read(t, p); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// expectError reads a CALLERROR of an id and a code.
func expectError(t testing.TB, p *ocpptest.Peer, id, code string) {
	t.Helper()
	text := read(t, p)
	var f []any
	if err := json.Unmarshal([]byte(text), &f); err != nil || len(f) != 5 || f[0] != 4.0 || f[1] != id || f[2] != code {
		t.Fatalf("got %s, want a CALLERROR of %q with %s", text, id, code)
	}
}

// expectClose reads up to the close frame.
func expectClose(t testing.TB, p *ocpptest.Peer, code uint16) *ocpptest.CloseError {
	t.Helper()
	c, err := p.ReadClose()
	if err != nil {
		t.Fatalf("want a close frame with %d: %v", code, err)
	}
	if c.Code != code {
		t.Fatalf("closed with %d %q, want %d", c.Code, c.Reason, code)
	}
	return c
}

// readCall reads a CALL and returns its id and payload.
func readCall(t testing.TB, p *ocpptest.Peer, action string) (id, payload string) {
	t.Helper()
	text := read(t, p)
	var f []json.RawMessage
	var kind int
	var name string
	if json.Unmarshal([]byte(text), &f) != nil || len(f) != 4 || json.Unmarshal(f[0], &kind) != nil || kind != 2 ||
		json.Unmarshal(f[1], &id) != nil || json.Unmarshal(f[2], &name) != nil || name != action {
		t.Fatalf("got %s, want a CALL of %s", text, action)
	}
	return id, string(f[3])
}

// basic returns the header of a Basic credential.
func basic(user, password string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header
}

// heartbeats answers the heartbeats of all versions with a fixed time.
func heartbeats(s *csms.Server) {
	now := ocpp.At(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	csms.Handle(s, func(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
		return &ocpp16.HeartbeatResponse{CurrentTime: now}, nil
	})
	csms.Handle(s, func(context.Context, *csms.Station, *ocpp201.HeartbeatRequest) (*ocpp201.HeartbeatResponse, error) {
		return &ocpp201.HeartbeatResponse{CurrentTime: now}, nil
	})
	csms.Handle(s, func(context.Context, *csms.Station, *ocpp21.HeartbeatRequest) (*ocpp21.HeartbeatResponse, error) {
		return &ocpp21.HeartbeatResponse{CurrentTime: now}, nil
	})
}

// beat sends a heartbeat and reads its answer.
func beat(t testing.TB, p *ocpptest.Peer, id string) {
	t.Helper()
	send(t, p, `[2,"`+id+`","Heartbeat",{}]`)
	expect(t, p, `[3,"`+id+`",{"currentTime":"2026-01-02T03:04:05Z"}]`)
}
