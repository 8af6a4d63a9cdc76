package simulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
)

// Every scenario that comes with the package runs through, faster than it is, and delivers everything.
func TestScenariosRunThrough(t *testing.T) {
	for _, name := range simulator.Scenarios() {
		synctest.Test(t, func(t *testing.T) {
			s, err := simulator.LoadScenario(name)
			if err != nil {
				t.Fatal(err)
			}
			if s.Description == "" || s.Duration == 0 || s.Stations == 0 {
				t.Errorf("%s does not say what it is: %+v", name, s)
			}
			r := newRecorder(t)
			f := newFleet(t, r, simulator.Options{Scenario: s, Stations: 6, Ledger: true, Seed: 1})
			sum := f.Run(t.Context())
			l := f.Ledger()
			total := l.Totals()
			if sum.Problem() != "" || total.Transactions == 0 || total.Complete != total.Transactions || total.EnergyWh.Coef <= 0 || l.Scenario != name {
				t.Errorf("%s: %s; summary %+v; ledger %+v", name, sum.Problem(), sum, total)
			}
			for _, st := range l.Stations {
				for _, tx := range st.Transactions {
					if late := time.Now().Add(2 * time.Minute); tx.EndedAt.After(late) || tx.StopWh.Cmp(tx.StartWh) < 0 {
						t.Fatalf("%s: %s has %+v, and it is %v", name, st.ID, tx, time.Now())
					}
				}
			}
		})
	}
}

// The network decides when an answer comes, and with that when drivers start; who comes, and to which EVSE, is drawn.
func TestFlakyNetworkChangesNoDriver(t *testing.T) {
	run := func() (drivers map[string][]string) {
		drivers = map[string][]string{}
		synctest.Test(t, func(t *testing.T) {
			s, err := simulator.LoadScenario("flaky-network")
			if err != nil {
				t.Fatal(err)
			}
			f := newFleet(t, newRecorder(t), simulator.Options{Scenario: s, Stations: 4, Duration: 5 * time.Minute, Ledger: true, Seed: 9})
			if sum := f.Run(t.Context()); sum.Reconnects < 8 {
				t.Errorf("%d reconnects", sum.Reconnects)
			}
			for _, st := range f.Ledger().Stations {
				for _, tx := range st.Transactions {
					evse := fmt.Sprint(st.ID, " EVSE ", tx.EVSE)
					drivers[evse] = append(drivers[evse], tx.Key+" "+tx.Token)
				}
			}
		})
		return drivers
	}
	first, second := run(), run()
	for evse, list := range first {
		n := min(len(list), len(second[evse]))
		if n < 2 || !slices.Equal(list[:n-1], second[evse][:n-1]) {
			t.Errorf("%s had %q, then %q", evse, list, second[evse])
		}
	}
}

func TestScenariosThatCannotBeSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"stations: 5\nnope: 3\n":                  `[2:1] unknown field "nope"`,
		"drivers:\n  nope: 2\n":                   `[2:3] unknown field "nope"`,
		"drivers:\n  pause: soon\n":               `[2:10] drivers.pause: "soon" is no time`,
		"drivers:\n  pause: 9s..3s\n":             `[2:10] drivers.pause: "9s..3s" is no time`,
		"duration: 2x\n":                          `[1:11] duration: "2x" is no time`,
		"duration: -2s\n":                         `is no time`,
		"stations: many\n":                        `[1:11] cannot unmarshal`,
		"stations: 50000\n":                       `[1:11] stations: 50000`,
		"drivers:\n  unplug: 2\n":                 `[2:11] drivers.unplug: 2 is no share`,
		"network:\n  cut: 0.7\n  halfOpen: 0.7\n": `[2:8] network.cut: together`,
		"versions: {\"1.7\": 2}\n":                `there is no OCPP "1.7"`,
		"versions: {\"1.6\": 0}\n":                `no version has a weight`,
		"versions: {\"1.6\": 101}\n":              `the weight of 1.6 is 101`,
		"speed: 10\n":                             `[1:8] speed: time that runs faster needs a duration`,
		"speed: 0.5\nduration: 1m\n":              `[1:8] speed: 0.5`,
		"hardware:\n  power: .nan\n":              `[2:10] hardware.power: NaN`,
		"hardware:\n  current: XC\n":              `[2:12] hardware.current: "XC"`,
		"hardware:\n  phases: 2\n":                `hardware.phases: 2`,
		"hardware:\n  evses: 17\n":                `hardware.evses: 17`,
		"hardware:\n  connectors: 9\n":            `hardware.connectors: 9`,
		"hardware:\n  meterDecimals: 4\n":         `hardware.meterDecimals: 4`,
		"drivers:\n  tokens: -1\n":                `drivers.tokens: -1`,
		"a: [\n":                                  `is no YAML: [1:4]`,
		"- a\n":                                   `[1:1]`,
		"stations: 1\n---\nstations: 2\n":         `one YAML document`,
		strings.Repeat("# long\n", 200_000):       `at most`,
	} {
		if _, err := simulator.ParseScenario(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %v, want one that says %q", text, err, want)
		}
	}
	if _, err := simulator.LoadScenario("nowhere"); err == nil || !strings.Contains(err.Error(), "flaky-network") {
		t.Errorf("a scenario that there is not: %v", err)
	}
}

func TestAScenarioMayBeAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(name, []byte("stations: 3\nversions: {\"1.6\": 1, \"2.1\": 2}\ndrivers: {pause: 1s, session: 10s..20s}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := simulator.LoadScenario(name)
	if err != nil || s.Name != "mine" || s.Drivers.Pause.String() != "1s" || s.Drivers.Session.String() != "10s..20s" {
		t.Errorf("%+v %v", s, err)
	}
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, newRecorder(t), simulator.Options{Scenario: s, Duration: time.Minute})
		f.Run(t.Context())
		versions := map[string]int{}
		for _, st := range f.Ledger().Stations {
			versions[st.Version]++
		}
		if len(f.Ledger().Stations) != 3 || versions["1.6"] != 1 || versions["2.1"] != 2 {
			t.Errorf("the versions are %v", versions)
		}
	})
}
