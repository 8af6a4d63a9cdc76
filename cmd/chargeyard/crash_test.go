package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
	"github.com/chargeyard/chargeyard/station"
)

// The shape of the crash test. CHARGEYARD_CRASH_ROUNDS says how many rounds there are.
const (
	crashRounds   = 10
	crashStations = 15
	crashFew      = 4                      // under the race detector, where the server would never catch up with more
	crashLoad     = 600 * time.Millisecond // of a round at most
	crashToken    = "crash-token-0123456789"
)

// TestKill9LosesNothing kills a process that serves, at random moments while stations of all versions charge, again and
// again on the same data. Before the stations come back each time, and at the end, everything that was acknowledged to a
// station is there once, and nothing else but what is still to be acknowledged. What the stations know themselves, their
// ledger, is the judge. In the end both agree to the watt-hour.
func TestKill9LosesNothing(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("CHARGEYARD_CRASH_ROUNDS"))
	if err != nil {
		rounds = crashRounds
	}
	t.Setenv("CHARGEYARD_API_TOKEN", crashToken)
	c := newCrashTest(t)
	for round := range rounds {
		p := process(t, c.data)
		c.judge(p)
		c.gate.open(p)
		c.pass(time.Duration(rand.Int64N(int64(crashLoad))))
		c.gate.shut()
		if err := p.Process.Kill(); err != nil { // SIGKILL
			t.Error(err)
		}
		if err := p.Wait(); err == nil || p.ProcessState.Exited() {
			t.Fatalf("round %d: the process ended by itself: %v", round, err)
		}
		c.waitOffline()
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	sum := c.finish()
	t.Logf("%d rounds: %d transactions, %d messages acknowledged, %s Wh; none lost, doubled or invented",
		rounds, sum.Transactions, sum.Acked, sum.EnergyWh)
	if sum.Acked < rounds {
		t.Errorf("only %d messages were acknowledged", sum.Acked)
	}
}

// crashTest is a fleet of stations and the data of the server that is killed under them.
type crashTest struct {
	t        *testing.T
	stations int
	data     string
	gate     *gate
	fleet    *simulator.Fleet
	stop     context.CancelFunc
	summary  chan simulator.Summary
}

func newCrashTest(t *testing.T) *crashTest {
	c := &crashTest{t: t, stations: crashStations, data: filepath.Join(t.TempDir(), "data"), gate: newGate(), summary: make(chan simulator.Summary, 1)}
	if testing.Short() {
		c.stations = crashFew
	}
	fleet, err := simulator.New(simulator.Options{
		URL: "ws://server/ocpp", Stations: c.stations, Ledger: true, Seed: rand.Uint64(), DialContext: c.gate.dial,
		SampleInterval: 150 * time.Millisecond, SessionMin: 50 * time.Millisecond, SessionMax: 900 * time.Millisecond,
		PauseMin: time.Millisecond, PauseMax: 200 * time.Millisecond, RampUp: time.Millisecond,
		BackOff: station.BackOff{WaitMinimum: time.Millisecond, RandomRange: 20 * time.Millisecond, RepeatTimes: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.fleet = fleet
	ctx, stop := context.WithCancel(t.Context())
	c.stop = stop
	var running sync.WaitGroup
	running.Go(func() { c.summary <- fleet.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return c
}

// judge holds the ledger against the server, which no station has reached yet.
func (c *crashTest) judge(p serving) {
	c.t.Helper()
	l := c.fleet.Ledger()
	seen, err := apiAccess{Server: strings.TrimSuffix(p.api, "/api/v1"), APIToken: crashToken}.observed(c.t.Context(), l)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range l.Compare(seen).Differences {
		c.t.Error(d)
	}
	if sum := l.Totals(); sum.GivenUp > 0 {
		c.t.Errorf("%d messages were given up", sum.GivenUp)
	}
}

// pass lets some time pass.
func (c *crashTest) pass(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.t.Context().Done():
		c.t.Fatal("there is no time left")
	}
}

// waitOffline returns when no station has a connection: no answer can arrive any more.
func (c *crashTest) waitOffline() {
	for c.fleet.Counts().Connected > 0 {
		c.pass(time.Millisecond)
	}
}

// finish lets the stations end their sessions and deliver what they have, and compares for the last time.
func (c *crashTest) finish() simulator.Totals {
	c.t.Helper()
	p := process(c.t, c.data)
	c.judge(p)
	c.gate.open(p)
	for c.fleet.Counts().Queued > c.stations { // what they made while there was no server; the end gives them 8 s only
		c.pass(time.Millisecond)
	}
	c.stop()
	if problem := (<-c.summary).Problem(); problem != "" {
		c.t.Error(problem)
	}
	c.judge(p)
	if sum := c.fleet.Ledger().Totals(); sum.Complete != sum.Transactions || sum.Acked != sum.Sent {
		c.t.Errorf("at the end: %+v", sum)
	}
	if err := errors.Join(p.Process.Kill(), ignoreKilled(p.Wait())); err != nil {
		c.t.Error(err)
	}
	return c.fleet.Ledger().Totals()
}

func ignoreKilled(err error) error {
	if err != nil && strings.Contains(err.Error(), "killed") {
		return nil
	}
	return fmt.Errorf("it ended with %w", err)
}

// gate is the way of the stations to the server of the moment. While it is shut they wait.
type gate struct {
	mu      sync.Mutex
	address string
	opened  chan struct{} // closed while the gate is open
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open(p serving) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.address = strings.TrimSuffix(strings.TrimPrefix(p.stations, "ws://"), "/ocpp")
	close(g.opened)
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = make(chan struct{})
}

// dial is DialContext of the stations.
func (g *gate) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	g.mu.Lock()
	opened := g.opened
	g.mu.Unlock()
	select {
	case <-opened:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	address := g.address
	g.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, address)
}
