package server

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// errNotQueued says that an earlier process ended before it queued a command.
var errNotQueued = errors.New("the server ended before it was sent")

// queueCharging queues a request about charging profiles, which somebody here follows.
func (c *commands) queueCharging(ctx context.Context, station string, version ocpp.Version, v fleet.Verb, key string, expires time.Duration) (fleet.Command, error) {
	req, err := translate(version, v)
	if err != nil {
		return fleet.Command{}, err
	}
	payload, err := json.Marshal(req)
	if err != nil {
		return fleet.Command{}, err
	}
	return c.Queue(ctx, httpapi.QueuedCommand{
		Station: station, Action: req.OCPPAction().Name, Payload: payload, Key: key, Lane: fleet.LaneCharging, Expires: expires, Timeout: httpapi.MaxCommandTimeout,
	})
}

// underKey looks for a command that may have been queued under a key; without one it returns err.
func (c *commands) underKey(ctx context.Context, key string, err error) (fleet.Command, error) {
	p, readErr := c.store.ListCommands(ctx, store.CommandQuery{Key: key, Limit: 1})
	switch {
	case readErr != nil:
		return fleet.Command{}, readErr
	case len(p.Items) == 0:
		return fleet.Command{}, err
	}
	return p.Items[0], nil
}

// untilEnd waits until a command has come to its end, however long the store fails. It reports false when ctx has ended before.
func (c *commands) untilEnd(ctx context.Context, cmd fleet.Command) (fleet.Command, bool) {
	for !cmd.State.Final() {
		got, err := c.queue.await(ctx, cmd, shareExpiry)
		switch {
		case ctx.Err() != nil:
			return cmd, false
		case err == nil:
			cmd = got
			continue
		}
		if !patiently(ctx) {
			return cmd, false
		}
	}
	return cmd, true
}

// patiently waits until something that has failed may be tried again. It reports false when ctx has ended before.
func patiently(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(busyRetry):
		return true
	}
}
