package main

import (
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/server"
)

// commitFlags say how the store gathers what stations send into commits.
type commitFlags struct {
	CommitEvents int           `default:"64" placeholder:"N" help:"With so many messages a commit waits for no more; up to four times as many go into one when they are there already. Default 64." group:"Store"`
	CommitDelay  time.Duration `default:"5ms" zero:"" placeholder:"DURATION" help:"How long a commit waits for more messages; 0s: not at all. No station is answered before its message is on disk. Default 5ms." group:"Store"`
}

// The most that the flags may ask for: a commit holds up everybody, and stations wait some seconds for an answer.
const (
	maxCommitEvents = 16384
	maxCommitDelay  = time.Second
)

// Validate refuses what cannot work; kong calls it.
func (f commitFlags) Validate() error {
	if f.CommitEvents < 1 || f.CommitEvents > maxCommitEvents {
		return errors.New("--commit-events takes a number from 1 to 16384")
	}
	if f.CommitDelay < 0 || f.CommitDelay > maxCommitDelay {
		return errors.New("--commit-delay takes a duration from 0s to 1s, such as 5ms")
	}
	return nil
}

func (f commitFlags) commits() server.Commits {
	if f.CommitDelay == 0 {
		return server.Commits{Events: f.CommitEvents, Delay: -1}
	}
	return server.Commits{Events: f.CommitEvents, Delay: f.CommitDelay}
}
