package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// admission decides which stations are let in, and keeps their boot status. It is safe for concurrent use.
type admission struct {
	mode  Mode
	store store.Stations
}

// authenticate is csms.Options.Authenticate. The Basic user was found equal to the identity and a client
// certificate bound to it already. An error of the store is answered 503: the station may come back.
func (a *admission) authenticate(ctx context.Context, identity string, c csms.Credential, _ *http.Request) (*csms.Admission, error) {
	id, err := a.store.Identity(ctx, identity)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", csms.ErrBusy, err)
	}
	if !id.Known {
		if a.mode == ModeKnown {
			return nil, fmt.Errorf("%w: create it with POST /api/v1/stations", csms.ErrUnknownStation)
		}
		return &csms.Admission{}, nil
	}
	if err := checkProof(id, c); err != nil {
		return nil, err
	}
	return &csms.Admission{MinProfile: csms.Profile(id.Profile)}, nil
}

// checkProof demands what the station was created with: a certificate stands for itself, a key must be right. A
// connection below the station's profile is refused later, by csms.Admission.MinProfile.
func checkProof(id fleet.Identity, c csms.Credential) error {
	switch {
	case c.Certificates != nil:
		return nil
	case id.Credential.IsZero() && id.Profile == int(csms.ProfileNone):
		return nil
	case !c.Basic:
		return fmt.Errorf("%w: it sent none", csms.ErrBadCredential)
	case !id.Credential.Verify(c.Password):
		return fmt.Errorf("%w: the key is wrong", csms.ErrBadCredential)
	}
	return nil
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
