package simulator

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Counts says what a fleet has done so far, and what it is doing.
type Counts struct {
	Stations   int            `json:"stations"`   // in the fleet
	Connected  int            `json:"connected"`  // now
	Booted     int            `json:"booted"`     // accepted by the CSMS, at least once
	Charging   int            `json:"charging"`   // transactions that run now
	Drivers    int            `json:"drivers"`    // who came to an EVSE, and those the CSMS sent
	Started    int            `json:"started"`    // transactions
	Ended      int            `json:"ended"`      // transactions
	Samples    int            `json:"samples"`    // meter value messages
	Refused    int            `json:"refused"`    // id tokens that the CSMS did not accept
	Messages   int            `json:"messages"`   // of both directions that were answered
	Commands   int            `json:"commands"`   // requests of the CSMS that were answered
	Reconnects int            `json:"reconnects"` // connections beyond the first of each station
	Queued     int            `json:"queued"`     // transaction messages that the CSMS has not answered yet
	Backlog    int            `json:"backlog"`    // Queued when the time was over
	Dropped    int            `json:"dropped"`    // transaction messages given up after all attempts
	EnergyWh   ocpp.Decimal   `json:"energyWh"`   // delivered in ended transactions
	Errors     map[string]int `json:"errors"`
	Trouble    string         `json:"trouble,omitempty"` // why the last attempt to connect or boot that failed did; "" when none did
}

// Summary is what a fleet did in all.
type Summary struct {
	Counts
	Scenario    string         `json:"scenario,omitempty"`
	Seed        uint64         `json:"seed"`
	Elapsed     time.Duration  `json:"elapsedNanoseconds"` // real time
	Late        time.Duration  `json:"lateNanoseconds"`    // real time by which the latest of all planned moments came too late
	NotAccepted map[string]int `json:"notAccepted"`        // stations that the CSMS never accepted, by the reason
	Hints       []string       `json:"hints,omitempty"`    // what is probably not as it was meant, and what to do about it
}

// WriteTo writes the summary as a table for people.
func (s Summary) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	row := func(name string, value any) { fmt.Fprintf(&b, "  %-28s %v\n", name, value) }
	fmt.Fprintf(&b, "%d stations in %v\n", s.Stations, s.Elapsed.Round(100*time.Millisecond))
	row("booted", s.Booted)
	row("drivers", s.Drivers)
	row("transactions started", s.Started)
	row("transactions ended", s.Ended)
	row("meter value messages", s.Samples)
	row("energy", fmt.Sprintf("%.3f kWh", s.EnergyWh.Float64()/1000))
	row("commands answered", s.Commands)
	row("tokens refused", s.Refused)
	row("reconnects", s.Reconnects)
	row("messages not delivered", s.Queued)
	row("waited when time was over", s.Backlog)
	row("messages given up", s.Dropped)
	row("late by at most", s.Late.Round(time.Millisecond))
	for _, what := range slices.Sorted(maps.Keys(s.Errors)) {
		row("failed: "+what, s.Errors[what])
	}
	for _, why := range slices.Sorted(maps.Keys(s.NotAccepted)) {
		row("not accepted", fmt.Sprintf("%d: %s", s.NotAccepted[why], why))
	}
	for _, hint := range s.Hints {
		fmt.Fprintln(&b, "hint:", hint)
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// Problem says in a few words what did not go as it should, and "" when all did: every station booted, and every
// transaction that started ended and was delivered.
func (s Summary) Problem() string {
	switch {
	case s.Booted < s.Stations:
		problem := fmt.Sprintf("%d of %d stations were not accepted", s.Stations-s.Booted, s.Stations)
		if most := s.mostFrequent(); most != "" {
			problem += ": " + most
		}
		return problem
	case s.Ended < s.Started:
		return fmt.Sprintf("%d transactions did not end", s.Started-s.Ended)
	case s.Queued > 0:
		return fmt.Sprintf("%d transaction messages were not delivered", s.Queued)
	case s.Dropped > 0:
		return fmt.Sprintf("%d transaction messages were given up", s.Dropped)
	}
	return ""
}

// mostFrequent is the reason for which most stations were not accepted.
func (s Summary) mostFrequent() (why string) {
	for _, reason := range slices.Sorted(maps.Keys(s.NotAccepted)) {
		if s.NotAccepted[reason] > s.NotAccepted[why] {
			why = reason
		}
	}
	return why
}
