package storetest

import (
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testCredentialState: what is offered, what counts, and when it was seen is told of the key that is meant, and of no other.
func testCredentialState(f *fixture) {
	state := func() fleet.CredentialState {
		f.Helper()
		s, err := f.CredentialState(f.Context(), "A")
		f.ok(err)
		return s
	}
	if _, err := f.CredentialState(f.Context(), "A"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of nobody: %v", err)
	}
	first, second := fleet.NewCredential("first"), fleet.NewCredential("second")
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "A", Profile: 1, Credential: first, At: noon}))
	equal(f, "at first", state(), fleet.CredentialState{Set: true})
	f.ok(f.SeeCredential(f.Context(), "A", second, noon))
	equal(f, "seen with another", state().Seen.IsZero(), true)
	f.ok(f.SeeCredential(f.Context(), "A", first, noon))
	f.ok(f.SeeCredential(f.Context(), "A", first, noon.Add(time.Hour)))
	equalTime(f, "seen", state().Seen, noon)
	id, err := f.Identity(f.Context(), "A")
	f.ok(err)
	equalTime(f, "seen, as the identity has it", id.KeySeen, noon)

	f.ok(f.OfferCredential(f.Context(), "A", second))
	if s := state(); !s.Offered || s.OfferedAt.IsZero() || s.Seen.IsZero() {
		f.Errorf("offered: %+v", s)
	}
	f.ok(f.WithdrawCredential(f.Context(), "A", second))
	equal(f, "withdrawn", state(), fleet.CredentialState{Set: true, Seen: noon})
	f.ok(f.OfferCredential(f.Context(), "A", second))
	f.ok(f.PromoteCredential(f.Context(), "A", second))
	if s := state(); s.Offered || s.Since.IsZero() || !s.Seen.Equal(s.Since) {
		f.Errorf("promoted: %+v", s)
	}
	seen := state()
	f.ok(f.SetCredential(f.Context(), "A", second)) // its answer to the offer, after it came
	equal(f, "set after it was seen", state(), seen)
	third := fleet.NewCredential("third")
	f.ok(f.OfferCredential(f.Context(), "A", third))
	f.ok(f.SetCredential(f.Context(), "A", third)) // its answer, before it came
	f.ok(f.PromoteCredential(f.Context(), "A", third))
	if s := state(); s.Offered || s.Seen.IsZero() {
		f.Errorf("it came when its answer had made the key count: %+v", s)
	}
	f.ok(f.SetCredential(f.Context(), "A", first))
	if s := state(); !s.Seen.IsZero() || s.Since.IsZero() {
		f.Errorf("set: %+v", s)
	}
}
