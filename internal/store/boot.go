package store

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Boots are what operators want the boots of stations to be answered.
type Boots interface {
	// ChangeBootPolicy changes the policy of a station, known or only seen. It counts from the station's next boot on.
	// ErrNotFound.
	ChangeBootPolicy(ctx context.Context, station string, c BootChange) error
}

// BootChange is a change of a fleet.BootPolicy. Nil leaves a field as it is.
type BootChange struct {
	Status           *fleet.BootStatus
	Retry, Heartbeat *time.Duration // whole seconds, not negative
}
