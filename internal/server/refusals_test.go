package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// gatedIngest holds every event until the gate is opened.
type gatedIngest struct {
	gate  chan struct{}
	taken chan fleet.Event
}

func (g *gatedIngest) Report(fleet.Presence) {}

func (g *gatedIngest) Defer(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	return g.Submit(ctx, e)
}

func (g *gatedIngest) Submit(_ context.Context, e fleet.Event) (fleet.Result, error) {
	g.taken <- e
	<-g.gate
	return fleet.Result{}, nil
}

// A flood of refusals waits for nothing: what the store does not take in time is counted.
func TestAFloodOfRefusalsNeverBlocks(t *testing.T) {
	g := &gatedIngest{gate: make(chan struct{}), taken: make(chan fleet.Event, 1000)}
	r := newRefusals(g)
	refused := csms.Refusal{Identity: "X", RemoteAddr: "192.0.2.1:9", Reason: fmt.Errorf("%w: who?", csms.ErrUnknownStation)}
	r.add(refused)
	first := (<-g.taken).(fleet.Refused) // the writer has it and hangs
	if first.Reason != "unknown" || first.Station != "X" || first.Address != refused.RemoteAddr {
		t.Errorf("stored: %+v", first)
	}
	const flood = 500
	for range flood {
		r.add(refused)
	}
	if total, lost := r.total.Load(), r.lost.Load(); total != flood+1 || lost != flood-int64(cap(r.queue)) {
		t.Errorf("%d in all, %d lost, the queue holds %d", total, lost, cap(r.queue))
	}
	close(g.gate)
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if n := len(g.taken); n != 1 {
		t.Errorf("%d entries for the same again", n)
	} else if e := (<-g.taken).(fleet.Refused); e.Times != int64(cap(r.queue)) {
		t.Errorf("it stands for %d of %d waiting ones", e.Times, cap(r.queue))
	}
}

func TestWhatAStrangerChoseIsKeptShort(t *testing.T) {
	g := &gatedIngest{gate: make(chan struct{}), taken: make(chan fleet.Event, 1)}
	close(g.gate)
	r := newRefusals(g)
	long := strings.Repeat("ü", 6000)
	r.add(csms.Refusal{Identity: "X" + long, RemoteAddr: "192.0.2.1:9", Reason: fmt.Errorf("%w: %s", csms.ErrBadIdentity, long)})
	got := (<-g.taken).(fleet.Refused)
	if n := len(got.Station); n < 250 || n > 255 || !utf8.ValidString(got.Station) {
		t.Errorf("an identity of %d bytes: %q", n, got.Station)
	}
	if n := len(got.Detail); n < 595 || n > 600 || !utf8.ValidString(got.Detail) {
		t.Errorf("a detail of %d bytes: %q", n, got.Detail)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
}

// hangingIngest is a store whose disk hangs.
type hangingIngest struct{ asked chan struct{} }

func (hangingIngest) Report(fleet.Presence) {}

func (h hangingIngest) Defer(ctx context.Context, e fleet.Event) (fleet.Result, error) {
	return h.Submit(ctx, e)
}

func (h hangingIngest) Submit(ctx context.Context, _ fleet.Event) (fleet.Result, error) {
	h.asked <- struct{}{}
	<-ctx.Done()
	return fleet.Result{}, ctx.Err()
}

func TestAHangingStoreDoesNotHoldTheEndUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hangingIngest{make(chan struct{}, 1000)}
		r := newRefusals(h)
		for range 50 {
			r.add(csms.Refusal{Reason: csms.ErrUnknownStation})
		}
		begun := time.Now()
		if err := r.close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		if r.lost.Load() != 50 {
			t.Errorf("%d are counted as lost, want 50", r.lost.Load())
		}
	})
}

