package server

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// herd is many raw stations that answer every CALL with Accepted, and a close frame with one of their own.
type herd struct {
	peers []*peer
	ended chan ending // one for each station
	wg    sync.WaitGroup
}

// ending is how the connection of a station ended.
type ending struct {
	station string
	code    uint16 // 0: without a close frame
	at      time.Time
}

// herd connects n stations, a bounded number at a time. Each sends the CALLs that first returns for it, and reads their
// answers, before it obeys.
func (r *rig) herd(n int, first ...func(i int) string) *herd {
	r.t.Helper()
	h := &herd{peers: make([]*peer, n), ended: make(chan ending, n)}
	limit := make(chan struct{}, 64)
	errs := make(chan error, n)
	for i := range n {
		limit <- struct{}{}
		h.wg.Go(func() {
			defer func() { <-limit }()
			p, err := r.dial(fmt.Sprintf("HERD-%05d", i), "ocpp1.6", login{})
			if err == nil {
				err = p.Conn.SetDeadline(time.Now().Add(10 * time.Minute))
			}
			for _, f := range first {
				if call := f(i); call != "" && err == nil {
					err = p.ask(call)
				}
			}
			h.peers[i] = p
			errs <- err
		})
	}
	for range n {
		if err := <-errs; err != nil {
			r.t.Fatal(err)
		}
	}
	for i, p := range h.peers {
		h.wg.Go(func() { h.live(fmt.Sprintf("HERD-%05d", i), p) })
	}
	r.t.Cleanup(func() {
		for _, p := range h.peers {
			p.Close()
		}
		h.wg.Wait()
	})
	r.eventually("the herd is there", func() bool { return r.srv.csms.Len() >= n })
	return h
}

// ask sends a CALL and reads its CALLRESULT.
func (p *peer) ask(call string) error {
	if err := p.SendText(call); err != nil {
		return err
	}
	text, err := p.ReadText()
	if answer := readFrame(text); err == nil && (len(answer) != 3 || answer[0] != 3.0) {
		return errors.New(text)
	}
	return err
}

// live serves one station until its connection ends.
func (h *herd) live(id string, p *peer) {
	end := ending{station: id}
	defer func() { end.at = time.Now(); h.ended <- end }()
	for {
		text, err := p.ReadText()
		if closed, ok := errors.AsType[*ocpptest.CloseError](err); ok {
			end.code = closed.Code
			if p.SendClose(closed.Code, "") != nil {
				return
			}
			p.Close()
		}
		if err != nil {
			return
		}
		if call := readFrame(text); len(call) == 4 && p.SendText(accept(call[1])) != nil {
			return
		}
	}
}

// sized returns how many stations a test has: few, or what an environment variable says, to measure.
func sized(n int) int {
	if s, err := strconv.Atoi(os.Getenv("CHARGEYARD_TEST_HERD")); err == nil {
		return s
	}
	return n
}

func TestABulkCommandReachesAHerd(t *testing.T) {
	n := sized(300)
	r := serve(t, Config{})
	r.herd(n)
	for _, body := range []string{`{"action":"ClearCache","select":{"all":true,"online":true}}`, `{"action":"ClearCache","select":{"all":true}}`} {
		begun := time.Now()
		got := r.api(http.MethodPost, "/commands", body, http.StatusOK)
		t.Logf("%d stations: %v s, with records %v", n, got["seconds"], time.Since(begun))
		want(t, got, map[string]any{"selected": float64(n), "answered": float64(n)})
	}
}
