package fleet_test

import (
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"pgregory.net/rapid"
)

func TestSameValue(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"a", "a", true}, {"a", "A", false}, {"True", "true", true}, {"FALSE", "true", false}, {"1", "1.0", true}, {"-0.50", "-.5", true},
		{"1.0.0", "1.0", false}, {"1", "", false}, {"1e3", "1000", false}, {"0x10", "16", false}, {"007", "7", true},
	} {
		if got := fleet.SameValue(c.a, c.b); got != c.want || fleet.SameValue(c.b, c.a) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

// Whatever a station says in whatever order, a desired value is said to be there only when the station told or took it, and
// to drift only when the station told another one.
func TestDesiredValuesTellNoLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := fleet.DesiredValue{Station: "A", Setting: fleet.Setting{Variable: "V"}, Value: "a", State: fleet.DesiredUnknown}
		has, refused := "", false // what the station has as far as it said, and whether it has refused a since
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			value := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "value")
			switch rapid.SampledFrom([]string{"told", "hidden", "accepted", "rejected", "reboot", "restarted"}).Draw(t, "event") {
			case "told":
				d, has = d.Told(&value), value
			case "hidden":
				hidden := fleet.Hidden
				d, has = d.Told(&hidden), ""
			case "accepted": // the value is told first, as the adapters do
				d = d.Told(&value).AnsweredBy(fleet.DeviceAnswer{Value: value, Status: "Accepted"})
				has = value
			case "rejected":
				d = d.AnsweredBy(fleet.DeviceAnswer{Value: value, Status: "Rejected"})
				refused = refused || value == "a"
			case "reboot":
				d = d.Told(&value).AnsweredBy(fleet.DeviceAnswer{Value: value, Status: "RebootRequired"})
				has = value
			case "restarted":
				d = d.Restarted()
			}
			switch {
			case d.State == fleet.DesiredSame && has != "a":
				t.Fatalf("%s, but it has %q", d.State, has)
			case d.State == fleet.DesiredDrift && has != "b":
				t.Fatalf("%s, but it has %q", d.State, has)
			case d.State == fleet.DesiredRefused && (has == "a" || !refused):
				t.Fatalf("%s, but it has %q", d.State, has)
			case d.State == fleet.DesiredReboot && has != "a":
				t.Fatalf("%s, but it has %q", d.State, has)
			}
		}
	})
}
