package simulator

import (
	"fmt"
	"maps"
	"slices"

	"github.com/chargeyard/chargeyard/ocpp"
)

// wrongValue is a value of a scenario that cannot be.
type wrongValue struct {
	key, detail string
}

func (e *wrongValue) Error() string { return e.key + ": " + e.detail }

const (
	maxConnectors = 4
	maxWeight     = 100
	maxSpeed      = 100_000
	maxPowerKW    = 10_000
)

// check returns the first value that cannot be.
func (s *Scenario) check() *wrongValue {
	for _, part := range []*wrongValue{s.checkFleet(), s.checkVersions(), s.Hardware.check(), s.checkShares()} {
		if part != nil {
			return part
		}
	}
	return nil
}

func (s *Scenario) checkFleet() *wrongValue {
	switch {
	case s.Stations < 0 || s.Stations > maxStations:
		return &wrongValue{"stations", fmt.Sprintf("%d; 1 to %d can run in one process", s.Stations, maxStations)}
	case s.Speed < 0 || s.Speed > 0 && s.Speed < 1 || s.Speed > maxSpeed:
		return &wrongValue{"speed", fmt.Sprintf("%v; it is at least 1 and at most %d", s.Speed, maxSpeed)}
	case s.Speed > 1 && s.Duration == 0:
		return &wrongValue{"speed", "time that runs faster needs a duration: it ends with the present"}
	case s.Drivers.Tokens < 0 || s.Drivers.Tokens > 0x10000:
		return &wrongValue{"drivers.tokens", fmt.Sprintf("%d; 1 to 65536 are possible", s.Drivers.Tokens)}
	}
	return nil
}

func (s *Scenario) checkVersions() *wrongValue {
	sum := 0
	for _, name := range slices.Sorted(maps.Keys(s.Versions)) {
		if _, ok := ocpp.ParseVersion(name); !ok {
			return &wrongValue{"versions", fmt.Sprintf("there is no OCPP %q; \"1.6\", \"2.0.1\" and \"2.1\" are spoken", name)}
		}
		w := s.Versions[name]
		if w < 0 || w > maxWeight {
			return &wrongValue{"versions", fmt.Sprintf("the weight of %s is %d; 0 to %d are possible", name, w, maxWeight)}
		}
		sum += w
	}
	if len(s.Versions) > 0 && sum == 0 {
		return &wrongValue{"versions", "no version has a weight"}
	}
	return nil
}

func (h Hardware) check() *wrongValue {
	switch {
	case h.EVSEs < 0 || h.EVSEs > maxOutlets:
		return &wrongValue{"hardware.evses", fmt.Sprintf("%d; 1 to %d are possible", h.EVSEs, maxOutlets)}
	case h.Connectors < 0 || h.Connectors > maxConnectors:
		return &wrongValue{"hardware.connectors", fmt.Sprintf("%d; 1 to %d are possible", h.Connectors, maxConnectors)}
	case h.Current != "" && h.Current != "AC" && h.Current != "DC":
		return &wrongValue{"hardware.current", fmt.Sprintf("%q; it is AC or DC", h.Current)}
	case h.Phases != 0 && h.Phases != 1 && h.Phases != 3:
		return &wrongValue{"hardware.phases", fmt.Sprintf("%d; there are 1 or 3", h.Phases)}
	case !(h.Power >= 0 && h.Power <= maxPowerKW):
		return &wrongValue{"hardware.power", fmt.Sprintf("%v kW; up to %d are possible", h.Power, maxPowerKW)}
	case h.MeterDecimals < 0 || h.MeterDecimals > 3:
		return &wrongValue{"hardware.meterDecimals", fmt.Sprintf("%d; 0 to 3 are possible", h.MeterDecimals)}
	}
	return nil
}

func (s *Scenario) checkShares() *wrongValue {
	d, n := s.Drivers, s.Network
	for _, share := range []struct {
		key   string
		value float64
	}{
		{"drivers.cardFirst", d.CardFirst}, {"drivers.plugAndCharge", d.PlugAndCharge}, {"drivers.strangers", d.Strangers},
		{"drivers.neverPlug", d.NeverPlug}, {"drivers.unplug", d.Unplug}, {"network.halfOpen", n.HalfOpen}, {"network.cut", n.Cut},
	} {
		if !(share.value >= 0 && share.value <= 1) {
			return &wrongValue{share.key, fmt.Sprintf("%v is no share; shares are from 0 to 1", share.value)}
		}
	}
	if n.HalfOpen+n.Cut > 1 {
		return &wrongValue{"network.cut", "together with halfOpen more than all failures"}
	}
	return nil
}
