package simulator

import (
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Scenario says what kind of stations a fleet has, what their drivers do, and what goes wrong. Scenarios are YAML files,
// see ParseScenario; some come with the package, see Scenarios. The zero Scenario is a quiet day: public AC
// stations, busy drivers, a good network. All times are simulated ones, which pass Speed times as fast.
type Scenario struct {
	Name        string         `yaml:"-"` // of the file, without its ending
	Description string         `yaml:"description"`
	Stations    int            `yaml:"stations"` // default 10
	Duration    time.Duration  `yaml:"duration"` // default 0: without end
	Speed       float64        `yaml:"speed"`    // default 1; above 1 a duration is needed
	Versions    map[string]int `yaml:"versions"` // weights of "1.6", "2.0.1" and "2.1"; default: the same of each
	Hardware    Hardware       `yaml:"hardware"`
	Drivers     Drivers        `yaml:"drivers"`
	Network     Network        `yaml:"network"`
	Clock       Clock          `yaml:"clock"`
	Incidents   Incidents      `yaml:"incidents"`
}

// Hardware is what every station of a scenario is made of.
type Hardware struct {
	EVSEs         int           `yaml:"evses"`         // default 2, at most 16
	Connectors    int           `yaml:"connectors"`    // of each EVSE, which uses one at a time; default 1, at most 4
	Current       string        `yaml:"current"`       // "AC" or "DC"; default AC
	Phases        int           `yaml:"phases"`        // 1 or 3; default 3
	Power         float64       `yaml:"power"`         // of an EVSE in kW; default 22
	MeterDecimals int           `yaml:"meterDecimals"` // of the energy register in Wh, OCPP 2.x; default 0, at most 3
	Sample        time.Duration `yaml:"sample"`        // between meter values of a session; default 5s
}

// Drivers is how people use the stations. Shares are between 0 and 1.
type Drivers struct {
	Pause         Range   `yaml:"pause"`         // between two visits to an EVSE; default 1s..20s
	Session       Range   `yaml:"session"`       // length of a visit; default 30s..2m
	CardFirst     float64 `yaml:"cardFirst"`     // share that shows the card before it plugs in
	PlugAndCharge float64 `yaml:"plugAndCharge"` // share that is authorized by its vehicle (2.x; ISO 15118)
	Strangers     float64 `yaml:"strangers"`     // share with a token that begins with "UNKNOWN"
	NeverPlug     float64 `yaml:"neverPlug"`     // share that shows a card and goes away
	Unplug        float64 `yaml:"unplug"`        // share that ends by pulling the plug instead of with the card
	Tokens        int     `yaml:"tokens"`        // how many different tokens there are; default 1000
}

// Network is how stations reach the CSMS. Nothing of it reorders or changes what arrives.
type Network struct {
	Latency  Range         `yaml:"latency"`  // of what is sent and of what is received; one value for each connection
	Up       Range         `yaml:"up"`       // how long a connection lasts before it fails; absent: for ever
	Down     Range         `yaml:"down"`     // how long there is no network after that
	HalfOpen float64       `yaml:"halfOpen"` // share of failures after which nothing arrives any more and nobody says so
	Cut      float64       `yaml:"cut"`      // share of failures in the middle of a frame; the rest are resets between frames
	Ping     time.Duration `yaml:"ping"`     // WebSocketPingInterval, in real time; default 60s
	Answer   time.Duration `yaml:"answer"`   // how long a station waits for an answer, in real time; default 30s
}

// Clock is how wrong the clocks of the stations are.
type Clock struct {
	Offset Range `yaml:"offset"` // fast or slow by as much; each station draws one
	Drift  Range `yaml:"drift"`  // gained or lost in a day
}

// Incidents is what else happens, as the time between two of a kind at one EVSE or station; absent: never.
type Incidents struct {
	Fault  Range `yaml:"fault"`  // of an EVSE: ends a session, with status Faulted
	Lasts  Range `yaml:"lasts"`  // how long a fault does; default 10s..1m
	Reboot Range `yaml:"reboot"` // of a station, as by a watchdog
	Notice Range `yaml:"notice"` // security events, device events and the other reports of a station
}

func (s *Scenario) setDefaults() {
	orElse(&s.Stations, 10)
	orElse(&s.Speed, 1)
	h := &s.Hardware
	orElse(&h.EVSEs, 2)
	orElse(&h.Connectors, 1)
	orElse(&h.Current, "AC")
	orElse(&h.Phases, 3)
	orElse(&h.Power, 22.08) // three phases of 32 A
	orElse(&s.Drivers.Tokens, 1000)
	orElse(&s.Incidents.Lasts, Range{10 * time.Second, time.Minute})
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// versions returns the versions of the stations in turn, as the weights say, evenly mixed.
func (s *Scenario) versions() []ocpp.Version {
	all := []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21}
	if len(s.Versions) == 0 {
		return all
	}
	total := 0
	for _, w := range s.Versions {
		total += w
	}
	var list []ocpp.Version
	given := map[ocpp.Version]int{}
	for n := range total {
		best, lack := ocpp.V16, 0
		for _, v := range all { // the one that is farthest behind its share
			if l := s.Versions[v.String()]*(n+1) - given[v]*total; l > lack {
				best, lack = v, l
			}
		}
		given[best]++
		list = append(list, best)
	}
	return list
}
