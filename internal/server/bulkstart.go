package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// maxBulkStations is how many stations a bulk may have.
const maxBulkStations = 50_000

// StartBulk resolves a selection, keeps a command for each station, and has them sent. It implements httpapi.Fleet.
func (c *commands) StartBulk(ctx context.Context, o httpapi.BulkOrder) (fleet.Bulk, error) {
	now := time.Now()
	b := fleet.Bulk{
		ID: ocppj.NewMessageID(), Key: o.Key, Action: o.Action, Payload: o.Payload, Select: o.Select,
		Concurrency: o.Concurrency, Pace: o.Pace, Timeout: o.Timeout,
		CreatedAt: fleet.Instant(now), ExpiresAt: fleet.Instant(now.Add(o.Expires)), State: fleet.BulkPreparing,
	}
	var err error
	if o.Verb != nil {
		b.Verb = o.Verb.VerbName()
		if b.Arguments, err = fleet.VerbArguments(o.Verb); err != nil {
			return fleet.Bulk{}, err
		}
	}
	b.Request = b.Fingerprint()
	kept, found, err := c.sameBulk(ctx, b)
	if err == nil && !found {
		kept, err = c.keepBulk(ctx, b, o.Verb)
	}
	if err != nil {
		return fleet.Bulk{}, bulkOrderError(err)
	}
	return c.awaitBulk(ctx, kept, o.Wait)
}

// sameBulk finds the bulk that the caller has given the same key before.
func (c *commands) sameBulk(ctx context.Context, b fleet.Bulk) (kept fleet.Bulk, found bool, err error) {
	if b.Key == "" {
		return kept, false, nil
	}
	p, err := c.store.ListBulks(ctx, store.BulkQuery{Key: b.Key, Limit: 1})
	if err != nil || len(p.Items) == 0 {
		return kept, false, err
	}
	if p.Items[0].Request != b.Request {
		return kept, false, store.ErrKeyTaken
	}
	return p.Items[0], true, nil
}

// keepBulk makes a bulk with its commands durable, and begins to send them.
func (c *commands) keepBulk(ctx context.Context, b fleet.Bulk, v fleet.Verb) (fleet.Bulk, error) {
	defer c.made.Add(-1)
	if c.made.Add(1) > maxBulks {
		return b, store.ErrTooManyBulks
	}
	if err := possible(b, v); err != nil {
		return b, err
	}
	targets, err := c.targets(ctx, b.Select)
	if err != nil {
		return b, err
	}
	b.Stations = len(targets)
	if err := timely(b); err != nil {
		return b, err
	}
	asked, err := c.prepareBulk(ctx, b, v, targets)
	kept, started := b, false
	if err == nil {
		kept, started, err = c.store.StartBulk(ctx, b)
	}
	if err != nil || !started {
		if dropErr := c.store.DropBulk(context.WithoutCancel(ctx), b.ID); dropErr != nil {
			c.log.Warn("a bulk command that was not started stays until the server starts again", "bulk", b.ID, "error", dropErr)
		}
		return kept, err
	}
	c.queue.bulkStarted(kept, asked)
	c.queue.recount(kept.ID)
	c.log.Info("bulk command started", "bulk", kept.ID, "action", kept.Action, "verb", kept.Verb, "stations", kept.Stations)
	return kept, nil
}

// prepareBulk writes a bulk in several commits, which do not count before it is started. It returns the stations that are
// to be asked.
func (c *commands) prepareBulk(ctx context.Context, b fleet.Bulk, v fleet.Verb, targets []target) (asked []string, err error) {
	if err := c.store.PrepareBulk(ctx, b); err != nil {
		return nil, err
	}
	p := newPlan(b.Action, b.Payload, v)
	for some := range slices.Chunk(targets, store.BulkStep) {
		list := make([]fleet.Command, len(some))
		for i, t := range some {
			if list[i] = p.commandFor(ctx, b, t); !list[i].State.Final() {
				asked = append(asked, t.station)
			}
		}
		if err := c.store.AddBulkCommands(ctx, b.ID, list); err != nil {
			return nil, err
		}
	}
	return asked, nil
}

// commandFor makes the command of one station of a bulk: one that is invalid when the station cannot be asked for that.
func (p *plan) commandFor(ctx context.Context, b fleet.Bulk, t target) fleet.Command {
	cmd := fleet.Command{
		ID: ocppj.NewMessageID(), Bulk: b.ID, Station: t.station, Action: b.Action, Payload: b.Payload, Lane: fleet.LaneBulk, Timeout: b.Timeout,
		CreatedAt: b.CreatedAt, ExpiresAt: b.ExpiresAt, State: fleet.StateQueued, Version: t.version, Verb: b.Verb,
	}
	v, known := versionNamed(t.version)
	switch {
	case t.unknown:
		return cmd.Invalid("there is no such station", b.CreatedAt)
	case b.Verb != "" && known && p.lacks(v) != nil:
		return cmd.Invalid(verbDetail(p.lacks(v))+spokeLast(t), b.CreatedAt)
	case b.Verb != "":
		return cmd // its turn says what it is
	case !known:
		return cmd.Invalid("the station has never been here: nobody knows which version of OCPP it speaks", b.CreatedAt)
	}
	asked, err := p.requestFor(ctx, t.station, v)
	if err != nil {
		return cmd.Invalid(invalidDetail(err), b.CreatedAt)
	}
	cmd.Action, cmd.Payload = asked.action, asked.payload
	return cmd
}

