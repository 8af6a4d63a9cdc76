package simulator

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Counts says what a fleet has done so far, and what it is doing.
type Counts struct {
	Stations   int   // in the fleet
	Connected  int   // now
	Booted     int   // accepted by the CSMS, at least once
	Charging   int   // transactions that run now
	Started    int   // transactions
	Ended      int   // transactions
	Samples    int   // meter value messages
	Refused    int   // id tokens that the CSMS did not accept
	Messages   int   // of both directions that were answered
	Commands   int   // requests of the CSMS that were answered
	Reconnects int   // connections beyond the first of each station
	Queued     int   // transaction messages that the CSMS has not answered yet
	Dropped    int   // transaction messages given up after all attempts
	EnergyWh   int64 // delivered in ended transactions
	Errors     map[string]int
	Trouble    string // why the last attempt to connect or boot that failed did; "" when none did
}

// Summary is what a fleet did in all.
type Summary struct {
	Counts
	Elapsed time.Duration
}

// WriteTo writes the summary as a table for people.
func (s Summary) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	row := func(name string, value any) { fmt.Fprintf(&b, "  %-28s %v\n", name, value) }
	fmt.Fprintf(&b, "%d stations in %v\n", s.Stations, s.Elapsed.Round(100*time.Millisecond))
	row("booted", s.Booted)
	row("transactions started", s.Started)
	row("transactions ended", s.Ended)
	row("meter value messages", s.Samples)
	row("energy", fmt.Sprintf("%.3f kWh", float64(s.EnergyWh)/1000))
	row("commands answered", s.Commands)
	row("tokens refused", s.Refused)
	row("reconnects", s.Reconnects)
	row("messages not delivered", s.Queued)
	row("messages given up", s.Dropped)
	for _, what := range slices.Sorted(maps.Keys(s.Errors)) {
		row("failed: "+what, s.Errors[what])
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
		if s.Trouble != "" {
			problem += ": " + s.Trouble
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
