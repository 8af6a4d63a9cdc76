package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Boot is how boots are answered.
type Boot string

// The answers to boots.
const (
	BootAccepted Boot = "accepted"
	BootPending  Boot = "pending"
	BootRejected Boot = "rejected"
)

func bootStatuses() map[Boot]fleet.BootStatus {
	return map[Boot]fleet.BootStatus{
		BootAccepted: fleet.BootAccepted, BootPending: fleet.BootPending, BootRejected: fleet.BootRejected,
	}
}

// boots is the policy for stations that have none of their own.
func (c Config) boots() fleet.BootPolicy {
	return fleet.BootPolicy{Status: bootStatuses()[c.Boot], Retry: c.BootRetry, Heartbeat: c.Heartbeat}
}

// answerBoot is adapter.Backend.Boots: the station's own policy counts before the server's.
func (a *admission) answerBoot(ctx context.Context, station string) (fleet.BootAnswer, error) {
	id, err := a.store.Identity(ctx, station)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fleet.BootAnswer{}, fmt.Errorf("the boot policy of %q cannot be read: %w", station, err)
	}
	return id.BootPolicy.Answer(a.boots), nil
}

// LoadBoot returns what the boot of a station was last answered, on whichever connection (rule R31).
func (a *admission) LoadBoot(ctx context.Context, identity string) (ocpp.BootStatus, error) {
	id, err := a.store.Identity(ctx, identity)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return ocpp.BootStatus(id.BootStatus), err
}

// SaveBoot has nothing left to do: the adapter stored the status with the boot.
func (a *admission) SaveBoot(context.Context, string, ocpp.BootStatus) error { return nil }