func TestRefusalsHaveOneWordForTheirReason(t *testing.T) {
	for want, err := range map[string]error{
		"unknown": csms.ErrUnknownStation, "credential": csms.ErrBadCredential, "certificate": csms.ErrCertificate,
		"throttled": tooManyGuesses{}, "profile": csms.ErrProfile, "identity": csms.ErrBadIdentity, "version": csms.ErrNoVersion,
		"handshake": csms.ErrNotWebSocket, "draining": csms.ErrDraining, "busy": csms.ErrBusy, "error": errors.New("else"),
	} {
		if got := reasonOf(fmt.Errorf("x: %w", err)); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// note is a refusal as a stranger causes it.
func note(station, address, reason string) fleet.Refused {
	return fleet.Refused{Station: station, Address: address, Reason: reason, Times: 1}
}

// The same refusal again is one entry with the first, and a crowd of strangers leaves room for others.
func TestRefusalsThatComeAgainAreCounted(t *testing.T) {
	r := newRepeats()
	for i := range 4 {
		if first := r.first(note("A", fmt.Sprint("192.0.2.1:", i), "unknown")); first != (i == 0) {
			t.Errorf("attempt %d is new: %v", i, first)
		}
	}
	for _, other := range []fleet.Refused{note("B", "192.0.2.1:1", "unknown"), note("A", "192.0.2.2:1", "unknown"), note("A", "192.0.2.1:1", "credential")} {
		if !r.first(other) {
			t.Errorf("%+v is taken for another", other)
		}
	}
	stored := 0
	for i := range 50_000 {
		if r.first(note(fmt.Sprint("X", i), "198.51.100.7:1", "unknown")) {
			stored++
		}
	}
	if stored != maxRepeatsHost || len(r.seen) > maxRepeats+1 {
		t.Errorf("%d entries of one host, %d remembered", stored, len(r.seen))
	}
	if !r.first(note("C", "192.0.2.9:1", "unknown")) {
		t.Error("the crowd leaves no room")
	}
	got := map[string]int64{}
	for _, e := range r.take() {
		got[e.Station+" "+hostOf(e.Address)] = e.Times
	}
	if len(got) != 2 || got["A 192.0.2.1"] != 3 || got[" 198.51.100.7"] != 50_000-maxRepeatsHost {
		t.Errorf("counted: %v", got)
	}
	if !r.first(note("A", "192.0.2.1:1", "unknown")) {
		t.Error("it is new in the next span of time")
	}
}

// What came again is stored in the order in which it came last.
func TestRepeatsAreInOrder(t *testing.T) {
	r, begun := newRepeats(), time.Now()
	for i := range 40 {
		e := note(fmt.Sprint("S", i%20), "192.0.2.1:1", "unknown")
		e.Received = begun.Add(time.Duration(i) * time.Second)
		r.first(e)
	}
	list := r.take()
	if len(list) != 20 || !slices.IsSortedFunc(list, func(a, b fleet.Refused) int { return a.Received.Compare(b.Received) }) {
		t.Errorf("%+v", list)
	}
}

func TestEveryReasonHasHelp(t *testing.T) {
	for _, err := range []error{
		csms.ErrUnknownStation, csms.ErrBadCredential, csms.ErrCertificate, csms.ErrProfile, csms.ErrBadIdentity, csms.ErrNoVersion,
		csms.ErrNotWebSocket, csms.ErrDraining, csms.ErrBusy, tooManyGuesses{}, errors.New("else"),
	} {
		detail := explain(reasonOf(err), csms.Refusal{Reason: err})
		if strings.Contains(detail, "csms:") || !strings.Contains(detail, ". ") || len(detail) > maxDetail {
			t.Errorf("%v: %s", err, detail)
		}
	}
}

func TestTLSFailuresAreTold(t *testing.T) {
	for text, want := range map[string]string{
		"http: TLS handshake error from 192.0.2.1:9: tls: failed to verify certificate: x509: certificate signed by unknown authority\n": "certificate",
		"http: TLS handshake error from [::1]:9: remote error: tls: bad certificate":                                                     "tls",
		"http: TLS handshake error from 192.0.2.1:9: EOF":                                                                                "",
		"http: TLS handshake error from 192.0.2.1:9: read tcp 192.0.2.1:9->192.0.2.2:9: i/o timeout":                                     "",
		"http: panic serving 192.0.2.1:9: boom":                                                                                          "no",
	} {
		address, why, ok := parseHandshakeError(text)
		switch {
		case !ok && want == "no":
		case !ok || tlsReason(why) != want || hostOf(address) != "192.0.2.1" && hostOf(address) != "::1":
			t.Errorf("%s: %q %q %v", text, address, why, ok)
		}
	}
}
