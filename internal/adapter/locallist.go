package adapter

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ListAnswered is an answer to SendLocalList. What a refusal changes is up to the change.
func ListAnswered(station string, c fleet.LocalListChange, a fleet.DeviceAnswer) []fleet.Event {
	a.Station, a.Action, a.Value = station, "SendLocalList", fleet.ObjectID(c.Version)
	c.Status, c.At = a.Status, time.Now()
	return Answered(a, c)
}

// ListVersionTold is an answer to GetLocalListVersion.
func ListVersionTold(station string, version int) []fleet.Event {
	e := Changed(station, "GetLocalListVersion")
	e.Changes = []fleet.DeviceChange{fleet.LocalListVersion{Version: int64(version), At: e.Received}}
	return []fleet.Event{e}
}

// ExpiryOf returns an optional time, nil for the zero one.
func ExpiryOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
