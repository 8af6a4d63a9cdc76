package storetest

import (
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testBootPolicy: each field changes alone, everybody sees it at once, and it survives.
func testBootPolicy(f *fixture) {
	pending, none := fleet.BootPending, fleet.BootNone
	minute, hour := time.Minute, time.Hour
	if err := f.ChangeBootPolicy(f.Context(), "A", store.BootChange{Status: &pending}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of a station that nobody knows: %v", err)
	}
	f.submit(fleet.Booted{Station: "A", Received: noon, Status: fleet.BootAccepted})
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: "B", At: noon}))
	for _, station := range []string{"A", "B"} {
		sees := func(want fleet.BootPolicy) {
			f.Helper()
			id, err := f.Identity(f.Context(), station)
			f.ok(err)
			equal(f, "policy of the identity", id.BootPolicy, want)
			equal(f, "policy of the station", f.detail(station).BootPolicy, want)
		}
		sees(fleet.BootPolicy{})
		f.ok(f.ChangeBootPolicy(f.Context(), station, store.BootChange{Status: &pending, Retry: &minute}))
		sees(fleet.BootPolicy{Status: pending, Retry: minute})
		f.ok(f.ChangeBootPolicy(f.Context(), station, store.BootChange{Heartbeat: &hour}))
		f.ok(f.ChangeBootPolicy(f.Context(), station, store.BootChange{}))
		f.restart(store.Options{})
		sees(fleet.BootPolicy{Status: pending, Retry: minute, Heartbeat: hour})
		f.ok(f.ChangeBootPolicy(f.Context(), station, store.BootChange{Status: &none}))
		sees(fleet.BootPolicy{Retry: minute, Heartbeat: hour})
	}
	equal(f, "status of the last boot", f.detail("A").BootStatus, fleet.BootAccepted)
}
