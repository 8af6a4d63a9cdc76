package stormtest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// Limits of the simulated server. Ping and idle timeout are the defaults of csms.
const (
	callTimeout  = 30 * time.Second
	idleTimeout  = 180 * time.Second
	writeTimeout = 20 * time.Second
	maxOutbox    = 24 << 10
	window       = 8 << 10
	maxAsked     = 10 // CALLs of one station under way, below the bound at which reading pauses
)

var identities = []string{"A", "B", "C", "D", "E"}

// world is one server, its stations, and what the model knows of them.
type world struct {
	t    *testing.T
	rng  *rand.Rand // used by the generator only
	srv  *csms.Server
	web  *ocpptest.Server
	born time.Time
	step int

	dialing sync.Mutex // held over a dial, to learn which link belongs to it

	mu        sync.Mutex // guards all below, and the fields of conn, call and ask
	linking   *conn
	conns     []*conn
	calls     []*call
	asks      []*ask
	holds     []*hold
	told      map[string]*telling
	shutdowns int
	letGo     bool     // nothing is held any more
	faults    []string // what was found wrong
	trace     []string
}

// conn is one connection of a station, or the attempt at one.
type conn struct {
	w        *world
	n        int
	identity string
	version  ocpp.Version
	habits

	link   *ocpptest.Link
	peer   *ocpptest.Peer // nil until the handshake is done
	asking sync.Mutex     // held while a message is sent

	dialled   bool
	dialErr   error
	hungUp    bool // the station gave up during the handshake
	admitted  int  // the step in which Authenticate returned
	inAuth    bool
	inHook    bool // blocked in OnConnect or OnDisconnect
	announced bool // OnConnect has returned

	st      *csms.Station
	allowed []string // kinds of causes that events of this and earlier steps may have brought
	must    bool     // one of them has to have come
	said    bool     // one of them has to have come unless the link went dark
	cause   error    // as it was first seen

	dark        bool // half-open
	paused      bool // does not read
	slowSince   time.Time
	heard       time.Time // when the station wrote last
	heardBefore time.Time // the same, before this step
	closed      uint16    // the code of the close frame that it read

	wire     []*call // CALLs that went out, in order
	queue    []*ask  // messages of the station that no handler has got
	expected []*ask  // CALLs of the station that are not answered
	running  *ask
}

// habits are how one connection will behave, decided when it is made.
type habits struct {
	rude           bool   // never answers a close frame
	holdAuth       bool   // Authenticate blocks
	holdConnect    bool   // OnConnect blocks
	holdDisconnect bool   // OnDisconnect blocks
	callsBack      bool   // OnConnect calls the station
	victim         string // OnDisconnect closes the connection of that identity
}

// hold is something that blocks until the generator lets it go.
type hold struct {
	label string
	ch    chan struct{}
}

func newWorld(t *testing.T, rng *rand.Rand) *world {
	w := &world{t: t, rng: rng, born: time.Now(), told: make(map[string]*telling)}
	srv, err := csms.NewServer(csms.Options{
		Protocols:    []*ocpp.Protocol{ocpp16.Protocol, ocpp21.Protocol},
		Authenticate: w.authenticate,
		OnConnect:    w.onConnect,
		OnDisconnect: w.onDisconnect,
		Tap:          w.tap,
		CallTimeout:  callTimeout,
		WriteTimeout: writeTimeout,
		MaxOutbox:    maxOutbox,
		Logger:       slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.srv = srv
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
		data, err := w.handle(ctx, st, req.Data.Or(""))
		return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted, Data: ocpp.Some(data)}, err
	})
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp21.DataTransferRequest) (*ocpp21.DataTransferResponse, error) {
		data, err := w.handle(ctx, st, unquote(req.Data))
		return &ocpp21.DataTransferResponse{Status: ocpp21.DataTransferStatusAccepted, Data: quote(data)}, err
	})
	csms.HandleSend(srv, func(ctx context.Context, st *csms.Station, m *ocpp21.NotifyPeriodicEventStreamRequest) error {
		_, err := w.handle(ctx, st, unquote(m.Data[0].V))
		return err
	})
	l := ocpptest.Listen(ocpptest.LinkOptions{Window: window})
	l.OnLink = func(link *ocpptest.Link) { w.note(func() { w.linking.link = link }) }
	w.web = ocpptest.NewServerOn(l, srv)
	return w
}

