package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fixture) create(id string) {
	f.Helper()
	f.ok(f.CreateStation(f.Context(), store.NewStation{ID: id, Profile: 1, At: noon}))
}

// exists reports whether a station is in the store, known or not.
func (f *fixture) exists(id string) bool {
	f.Helper()
	_, err := f.Station(f.Context(), id)
	if !errors.Is(err, store.ErrNotFound) {
		f.ok(err)
	}
	return err == nil
}

func testForgottenStations(f *fixture) {
	ctx := f.Context()
	for name, come := range map[string]func(id string){
		"booted": func(id string) { f.submit(fleet.Booted{Station: id, Received: noon, Status: fleet.BootAccepted}) },
		"status": func(id string) { f.submit(fleet.StatusReported{Station: id, Received: noon, Status: "Available"}) },
		"metered": func(id string) {
			f.submit(fleet.Metered{Station: id, Received: noon, Samples: []fleet.Sample{{Value: "1"}}})
		},
		"charged":  func(id string) { f.submit(start16(id, "Driver", "1", noon)) },
		"heard of": func(id string) { f.Report(fleet.Presence{Station: id, LastMessageAt: noon}); f.settle() },
		"connected": func(id string) {
			f.Report(fleet.Presence{Station: id, Epoch: 1, Online: true, ConnectedAt: noon})
			f.settle()
		},
	} {
		f.create(name)
		come(name)
		f.ok(f.DeleteStation(ctx, name))
		d := f.detail(name)
		equal(f, name+" is known", d.Known, false)
	}
	f.create("typo")
	_, err := f.Identity(ctx, "typo")
	f.ok(err)
	f.ok(f.DeleteStation(ctx, "typo"))
	equal(f, "a mistyped station is there", f.exists("typo"), false)
	if _, err := f.Identity(ctx, "typo"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("its identity: %v", err)
	}
	if err := f.DeleteStation(ctx, "typo"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
	// Whatever comes afterwards finds no trace of it in memory either.
	f.submit(fleet.Booted{Station: "typo", Received: noon, Status: fleet.BootAccepted, Vendor: "V"})
	equal(f, "vendor of one that came after all", f.detail("typo").Vendor, "V")
	f.create("again")
	f.ok(f.DeleteStation(ctx, "again"))
	f.create("again")
	equal(f, "created again", f.detail("again").Known, true)
}

// testForgottenInOneBatch: creating, deleting and coming by in whatever order within one commit.
func testForgottenInOneBatch(f *fixture) {
	f.restart(store.Options{MaxDelay: 20 * time.Millisecond})
	boot := func(id string) {
		f.submit(fleet.Booted{Station: id, Received: noon, Status: fleet.BootAccepted, Vendor: "V"})
	}
	remove := func(id string) {
		if err := f.DeleteStation(f.Context(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
			f.Error(err)
		}
	}
	for round := range 12 {
		was, is := fmt.Sprint("was", round), fmt.Sprint("is", round)
		f.create(was)
		var all sync.WaitGroup
		all.Go(func() { remove(was) })
		all.Go(func() { boot(was) })
		all.Go(func() { f.create(is) })
		all.Go(func() { remove(is) })
		all.Wait()
		boot(is)
		equal(f, "what a station said that was deleted in the same commit", f.detail(was).Vendor, "V")
		equal(f, "what a station said that was deleted before", f.detail(is).Vendor, "V")
	}
}
