// Package stormtest holds the connection layer of csms to the invariants of docs/architecture.md: by a simulation of
// seeded storms against a model, by regression tests for the deadlocks that the field knows, and by mutations of
// the code, each of which some test of the project has to catch. It has no code of its own.
package stormtest

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

var (
	oneSeed   = flag.Uint64("seed", 0, "simulate this seed only")
	seeds     = flag.Uint64("seeds", 0, "simulate so many seeds (default 1000; 100 with -short or -race)")
	mutations = flag.String("mutations", "", "run the mutations whose names match this regular expression")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *mutations != "" { // go test runs in it
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}
