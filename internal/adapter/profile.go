package adapter

import (
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ProfileAnswered is an answer to SetChargingProfile.
func ProfileAnswered(station string, p fleet.ChargingProfile, anyTime bool, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Object, a.Value = station, "SetChargingProfile", fleet.ObjectID(p.ProfileID), p.Purpose
	return Answered(a, When(a.Took(), installed(station, p, anyTime))...)
}

// StartAnswered is an answer to a remote start that brought a profile for the transaction (K05). The station does as it was
// told, or refuses the start.
func StartAnswered(station, action string, p fleet.ChargingProfile, anyTime bool, status string) []fleet.Event {
	if status != "Accepted" {
		return nil
	}
	e := Changed(station, action)
	e.Changes = []fleet.DeviceChange{installed(station, p, anyTime)}
	return []fleet.Event{e}
}

// cso is the source of profiles that a CSMS installs.
const cso = "CSO"

func installed(station string, p fleet.ChargingProfile, anyTime bool) fleet.DeviceChange {
	p.Source = cso
	return fleet.ProfileInstalled{Profile: fleet.InstalledProfile{Station: station, ChargingProfile: p, AcceptedAt: time.Now()}, AnyTime: anyTime}
}

// ClearAnswered is an answer to ClearChargingProfile. Profiles that the station does not know are not there, too.
func ClearAnswered(station string, c fleet.ProfileCriteria, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Object = station, "ClearChargingProfile", criteria(c)
	return Answered(a, When(a.Took() || a.Status == "Unknown", fleet.ProfilesCleared{Criteria: c})...)
}

// criteria names criteria, as the Object of an answer.
func criteria(c fleet.ProfileCriteria) string {
	var parts []string
	for _, id := range c.IDs {
		parts = append(parts, fleet.ObjectID(id))
	}
	if c.Purpose != "" {
		parts = append(parts, c.Purpose)
	}
	if c.StackLevel != nil {
		parts = append(parts, "stackLevel "+fleet.ObjectID(*c.StackLevel))
	}
	if c.EVSE != nil {
		parts = append(parts, "EVSE "+fleet.ObjectID(*c.EVSE))
	}
	return strings.Join(parts, ", ")
}

// ProfilesAnswered is an answer to GetChargingProfiles: reports follow, or there is nothing that fits.
func ProfilesAnswered(station string, c fleet.ProfileCriteria, status string) []fleet.Event {
	if status != "NoProfiles" {
		return nil
	}
	e := Changed(station, "GetChargingProfiles")
	e.Changes = []fleet.DeviceChange{fleet.ProfilesAbsent{Criteria: c}}
	return []fleet.Event{e}
}

// CompositeAnswered is an answer to GetCompositeSchedule.
func CompositeAnswered(s fleet.CompositeSchedule, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Object = s.Station, "GetCompositeSchedule", fleet.ObjectID(s.EVSE)
	s.Received = time.Now()
	return Answered(a, When(a.Took(), fleet.CompositeTold{Schedule: s})...)
}
