package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

const start16 = `[2,"start","StartTransaction",{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":` + t0 + `}]`

// Stopping closes stations at a pace, those that charge last, with 1012; it refuses those that come, and ends within the
// window.
func TestR4StoppingDrainsTheHerd(t *testing.T) {
	n, window := sized(120), 4*time.Second
	if n > 1000 {
		window = DefaultDrainWindow
	}
	r := serve(t, Config{DrainWindow: window})
	everyTenth := func(i int) string {
		if i%10 == 0 {
			return start16
		}
		return ""
	}
	h := r.herd(n, everyTenth)
	begun := time.Now()
	r.cancel()
	first := <-h.ended
	r.refused("LATE", login{}, http.StatusServiceUnavailable)
	if resp, err := http.Get("http://" + r.srv.APIAddr().String() + "/readyz"); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz: %v %v", resp, err)
	} else {
		resp.Body.Close()
	}
	endings := append(make([]ending, 0, n), first)
	for range n - 1 {
		endings = append(endings, <-h.ended)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > window {
		t.Errorf("stopping took %v", took)
	}
	wantOrder(t, endings)
	spread := endings[n-1].at.Sub(first.at)
	t.Logf("%d stations were closed over %v, the end came after %v", n, spread, time.Since(begun))
	if pace := min(time.Duration(n-1)*time.Second/100, window*6/10); spread < pace*9/10 {
		t.Errorf("%d stations were closed over %v, want about %v", n, spread, pace)
	}
}

// wantOrder demands that all were closed with 1012, and those that charge last.
func wantOrder(t *testing.T, endings []ending) {
	t.Helper()
	codes, early := map[uint16]int{}, 0
	for i, e := range endings {
		codes[e.code]++
		if charges := e.station[len(e.station)-1] == '0'; charges && i < len(endings)*8/10 {
			early++
		}
	}
	if codes[serviceRestart] != len(endings) {
		t.Errorf("close codes: %v", codes)
	}
	if early > 0 {
		t.Errorf("%d stations with a transaction were among the first", early)
	}
}

// Calls under way end as they would have, before their station is closed.
func TestDrainingLetsABulkCommandFinish(t *testing.T) {
	r := serve(t, Config{DrainWindow: 20 * time.Second})
	asked, release := make(chan struct{}), make(chan struct{})
	for i := range 10 {
		r.connect(fmt.Sprintf("SLOW-%d", i), "ocpp1.6", login{}).answering(func(id any) string {
			asked <- struct{}{}
			<-release
			return accept(id)
		})
	}
	done := make(chan map[string]any, 1)
	go func() {
		done <- r.api(http.MethodPost, "/commands", `{"action":"ClearCache","select":{"all":true}}`, http.StatusOK)
	}()
	for range 10 {
		<-asked
	}
	r.cancel()
	r.eventually("it is stopping", func() bool { return r.srv.state.Load() == stateStopping })
	close(release)
	want(t, <-done, map[string]any{"answered": 10.0})
}

func TestTheWindowOfStoppingFollowsWhoAsked(t *testing.T) {
	s := &Server{cfg: Config{}.withDefaults()}
	asked := func(cause error) time.Duration { return s.window(endedBy(cause)) }
	if got := asked(nil); got != DefaultDrainWindow {
		t.Errorf("SIGTERM: %v", got)
	}
	if got := asked(ErrInterrupted); got != InterruptWindow {
		t.Errorf("Ctrl-C: %v", got)
	}
	if got := s.window(t.Context()); got != InterruptWindow {
		t.Errorf("nobody, a listener failed: %v", got)
	}
	if got := (Config{Demo: 1}).withDefaults().DrainWindow; got != InterruptWindow {
		t.Errorf("a demo: %v", got)
	}
	s.cfg.DrainWindow = time.Second
	if got := asked(ErrInterrupted); got != time.Second {
		t.Errorf("a window shorter than that of Ctrl-C: %v", got)
	}
}

// Nobody listens after the end.
func TestAStoppedServerListensNowhere(t *testing.T) {
	r := serve(t, Config{})
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	for _, addr := range append(r.srv.StationAddrs(), r.srv.APIAddr()) {
		if c, err := net.Dial("tcp", addr.String()); err == nil {
			c.Close()
			t.Errorf("%s still takes connections", addr)
		}
	}
}

func endedBy(cause error) context.Context {
	ctx, end := context.WithCancelCause(context.Background())
	end(cause)
	return ctx
}
