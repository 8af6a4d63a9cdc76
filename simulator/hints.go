package simulator

import (
	"fmt"
	"time"
)

// What a machine and a CSMS that keep up stay below.
const (
	tolerableLate    = 2 * time.Second // real
	tolerableBacklog = 5               // transaction messages of an EVSE that have not been answered when time is over
)

// hints says what of a run is probably not as it was meant.
func (f *Fleet) hints(s Summary) (hints []string) {
	if f.behind(s) {
		remedy := "fewer --stations"
		if speed := f.o.kind.Speed; speed > 1 {
			remedy = fmt.Sprintf("a --speed below %g or fewer --stations", speed)
		}
		hints = append(hints, fmt.Sprintf("the CSMS or this machine did not keep up: stations did things up to %v late, and %d messages waited when time was over; %s would help",
			s.Late.Round(100*time.Millisecond), s.Backlog, remedy))
	}
	if s.Booted > 0 && s.Drivers == 0 {
		hints = append(hints, f.whyNobody(s))
	}
	return hints
}

// behind reports whether the CSMS or the machine was too slow. Behind a bad network, or of a CSMS that is
// not there, nobody can tell.
func (f *Fleet) behind(s Summary) bool {
	k := &f.o.kind
	if k.Network != (Network{}) || s.Booted == 0 || !f.reached {
		return false
	}
	return s.Late > tolerableLate || s.Queued > 0 || s.Backlog > tolerableBacklog*k.Stations*k.Hardware.EVSEs
}

// whyNobody says why there was not a single driver.
func (f *Fleet) whyNobody(s Summary) string {
	k := &f.o.kind
	ran := f.clock.simulated(s.Elapsed)
	if k.Duration > 0 {
		ran = min(ran, k.Duration)
	}
	return fmt.Sprintf("no driver came in %v of simulated time: the first one of an EVSE comes after %v; a longer --duration would help, and --speed makes it pass faster",
		ran.Round(time.Second), k.Drivers.Pause)
}