// spokeLast says where it is known from which version a station speaks that is not there.
func spokeLast(t target) string {
	if t.online {
		return ""
	}
	return "; it is not connected, and that is the version which it spoke last"
}

// invalidDetail says why a station cannot be asked for something, with the place of what is wrong.
func invalidDetail(err error) string {
	e, ok := errors.AsType[*httpapi.CommandError](err)
	switch {
	case !ok:
		return err.Error()
	case e.Outcome == httpapi.CommandInvalid || e.Outcome == httpapi.CommandRule:
		return "/payload" + e.Pointer + ": " + e.Detail
	}
	return e.Detail
}

// versionNamed returns the version of OCPP of that name.
func versionNamed(name string) (ocpp.Version, bool) {
	for _, p := range protocols() {
		if p.Version().String() == name {
			return p.Version(), true
		}
	}
	return 0, false
}

// possible refuses what no station could be asked for, and what is not kept.
func possible(b fleet.Bulk, v fleet.Verb) error {
	if v != nil {
		return possibleVerb(v)
	}
	if err := secretless(b.Payload); err != nil {
		return err
	}
	var wrong error
	for _, p := range protocols() {
		err := checkRequest(p.Version(), b.Action, b.Payload)
		if err == nil {
			err = lawful(p.Version(), b.Action, b.Payload)
		}
		if err == nil {
			return nil
		}
		if failed := commandError(err); wrong == nil || outcomeIs(wrong, httpapi.CommandUnknown) {
			wrong = failed // what is wrong with the payload says more than that a version has no such action
		}
	}
	return wrong
}

func outcomeIs(err error, o httpapi.CommandOutcome) bool {
	e, ok := errors.AsType[*httpapi.CommandError](err)
	return ok && e.Outcome == o
}

// timely refuses a pace at which the last stations would never be asked.
func timely(b fleet.Bulk) error {
	if b.Pace == 0 {
		return nil
	}
	takes := time.Duration(float64(b.Stations) / b.Pace * float64(time.Second))
	if limit := b.ExpiresAt.Sub(b.CreatedAt); takes > limit {
		return &httpapi.CommandError{Outcome: httpapi.CommandPace, Detail: fmt.Sprintf(
			"%d stations at this pace take %v, and the requests expire after %v; nothing was kept", b.Stations, takes.Round(time.Second), limit)}
	}
	return nil
}

// awaitBulk returns a bulk when it has come to its end, or as it is when the time is over.
func (c *commands) awaitBulk(ctx context.Context, b fleet.Bulk, limit time.Duration) (fleet.Bulk, error) {
	if limit > 0 && !b.State.Final() {
		over := c.queue.awaitBulk(b.ID)
		defer c.queue.forgetBulk(b.ID, over)
		c.queue.recount(b.ID) // it may have ended before anybody listened
		timer := time.NewTimer(limit)
		defer timer.Stop()
		select {
		case <-over:
		case <-timer.C:
		case <-c.queue.ctx.Done():
		case <-ctx.Done():
			return b, context.Cause(ctx)
		}
	}
	return c.store.Bulk(ctx, b.ID)
}

// StopBulk ends a bulk before its time. It implements httpapi.Fleet.
func (c *commands) StopBulk(ctx context.Context, id string) (fleet.Bulk, error) {
	c.queue.shut(id, true)
	_, err := c.store.StopBulk(ctx, id, time.Now())
	switch {
	case errors.Is(err, fleet.ErrBulkState):
		return fleet.Bulk{}, &httpapi.CommandError{Outcome: httpapi.CommandTooLate, Detail: "it is over already"}
	case err != nil:
		c.queue.shut(id, false)
		return fleet.Bulk{}, err
	}
	select {
	case <-c.queue.cancelBulk(id):
	case <-ctx.Done():
		return fleet.Bulk{}, context.Cause(ctx)
	}
	c.log.Info("bulk command stopped", "bulk", id)
	return c.store.Bulk(ctx, id)
}

// bulkOrderError says in the words of the API why a bulk is not kept.
func bulkOrderError(err error) error {
	if errors.Is(err, store.ErrTooManyBulks) {
		return &httpapi.CommandError{Outcome: httpapi.CommandBusy, Detail: err.Error() + "; this one was not kept"}
	}
	return queueError(err)
}
