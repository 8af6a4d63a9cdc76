package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/simulator"
)

// demoPrefix begins the identities of the stations of a demonstration.
const demoPrefix = "DEMO-"

// demoStopLimit is how long the stations may take to end their sessions when the server stops.
const demoStopLimit = 2 * time.Second

// startDemo runs virtual stations that connect to this server like any other. They end with ctx; the returned function
// waits for that, but not for long.
func (s *Server) startDemo(ctx context.Context) (wait func(), err error) {
	if s.cfg.Demo == 0 {
		return func() {}, nil
	}
	key, err := s.admitDemo(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot prepare the stations of the demonstration: %w", err)
	}
	stations, err := simulator.New(simulator.Options{
		URL: "ws://" + reachable(s.listeners.ocpp.Addr()) + "/ocpp", Stations: s.cfg.Demo, Prefix: demoPrefix, Password: key,
		Seed: uint64(time.Now().UnixMilli()), // with one that they had, the stations would use the ids of their transactions again
	})
	if err != nil {
		return nil, fmt.Errorf("--demo: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		stations.Run(ctx)
	}()
	return func() {
		limit := time.NewTimer(demoStopLimit)
		defer limit.Stop()
		select {
		case <-done:
		case <-limit.C:
		}
	}, nil
}

// admitDemo gives the stations a key, so that they are let in by a server for known stations, too.
func (s *Server) admitDemo(ctx context.Context) (key string, err error) {
	key = fleet.NewKey()
	credential := fleet.NewCredential(key)
	for n := range s.cfg.Demo {
		id := fmt.Sprintf("%s%04d", demoPrefix, n+1)
		err := s.store.SetCredential(ctx, id, credential)
		if errors.Is(err, store.ErrNotFound) && s.mode == ModeKnown {
			err = s.store.CreateStation(ctx, store.NewStation{ID: id, Profile: 1, Credential: credential, At: time.Now()})
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
	}
	return key, nil
}
