package station_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// fakeCSMS is the other end of the tests: bare frames, and a diary of what arrived when. It knows nothing of the packages
// under test.
type fakeCSMS struct {
	t     *testing.T
	srv   *ocpptest.Server
	start time.Time

	listener *ocpptest.Listener

	mu         sync.Mutex
	diary      []string
	peers      []*peer
	down       bool                          // dialling fails
	refuse     int                           // HTTP status of a refusal
	choose     func(offered []string) string // the subprotocol; default: the first
	answer     func(p *peer, c call) string  // the payload of the answer; "-" for none, "!Code" for a CALLERROR
	headers    []http.Header
	retryAfter string
	urls       []string
}

// call is a CALL that arrived.
type call struct {
	id, action, payload string
}

// peer is one connection of a fakeCSMS.
type peer struct {
	*ocpptest.Peer
	csms    *fakeCSMS
	answers chan string // the rest of frames of type 3 and 4, from the id on
}

// bubble runs a test on fake time.
func bubble(t *testing.T, test func(t *testing.T, f *fakeCSMS)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeCSMS{t: t, start: time.Now()}
		f.srv = ocpptest.NewServer(f)
		f.listener = f.srv.Listener
		t.Cleanup(f.close)
		test(t, f)
	})
}

func (f *fakeCSMS) close() {
	f.srv.Close()
	for _, p := range f.peers {
		p.Close()
	}
}

// note writes into the diary, with the time since the start of the test.
func (f *fakeCSMS) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.diary = append(f.diary, fmt.Sprint(time.Since(f.start))+" "+fmt.Sprintf(format, args...))
}

// expect compares the diary since the last call with want, after everybody has come to rest.
func (f *fakeCSMS) expect(want ...string) {
	f.t.Helper()
	f.same(f.lines(), want...)
}

// expectUnordered is expect where two connections overlap.
func (f *fakeCSMS) expectUnordered(want ...string) {
	f.t.Helper()
	got := f.lines()
	slices.Sort(got)
	slices.Sort(want)
	f.same(got, want...)
}