func quote(s string) json.RawMessage { return json.RawMessage(strconv.Quote(s)) }

func unquote(b json.RawMessage) string {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return string(b)
	}
	return s
}

// note runs f under the lock of the model.
func (w *world) note(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// fault notes what is wrong; w.mu is held.
func (w *world) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *world) elapsed() time.Duration { return time.Since(w.born) }

// block waits until the generator lets go, or until done.
func (w *world) block(label string, done <-chan struct{}) {
	h := &hold{label, make(chan struct{})}
	w.mu.Lock()
	if w.letGo {
		w.mu.Unlock()
		return
	}
	w.holds = append(w.holds, h)
	w.mu.Unlock()
	select {
	case <-h.ch:
	case <-done:
		w.note(func() { w.forget(h) })
	}
}

// forget takes a hold off the list; w.mu is held.
func (w *world) forget(h *hold) {
	for i := range w.holds {
		if w.holds[i] == h {
			w.holds = append(w.holds[:i:i], w.holds[i+1:]...)
			return
		}
	}
}

func (w *world) release(h *hold) {
	w.note(func() {
		w.forget(h)
		close(h.ch)
	})
}

func (w *world) releaseAll() {
	for len(w.holds) > 0 {
		w.release(w.holds[0])
		synctest.Wait()
	}
}

// authenticate is the hook of that name. The header tells which attempt it is.
func (w *world) authenticate(_ context.Context, _ string, _ csms.Credential, r *http.Request) (*csms.Admission, error) {
	n, err := strconv.Atoi(r.Header.Get("X-Conn"))
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	c := w.conns[n]
	c.inAuth = c.holdAuth
	w.mu.Unlock()
	if c.holdAuth {
		w.block(fmt.Sprint("auth of ", c), nil)
	}
	w.note(func() { c.inAuth, c.admitted = false, w.step })
	return &csms.Admission{Data: c}, nil
}

func (w *world) onConnect(st *csms.Station) {
	c := connOf(st)
	w.tell(c, st, connecting)
	if c.holdConnect {
		c.inHooks(func() { w.block(fmt.Sprint("OnConnect of ", c), nil) })
	}
	if c.callsBack {
		c.inHooks(func() { w.call(st.Context(), c, st, answerPrompt, 0) })
	}
	w.tell(c, st, connected)
	w.note(func() { c.announced = true })
}

func (w *world) onDisconnect(st *csms.Station, cause error) {
	c := connOf(st)
	w.tell(c, st, disconnecting)
	if cause != st.Cause() {
		w.note(func() { w.fault("OnDisconnect of %v is told %v; the cause is %v", c, cause, st.Cause()) })
	}
	if c.holdDisconnect {
		c.inHooks(func() { w.block(fmt.Sprint("OnDisconnect of ", c), nil) })
	}
	if c.victim != "" {
		w.closeCurrent(c.victim)
	}
	w.listStations()
	w.tell(c, st, disconnected)
}

func (c *conn) inHooks(f func()) {
	c.w.note(func() { c.inHook = true })
	f()
	c.w.note(func() { c.inHook = false })
}

func connOf(st *csms.Station) *conn { return st.Data().(*conn) }

func (c *conn) String() string { return fmt.Sprintf("%s#%d", c.identity, c.n) }

// closeCurrent closes the connection that an identity has now.
func (w *world) closeCurrent(identity string) {
	if st, ok := w.srv.Station(identity); ok {
		c := connOf(st)
		w.note(func() {
			c.known(st)
			c.ends("closed 1000")
		})
		st.Close(1000, "by another")
	}
}

func (w *world) listStations() {
	for st := range w.srv.Stations() {
		st.Cause()
	}
	w.srv.Len()
}

// known notes the server's side of a connection; w.mu is held.
func (c *conn) known(st *csms.Station) {
	if c.st == nil {
		c.st = st
	}
}

// ends notes a cause with which the connection has to end in this step, if it has not ended; w.mu is held.
func (c *conn) ends(kind string) {
	if c.cause == nil {
		c.allowed = append(c.allowed, kind)
		c.must = true
	}
}

// says notes a cause that the station sends: it gets lost when the link goes dark; w.mu is held.
func (c *conn) says(kind string) {
	if c.cause == nil {
		c.allowed = append(c.allowed, kind)
		c.said = true
	}
}
