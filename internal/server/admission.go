package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// admission decides which stations are let in, and keeps their boot status. It is safe for concurrent use.
type admission struct {
	mode  Mode
	store store.Stations
	boots fleet.BootPolicy // of stations that have none of their own
	log   *slog.Logger

	guesses *guesses
}

// authenticate is csms.Options.Authenticate. The Basic user was found equal to the identity and a client
// certificate bound to it already. An error of the store is answered 503: the station may come back.
func (a *admission) authenticate(ctx context.Context, identity string, c csms.Credential, r *http.Request) (*csms.Admission, error) {
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
	used, err := a.tryProof(id, c, r.RemoteAddr)
	if err != nil {
		return nil, err
	}
	a.promote(ctx, id, used)
	return &csms.Admission{MinProfile: csms.Profile(id.Profile), Data: proof{used, c.Certificates != nil}}, nil
}

// promote ends the old key of a station that has logged in with the one that was offered to it.
func (a *admission) promote(ctx context.Context, id fleet.Identity, used fleet.Credential) {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	if used.IsZero() || !bytes.Equal(used.Hash, id.Offered.Hash) {
		a.see(ctx, id, used)
		return
	}
	if err := a.store.PromoteCredential(ctx, id.ID, used); err != nil {
		a.log.Warn("the old key of a station works until its next login", "station", id.ID, "error", err)
		return
	}
	a.log.Info("station key changed", "station", id.ID)
}

// see notes that a station has come with the key that it has, the first time.
func (a *admission) see(ctx context.Context, id fleet.Identity, used fleet.Credential) {
	if used.IsZero() || !id.KeySeen.IsZero() {
		return
	}
	if err := a.store.SeeCredential(ctx, id.ID, used, time.Now()); err != nil {
		a.log.Warn("it is not on record that a station came with its key", "station", id.ID, "error", err)
	}
}

// proof is what a known station was let in by. It is the data of its connection until that is registered.
type proof struct {
	key         fleet.Credential // zero: none was needed
	certificate bool
}

// holds reports whether the station would be let in by the same proof still.
func (p proof) holds(id fleet.Identity) bool {
	switch {
	case !id.Known:
		return false
	case p.certificate:
		return true
	case p.key.IsZero():
		return id.Credential.IsZero()
	}
	return id.Has(p.key)
}

// recheck closes a connection whose station got another key or a higher security profile, or was deleted, after it was let in and
// before the connection was registered: whoever changed that found no connection to close.
func (a *admission) recheck(st *csms.Station) {
	p, ok := st.Data().(proof)
	if !ok {
		return
	}
	st.SetData(nil)
	id, err := a.store.Identity(st.Context(), st.Identity())
	reason := ""
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
	case !p.holds(id):
		reason = "its key was replaced"
	case st.Profile() < csms.Profile(id.Profile):
		reason = "its security profile was raised"
	}
	if reason != "" {
		a.log.Info("closing a connection", "station", st.Identity(), "reason", reason+" meanwhile")
		st.Close(policyViolation, reason)
	}
}

// checkProof demands what the station was created with: a certificate stands for itself, a key must be right. It returns
// the key that was. A connection below the station's profile is refused later, by csms.Admission.MinProfile.
func checkProof(id fleet.Identity, c csms.Credential) (used fleet.Credential, err error) {
	switch {
	case c.Certificates != nil:
		return used, nil
	case id.Credential.IsZero() && id.Profile == int(csms.ProfileNone):
		return used, nil
	case id.Credential.IsZero() && id.Offered.IsZero() && id.Profile == int(csms.ProfileMutualTLS): // it has no key to be told of
		return used, fmt.Errorf("%w: it sent no certificate", csms.ErrProfile)
	case !c.Basic:
		return used, fmt.Errorf("%w: it sent none", csms.ErrBadCredential)
	}
	if used = id.Verify(c.Password); used.IsZero() {
		return used, fmt.Errorf("%w: the key is wrong", csms.ErrBadCredential)
	}
	return used, nil
}
