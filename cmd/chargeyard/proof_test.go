package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
)

// The shape of the proof. PROOF_MINUTES makes it as long as it is meant to be, with all its stations.
const (
	proofStations      = 500
	proofShortStations = 40
	proofShortDuration = 15 * time.Second
	proofKills         = 3
	proofToken         = "proof-token-0123456789"
)

// TestProof runs stations of all versions behind a network that fails all the time, kills the server three times, and
// demands that the ledger of the stations and the API agree to the watt-hour in the end.
func TestProof(t *testing.T) {
	stations, duration := proofShortStations, proofShortDuration
	if minutes, err := strconv.ParseFloat(os.Getenv("PROOF_MINUTES"), 64); err == nil {
		stations, duration = proofStations, time.Duration(minutes*float64(time.Minute))
	}
	t.Setenv("CHARGEYARD_API_TOKEN", proofToken)
	scenario, err := simulator.LoadScenario("flaky-network")
	if err != nil {
		t.Fatal(err)
	}
	if stations == proofShortStations { // failures and sessions that fit in
		scenario.Network.Up, scenario.Network.Down = simulator.Range{Min: 2 * time.Second, Max: 8 * time.Second}, simulator.Range{Max: time.Second}
		scenario.Network.Ping, scenario.Network.Answer = time.Second, 2*time.Second
		scenario.Drivers.Session, scenario.Hardware.Sample = simulator.Range{Min: 2 * time.Second, Max: 6 * time.Second}, time.Second
		scenario.Drivers.Pause = simulator.Range{Min: time.Second, Max: 2 * time.Second}
	}
	p := &proof{t: t, data: filepath.Join(t.TempDir(), "data"), duration: duration}
	p.run(simulator.Options{Scenario: scenario, Stations: stations, Duration: duration, Seed: 42, Ledger: true})
}

// proof is a server that is killed, always on the same data.
type proof struct {
	t        *testing.T
	data     string
	duration time.Duration

	mu      sync.Mutex
	process serving
}

func (p *proof) run(o simulator.Options) {
	p.start()
	o.URL, o.DialContext = p.process.stations, p.dial
	fleet, err := simulator.New(o)
	if err != nil {
		p.t.Fatal(err)
	}
	done := make(chan simulator.Summary, 1)
	go func() { done <- fleet.Run(p.t.Context()) }()
	for range proofKills {
		<-time.After(p.duration / (proofKills + 1))
		p.kill()
		p.start()
	}
	s := <-done
	if problem := s.Problem(); problem != "" {
		p.t.Error(problem)
	}
	if s.Reconnects < o.Stations*proofKills/2 {
		p.t.Errorf("%d reconnects are few for so bad a network", s.Reconnects)
	}
	p.compare(fleet.Ledger())
	p.kill()
}

func (p *proof) compare(l *simulator.Ledger) {
	seen, err := apiAccess{Server: strings.TrimSuffix(p.process.api, "/api/v1"), APIToken: proofToken}.observed(p.t.Context(), l)
	if err != nil {
		p.t.Fatal(err)
	}
	c := l.Compare(seen)
	p.t.Logf("ledger %+v", c.Ledger)
	p.t.Logf("API    %+v", c.CSMS)
	for _, d := range c.Differences {
		p.t.Error(d)
	}
	if c.Ledger.Complete != c.Ledger.Transactions || c.Ledger.EnergyWh.Cmp(c.CSMS.EnergyWh) != 0 || c.Ledger.Transactions == 0 {
		p.t.Errorf("the ledger has %+v, the API %+v", c.Ledger, c.CSMS)
	}
}

func (p *proof) start() {
	next := process(p.t, p.data)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.process = next
}

func (p *proof) kill() {
	if err := p.process.Process.Kill(); err != nil { // SIGKILL
		p.t.Error(err)
	}
	if err := p.process.Wait(); err == nil || p.process.ProcessState.Exited() {
		p.t.Errorf("the process ended by itself: %v", err)
	}
}

// dial finds the server of the moment, whose port is another one after each start.
func (p *proof) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	p.mu.Lock()
	address := strings.TrimSuffix(strings.TrimPrefix(p.process.stations, "ws://"), "/ocpp")
	p.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, address)
}
