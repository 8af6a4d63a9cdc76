package main

import (
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

func TestCommitFlags(t *testing.T) {
	for flags, want := range map[commitFlags]server.Commits{
		{64, 5 * time.Millisecond}: {Events: 64, Delay: 5 * time.Millisecond},
		{1, 0}:                     {Events: 1, Delay: -1}, // not at all
	} {
		if err := flags.Validate(); err != nil || flags.commits() != want {
			t.Errorf("%+v: %+v, %v", flags, flags.commits(), err)
		}
	}
	for _, flags := range []commitFlags{{0, 0}, {-1, 0}, {maxCommitEvents + 1, 0}, {1, -1}, {1, maxCommitDelay + 1}} {
		if flags.Validate() == nil {
			t.Errorf("%+v is accepted", flags)
		}
	}
}
