package csms_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

// leaving notes when and how each of many stations is closed. The stations answer the close frame.
type leaving struct {
	mu    sync.Mutex
	order []string
	at    map[string]time.Duration
	codes map[uint16]int
	wg    sync.WaitGroup
}

func leave(y *yard, ids ...string) *leaving {
	l := &leaving{at: map[string]time.Duration{}, codes: map[uint16]int{}}
	begin := time.Now()
	for _, id := range ids {
		p := y.dial(id, ocpp.V16)
		l.wg.Go(func() {
			c, err := p.ReadClose()
			if err != nil {
				y.t.Errorf("%s: %v", id, err)
				return
			}
			p.SendClose(c.Code, "") // the server may be through
			l.mu.Lock()
			defer l.mu.Unlock()
			l.order = append(l.order, id)
			l.at[id] = time.Since(begin)
			l.codes[c.Code]++
		})
	}
	synctest.Wait()
	return l
}

func names(prefix string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	return ids
}

func charging(st *csms.Station) bool { return strings.HasPrefix(st.Identity(), "charging") }

func TestDrainClosesAtAnEvenPaceAndSomeLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{ShutdownCode: 1012})
		l := leave(y, append(names("charging", 10), names("idle", 30)...)...)
		err := y.srv.Drain(t.Context(), csms.DrainOptions{Over: 20 * time.Second, MinRate: 1, Last: charging})
		if err != nil {
			t.Error(err)
		}
		l.wg.Wait()
		if l.codes[1012] != 40 {
			t.Errorf("close codes: %v", l.codes)
		}
		for i, id := range l.order {
			if want := time.Duration(i) * time.Second / 2; l.at[id] != want {
				t.Errorf("%s was closed after %v, want %v", id, l.at[id], want)
			}
			if strings.HasPrefix(id, "charging") != (i >= 30) {
				t.Errorf("%s was closed as number %d", id, i)
			}
		}
	})
}

func TestDrainOfFewStationsTakesNoLongerThanItMust(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		l := leave(y, names("idle", 26)...)
		begin := time.Now()
		if err := y.srv.Drain(t.Context(), csms.DrainOptions{Over: 30 * time.Second}); err != nil {
			t.Error(err)
		}
		l.wg.Wait()
		if took := time.Since(begin); took != 250*time.Millisecond { // 100 a second
			t.Errorf("it took %v", took)
		}
	})
}

// Who is not yet closed is served; who comes is refused; who went by itself costs no time.
func TestR4DrainServesThoseThatAreStillThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		served := y.dial("charging", ocpp.V16)
		gone := y.dial("gone", ocpp.V16)
		first := leave(y, "first")
		done := make(chan error, 1)
		begin := time.Now()
		go func() {
			done <- y.srv.Drain(t.Context(), csms.DrainOptions{Over: 30 * time.Second, MinRate: 1, Last: charging})
		}()
		synctest.Wait()
		gone.Close()
		beat(t, served, "1")
		answer := call(y.station("charging"), reset16())
		id, _ := readCall(t, served, "Reset")
		send(t, served, `[3,"`+id+`",{"status":"Accepted"}]`)
		if r := <-answer; r.err != nil {
			t.Errorf("a call to a station that is still there: %v", r.err)
		}
		_, err := y.try("/ocpp/new", ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
		if got := y.wantStatus(err, http.StatusServiceUnavailable, csms.ErrDraining); got.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		expectClose(t, served, 1001)
		served.SendClose(1001, "")
		if err := <-done; err != nil {
			t.Error(err)
		}
		first.wg.Wait()
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("it took %v for 2 stations at 1 a second", took)
		}
	})
}

func TestDrainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		l := leave(y, names("idle", 100)...)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := y.srv.Drain(ctx, csms.DrainOptions{Over: 100 * time.Second, MinRate: 1})
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		l.wg.Wait()
		last := l.at[slices.MaxFunc(l.order, func(a, b string) int { return int(l.at[a] - l.at[b]) })]
		if last != 10*time.Second {
			t.Errorf("the last one was closed after %v", last)
		}
	})
}

func TestShutdownCutsADrainShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		l := leave(y, names("idle", 100)...)
		done := make(chan error, 1)
		go func() { done <- y.srv.Drain(t.Context(), csms.DrainOptions{Over: 100 * time.Second, MinRate: 1}) }()
		synctest.Wait()
		begin := time.Now()
		if err := y.srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		l.wg.Wait()
		if err := <-done; err != nil || time.Since(begin) > time.Second {
			t.Errorf("Drain: %v after %v", err, time.Since(begin))
		}
	})
}

// A server with many stations leaves them room to come back elsewhere, and lets those that charge go last.
func ExampleServer_Drain() {
	srv, web, connected := exampleServer(csms.Options{Protocols: []*ocpp.Protocol{ocpp16.Protocol}, ShutdownCode: 1012})
	var left sync.WaitGroup
	for _, id := range []string{"charging", "idle"} {
		p := exampleStation(web, id, "ocpp1.6")
		<-connected
		left.Go(func() {
			c, _ := p.ReadClose() // in memory
			fmt.Println(id, c.Code)
			p.SendClose(c.Code, "") // in memory
		})
	}
	err := srv.Drain(context.Background(), csms.DrainOptions{
		Over:    30 * time.Second,
		MinRate: 20,
		Last:    func(st *csms.Station) bool { return st.Identity() == "charging" },
	})
	left.Wait()
	fmt.Println(err)
	web.Close() // the listener has refused stations until here
	// Output:
	// idle 1012
	// charging 1012
	// <nil>
}