func (f *fakeCSMS) same(got []string, want ...string) {
	f.t.Helper()
	if !slices.Equal(got, want) {
		f.t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// lines returns the diary since the last call, after everybody has come to rest.
func (f *fakeCSMS) lines() []string {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.diary
	f.diary = nil
	return d
}

// without returns the lines that do not contain text.
func without(lines []string, text string) []string {
	return slices.DeleteFunc(lines, func(s string) bool { return strings.Contains(s, text) })
}

// dial is Options.DialContext.
func (f *fakeCSMS) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	f.mu.Lock()
	down := f.down
	f.mu.Unlock()
	if down {
		f.note("dial %s", addr)
		return nil, errors.New("the CSMS is down")
	}
	return f.listener.DialContext(ctx, network, addr)
}

func (f *fakeCSMS) setDown(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

func (f *fakeCSMS) setAnswer(answer func(p *peer, c call) string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

func (f *fakeCSMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.headers = append(f.headers, r.Header)
	f.urls = append(f.urls, r.RequestURI)
	refuse, choose := f.refuse, f.choose
	f.mu.Unlock()
	if refuse != 0 {
		if f.retryAfter != "" {
			w.Header().Set("Retry-After", f.retryAfter)
		}
		f.note("refused %d", refuse)
		w.WriteHeader(refuse)
		return
	}
	var offered []string
	for s := range strings.SplitSeq(r.Header.Get("Sec-WebSocket-Protocol"), ",") {
		offered = append(offered, strings.TrimSpace(s))
	}
	sub := offered[0]
	if choose != nil {
		sub = choose(offered)
	}
	ws, err := ocpptest.AcceptPeer(w, r, sub)
	if err != nil {
		f.t.Error(err)
		return
	}
	f.note("connected %s", sub)
	p := &peer{Peer: ws, csms: f, answers: make(chan string, 100)}
	f.mu.Lock()
	f.peers = append(f.peers, p)
	f.mu.Unlock()
	p.serve()
}

// serve reads until the end of the connection.
func (p *peer) serve() {
	defer p.Close()
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			p.csms.note("lost")
			return
		}
		switch frame.Op {
		case ocpptest.OpPing:
			p.csms.note("ping")
			p.SendOp(ocpptest.OpPong, frame.Payload)
		case ocpptest.OpClose:
			p.csms.note("closed %d", int(frame.Payload[0])<<8|int(frame.Payload[1]))
			p.SendOp(ocpptest.OpClose, frame.Payload[:2])
			return
		case ocpptest.OpText:
			p.text(frame.Payload)
		}
	}
}

func (p *peer) text(frame []byte) {
	var m []json.RawMessage
	if err := json.Unmarshal(frame, &m); err != nil {
		p.csms.t.Errorf("%s: %v", frame, err)
		return
	}
	var c call
	json.Unmarshal(m[1], &c.id)
	if string(m[0]) == "6" {
		p.csms.note("SEND %s", m[2])
		return
	}
	if string(m[0]) != "2" {
		var rest []string
		for _, e := range m[1:] {
			rest = append(rest, string(e))
		}
		p.csms.note("answer %s %s", m[0], strings.Join(rest, " "))
		p.answers <- strings.Join(rest, " ")
		return
	}
	json.Unmarshal(m[2], &c.action)
	c.payload = string(m[3])
	p.csms.note("%s", c.action)
	p.reply(c)
}

func (p *peer) reply(c call) {
	p.csms.mu.Lock()
	answer := p.csms.answer
	p.csms.mu.Unlock()
	payload := defaultAnswer(c)
	if answer != nil {
		payload = answer(p, c)
	}
	if code, isError := strings.CutPrefix(payload, "!"); isError {
		p.SendText(fmt.Sprintf(`[4,%q,%q,"",{}]`, c.id, code))
	} else if payload != "-" {
		p.SendText(fmt.Sprintf(`[3,%q,%s]`, c.id, payload))
	}
}

// defaultAnswer accepts everything, with a heartbeat interval of an hour.
func defaultAnswer(c call) string {
	switch c.action {
	case "BootNotification":
		return booted("Accepted", 3600)
	case "Heartbeat":
		return `{"currentTime":"2026-01-01T00:00:00Z"}`
	case "StartTransaction":
		return `{"transactionId":4711,"idTagInfo":{"status":"Accepted"}}`
	case "DataTransfer":
		return `{"status":"UnknownVendorId"}`
	case "Authorize":
		return `{"idTagInfo":{"status":"Accepted"}}`
	}
	return `{}`
}

func booted(status string, interval int) string {
	return fmt.Sprintf(`{"status":%q,"currentTime":"2026-01-01T00:00:00Z","interval":%d}`, status, interval)
}

// last is the newest connection.
func (f *fakeCSMS) last() *peer {
	f.t.Helper()
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.peers) == 0 {
		f.t.Fatal("nobody has connected")
	}
	return f.peers[len(f.peers)-1]
}

// options are those of most tests: OCPP 1.6, no pings, a back-off of 10 s without chance.
func (f *fakeCSMS) options() station.Options {
	return station.Options{
		Identity:     "CS-1",
		URL:          f.srv.URL + "/ocpp",
		Protocols:    []*ocpp.Protocol{ocpp16.Protocol},
		Boot:         boot,
		BackOff:      station.BackOff{WaitMinimum: 10 * time.Second, RandomRange: -1},
		PingInterval: -1,
		DialContext:  f.dial,
		Logger:       slog.New(slog.DiscardHandler),
	}
}

func boot(v ocpp.Version) any {
	switch v {
	case ocpp.V16:
		return &ocpp16.BootNotificationRequest{ChargePointVendor: "V", ChargePointModel: "M"}
	case ocpp.V201:
		return &ocpp201.BootNotificationRequest{
			Reason: ocpp201.BootReasonPowerUp, ChargingStation: ocpp201.ChargingStation{Model: "M", VendorName: "V"},
		}
	}
	return &ocpp21.BootNotificationRequest{
		Reason: ocpp21.BootReasonPowerUp, ChargingStation: ocpp21.ChargingStation{Model: "M", VendorName: "V"},
	}
}

// client makes a client that is not running yet.
func (f *fakeCSMS) client(o station.Options) *station.Client {
	f.t.Helper()
	c, err := station.New(o)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// run runs a client until the end of the test.
func (f *fakeCSMS) run(c *station.Client) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			f.t.Errorf("Run returned %v", err)
		}
	})
}

// started makes and runs a client.
func (f *fakeCSMS) started(o station.Options) *station.Client {
	f.t.Helper()
	c := f.client(o)
	f.run(c)
	return c
}
