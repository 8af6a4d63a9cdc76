package fleet

import (
	"fmt"
	"time"
)

// SecurityReported is a SecurityEventNotification (A04).
type SecurityReported struct {
	Station  string
	Received time.Time
	Time     time.Time // zero: not sent
	Type     string    // of the lists of OCPP, or a vendor's own
	TechInfo string
	Critical bool // the list of the station's version says so
}

// SecurityEvent is a security event as it is kept.
type SecurityEvent struct {
	SecurityReported
	Number int64 // in the order of arrival
}

// About returns the station's identity.
func (e SecurityReported) About() string { return e.Station }

// Check demands a station and a type.
func (e SecurityReported) Check() error {
	if e.Type == "" {
		return fmt.Errorf("%w: a security event without a type", ErrInvalidEvent)
	}
	return checkStation(e.Station)
}

// Digest identifies the event among those of its station: the same type and information at the same time by the station's
// clock is the same event. Without a time each arrival is an event of its own.
func (e SecurityReported) Digest() string {
	return contentDigest(e.Time, e.Received, e.Type, e.TechInfo)
}
