package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// The shape of the soak.
const (
	soakStations = 100
	soakSamples  = 40          // wanted in the whole time
	soakWarmUp   = time.Minute // at least
	soakToken    = "soak-token-0123456789"
)

// TestSoak lets stations flap at a process of its own for the minutes that SOAK_MINUTES says, and demands that what the
// process uses does not grow: heap, goroutines and descriptors, each time that all stations are connected and quiet. A
// quarter of that time more passes before, in which caches and memories fill up to their bounds.
func TestSoak(t *testing.T) {
	minutes, err := strconv.ParseFloat(os.Getenv("SOAK_MINUTES"), 64)
	if err != nil {
		t.Skip("it takes the minutes that SOAK_MINUTES says; .ci/run --long runs it")
	}
	duration := time.Duration(minutes * float64(time.Minute))
	t.Setenv("CHARGEYARD_API_TOKEN", soakToken)
	s := &soak{t: t, p: process(t, filepath.Join(t.TempDir(), "data"))}
	for i := range soakStations {
		s.stations = append(s.stations, &flapper{url: fmt.Sprintf("%s/SOAK-%03d", s.p.stations, i)})
	}
	round := max(duration/soakSamples, time.Second)
	for end := time.Now().Add(max(duration/4, soakWarmUp)); time.Now().Before(end); {
		s.flap(round)
	}
	var samples []usage
	for end := time.Now().Add(duration); time.Now().Before(end); {
		s.flap(round)
		s.settle()
		samples = append(samples, s.sample())
		t.Logf("%5.1f min to go: %s", time.Until(end).Minutes(), samples[len(samples)-1])
	}
	for _, st := range s.stations {
		st.leave()
	}
	if err := s.p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.p.Wait(); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
	checkSlopes(t, samples)
}

// soak is the stations and the process under test.
type soak struct {
	t        *testing.T
	p        serving
	stations []*flapper
}

// usage is what the process used at one moment.
type usage struct {
	Stations, Goroutines, Descriptors int
	HeapBytes, ResidentBytes          int64
}

func (u usage) String() string {
	return fmt.Sprintf("%d stations, %d goroutines, %d descriptors, heap %.2f MiB, resident %.1f MiB",
		u.Stations, u.Goroutines, u.Descriptors, mib(u.HeapBytes), mib(u.ResidentBytes))
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// flap has every station come and go for a while, and commands sent to whoever is there.
func (s *soak) flap(d time.Duration) {
	ctx, cancel := context.WithTimeout(s.t.Context(), d)
	defer cancel()
	var flapping sync.WaitGroup
	for _, st := range s.stations {
		flapping.Go(func() {
			for ctx.Err() == nil {
				if err := st.visit(); err != nil {
					s.t.Errorf("%s: %v", st.url, err)
					return
				}
				st.goAway()
			}
		})
	}
	flapping.Go(func() {
		for ctx.Err() == nil {
			s.api(http.MethodPost, "/commands", `{"action":"ClearCache","timeout":0.2,"select":{"all":true,"online":true}}`)
			s.api(http.MethodGet, "/stations?limit=1000", "")
		}
	})
	flapping.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
}

// settle returns when every station is connected and quiet, and nothing else is.
func (s *soak) settle() {
	for _, st := range s.stations {
		st.leave()
		if err := st.visit(); err != nil {
			s.t.Fatalf("%s: %v", st.url, err)
		}
	}
}

// sample reads what the process uses when everything under way has ended.
func (s *soak) sample() usage {
	s.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond) // nothing in another process tells when it is quiet
	defer tick.Stop()
	var last usage
	for quiet := 0; quiet < 3; <-tick.C {
		var u usage
		if err := json.Unmarshal(s.api(http.MethodGet, "/debug/runtime?gc=true", ""), &u); err != nil {
			s.t.Fatal(err)
		}
		if quiet++; u.Stations != soakStations || u.Goroutines != last.Goroutines || u.Descriptors != last.Descriptors {
			quiet = 0
		}
		last = u
	}
	return last
}

func (s *soak) api(method, path, body string) []byte {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.p.api+path, strings.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+soakToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Errorf("%s %s: %d %s %v", method, path, resp.StatusCode, content, err)
	}
	return content
}

// flapper is a station that comes and goes.
type flapper struct {
	url         string
	n           int
	transaction any // id of the latest one
	peer        *ocpptest.Peer
	left        []*ocpptest.Peer // sockets that it has forgotten and not closed
}

