package stormtest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// yard is a server in memory for a test that plays one scene.
type yard struct {
	t   *testing.T
	srv *csms.Server
	web *ocpptest.Server

	mu    sync.Mutex
	links []*ocpptest.Link // in the order of the dials
	told  []string         // what tell was given
}

// open makes a server; handle is what it does with the data of a DataTransfer. Everything has to be gone at the end.
func open(t *testing.T, o csms.Options, handle func(ctx context.Context, st *csms.Station, data string) string) *yard {
	t.Helper()
	o.Protocols = []*ocpp.Protocol{ocpp16.Protocol}
	o.Logger = slog.New(slog.DiscardHandler)
	srv, err := csms.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	csms.Handle(srv, func(ctx context.Context, st *csms.Station, req *ocpp16.DataTransferRequest) (*ocpp16.DataTransferResponse, error) {
		data := handle(ctx, st, req.Data.Or(""))
		return &ocpp16.DataTransferResponse{Status: ocpp16.DataTransferStatusAccepted, Data: ocpp.Some(data)}, nil
	})
	y := &yard{t: t, srv: srv}
	l := ocpptest.Listen(ocpptest.LinkOptions{Window: 4 << 10})
	l.OnLink = func(link *ocpptest.Link) {
		y.mu.Lock()
		defer y.mu.Unlock()
		y.links = append(y.links, link)
	}
	y.web = ocpptest.NewServerOn(l, srv)
	t.Cleanup(y.close)
	return y
}

// link returns the link of the nth dial.
func (y *yard) link(n int) *ocpptest.Link {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.links[n]
}

// reset breaks all links and forgets them.
func (y *yard) reset() {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, link := range y.links {
		link.Reset()
	}
	y.links = nil
}

// tell notes what happened and returns how much that was before.
func (y *yard) tell(what string) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.told = append(y.told, what)
	return len(y.told) - 1
}

// story is all that happened.
func (y *yard) story() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return strings.Join(y.told, " ")
}

func (y *yard) close() {
	y.reset()
	if err := y.srv.Shutdown(context.Background()); err != nil {
		y.t.Errorf("Shutdown: %v", err)
	}
	y.web.Close()
	if n := y.srv.Len(); n != 0 {
		y.t.Errorf("%d stations are left", n)
	}
}

func echo(_ context.Context, _ *csms.Station, data string) string { return data }

func (y *yard) try(identity string) (*ocpptest.Peer, error) {
	return ocpptest.DialPeer(context.Background(), y.web.URL+"/ocpp/"+identity, ocpptest.PeerOptions{
		Subprotocols: []string{ocpp.V16.Subprotocol()},
		DialContext:  y.web.Listener.DialContext,
	})
}

func (y *yard) dial(identity string) *ocpptest.Peer {
	y.t.Helper()
	p, err := y.try(identity)
	if err != nil {
		y.t.Fatal(err)
	}
	return p
}

// station waits until nothing moves and returns the connection of an identity.
func (y *yard) station(identity string) *csms.Station {
	y.t.Helper()
	synctest.Wait()
	st, ok := y.srv.Station(identity)
	if !ok {
		y.t.Fatalf("%s is not connected", identity)
	}
	return st
}

// send sends a CALL of the station.
func (y *yard) send(p *ocpptest.Peer, id string) {
	y.t.Helper()
	if err := p.SendText(fmt.Sprintf(`[2,"%s","DataTransfer",{"vendorId":"sim","data":"%s"}]`, id, id)); err != nil {
		y.t.Fatal(err)
	}
}

// wantAnswer reads the answer to it.
func (y *yard) wantAnswer(p *ocpptest.Peer, id, data string) {
	y.t.Helper()
	want := fmt.Sprintf(`[3,"%s",{"status":"Accepted","data":"%s"}]`, id, data)
	if text, err := p.ReadText(); err != nil || text != want {
		y.t.Fatalf("got %s, %v; want %s", text, err, want)
	}
}

// answerCall reads a CALL of the server and answers with its data.
func (y *yard) answerCall(p *ocpptest.Peer) {
	y.t.Helper()
	text, err := p.ReadText()
	if err != nil || !strings.HasPrefix(text, `[2,"`) {
		y.t.Fatalf("got %s, %v; want a CALL", text, err)
	}
	id, _, _ := strings.Cut(text[len(`[2,"`):], `"`)
	_, data, _ := strings.Cut(text, `"data":"`)
	data, _, _ = strings.Cut(data, `"`)
	if err := p.SendText(fmt.Sprintf(`[3,"%s",{"status":"Accepted","data":"%s"}]`, id, data)); err != nil {
		y.t.Fatal(err)
	}
}

// instantly fails the test if what f does takes time: the clock of a bubble stands still unless everybody waits.
func instantly(t *testing.T, what string, f func()) {
	t.Helper()
	begun := time.Now()
	f()
	if d := time.Since(begun); d != 0 {
		t.Errorf("%s took %v", what, d)
	}
}