// visit connects and does what a station does: it boots, reports and charges for a moment.
func (f *flapper) visit() error {
	p, err := ocpptest.DialPeer(context.Background(), f.url, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		return err
	}
	f.peer = p
	for _, call := range []string{
		`"BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}`,
		`"StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Charging"}`,
		`"StartTransaction",{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":"NOW"}`,
		`"Heartbeat",{}`,
	} {
		if err := f.call(call); err != nil {
			return err
		}
	}
	// The end is always told: the store remembers some thousand running transactions, which takes long to fill.
	return f.call(fmt.Sprintf(`"StopTransaction",{"transactionId":%.0f,"meterStop":9,"timestamp":"NOW"}`, f.transaction))
}

// call sends a CALL and reads up to its answer. CALLs of the server come before it now and then; half of them are
// answered.
func (f *flapper) call(actionAndPayload string) error {
	actionAndPayload = strings.Replace(actionAndPayload, "NOW", time.Now().UTC().Format(time.RFC3339Nano), 1)
	f.n++
	id := strconv.Itoa(f.n)
	if err := f.peer.SendText(`[2,"` + id + `",` + actionAndPayload + `]`); err != nil {
		return err
	}
	for {
		text, err := f.peer.ReadText()
		if err != nil {
			return err
		}
		var frame []any
		if err := json.Unmarshal([]byte(text), &frame); err != nil {
			return err
		}
		switch {
		case frame[0] == 3.0 && frame[1] == id:
			if answer, ok := frame[2].(map[string]any); ok && answer["transactionId"] != nil {
				f.transaction = answer["transactionId"]
			}
			return nil
		case frame[0] != 2.0:
			return fmt.Errorf("%s was answered %s", actionAndPayload, text)
		case rand.IntN(2) == 0:
			if err := f.peer.SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, frame[1])); err != nil {
				return err
			}
		}
	}
}

// goAway ends the visit in one of the ways that happen: with a close frame, by a reset, or not at all, so that the next
// one takes over.
func (f *flapper) goAway() {
	switch rand.IntN(3) {
	case 0:
		f.peer.SendClose(1000, "") // the socket may be gone
		f.peer.Close()
	case 1:
		if c, ok := f.peer.Conn.(*net.TCPConn); ok {
			c.SetLinger(0)
		}
		f.peer.Close()
	default:
		f.left = append(f.left, f.peer)
		if len(f.left) > 3 {
			f.left[0].Close()
			f.left = f.left[1:]
		}
	}
}

// leave closes every socket.
func (f *flapper) leave() {
	if f.peer != nil {
		f.peer.Close()
	}
	for _, p := range f.left {
		p.Close()
	}
	f.left = nil
}

// checkSlopes fits a line through each figure, and demands that it does not rise by more than noise over the whole time.
func checkSlopes(t *testing.T, samples []usage) {
	t.Helper()
	if len(samples) < 3 {
		t.Fatalf("%d samples are too few", len(samples))
	}
	for name, f := range map[string]struct {
		value func(usage) float64
		noise func(mean float64) float64
	}{
		"goroutines":  {func(u usage) float64 { return float64(u.Goroutines) }, func(float64) float64 { return 3 }},
		"descriptors": {func(u usage) float64 { return float64(u.Descriptors) }, func(float64) float64 { return 3 }},
		"heap bytes":  {func(u usage) float64 { return float64(u.HeapBytes) }, func(mean float64) float64 { return 1<<20 + mean/20 }},
	} {
		rise, mean := risePerRun(samples, f.value)
		t.Logf("%s: %.1f on average, a rise of %.1f over the run", name, mean, rise)
		if rise > f.noise(mean) {
			t.Errorf("%s rise by %.1f over the run, from about %.1f", name, rise, mean)
		}
	}
}

// risePerRun returns how much the line of least squares rises from the first to the last sample, and the mean.
func risePerRun(samples []usage, value func(usage) float64) (rise, mean float64) {
	n := float64(len(samples))
	for _, s := range samples {
		mean += value(s) / n
	}
	var covariance, variance float64
	for i, s := range samples {
		x := float64(i) - (n-1)/2
		covariance += x * (value(s) - mean)
		variance += x * x
	}
	return covariance / variance * (n - 1), mean
}

func TestSlopesAreFound(t *testing.T) {
	var samples []usage
	for i := range 10 {
		samples = append(samples, usage{Goroutines: 100 + 5*i, Descriptors: 50 + i%2})
	}
	rise, mean := risePerRun(samples, func(u usage) float64 { return float64(u.Goroutines) })
	if rise != 45 || mean < 122 || mean > 123 {
		t.Errorf("rise %v, mean %v", rise, mean)
	}
	if rise, _ := risePerRun(samples, func(u usage) float64 { return float64(u.Descriptors) }); rise > 1 {
		t.Errorf("noise rises by %v", rise)
	}
}
