package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// defaultExpiry is how long a command may wait for its turn at a station that is connected, when nobody says.
const defaultExpiry = time.Minute

// defaultAnswerTime is how long a station has for its answer when nobody says. Without it a command would be given up in the
// moment in which it was sent.
const defaultAnswerTime = 30 * time.Second

// Queue validates a request and keeps it until it has been dealt with. It implements httpapi.Fleet.
func (c *commands) Queue(ctx context.Context, req httpapi.QueuedCommand) (fleet.Command, error) {
	now := time.Now()
	cmd := fleet.Command{
		ID: ocppj.NewMessageID(), Key: req.Key, Station: req.Station, Action: req.Action, Payload: req.Payload, Lane: req.Lane, Timeout: cmp.Or(req.Timeout, defaultAnswerTime),
		CreatedAt: now, ExpiresAt: now.Add(req.Expires), State: fleet.StateQueued,
	}
	var err error
	if req.Verb != nil {
		cmd.Verb = req.Verb.VerbName()
		if cmd.Arguments, err = fleet.VerbArguments(req.Verb); err != nil {
			return fleet.Command{}, err
		}
	}
	kept, found, err := c.sameKey(ctx, cmd)
	if err == nil && !found {
		kept, err = c.keep(ctx, cmd, req)
	}
	if err != nil {
		return fleet.Command{}, queueError(err)
	}
	return c.queue.await(ctx, kept, req.Wait)
}

// sameKey finds the command that the caller has given the same key before: what has become of the station since then does
// not matter.
func (c *commands) sameKey(ctx context.Context, cmd fleet.Command) (kept fleet.Command, found bool, err error) {
	if cmd.Key == "" {
		return kept, false, nil
	}
	p, err := c.store.ListCommands(ctx, store.CommandQuery{Key: cmd.Key, Limit: 1})
	if err != nil || len(p.Items) == 0 {
		return kept, false, err
	}
	if !p.Items[0].SameRequest(cmd) {
		return kept, false, store.ErrKeyTaken
	}
	return p.Items[0], true, nil
}

// keep validates a command and adds it to the queue.
func (c *commands) keep(ctx context.Context, cmd fleet.Command, req httpapi.QueuedCommand) (fleet.Command, error) {
	version, err := c.versionFor(ctx, req)
	if err != nil {
		return cmd, err
	}
	asked, err := c.requested(ctx, req, version)
	if err != nil {
		return cmd, err
	}
	if cmd.Verb == "" || !makesSecret(req.Verb) {
		cmd.Action, cmd.Payload, cmd.Version = asked.action, asked.payload, asked.version.String()
	}
	if req.Expires == 0 {
		cmd.ExpiresAt = cmd.CreatedAt.Add(defaultExpiry)
	}
	kept, added, err := c.store.AddCommand(ctx, cmd)
	if err == nil && added {
		c.queue.added(kept)
		c.log.Info("command queued", "station", kept.Station, "action", kept.Action, "command", kept.ID, "lane", kept.Lane)
	}
	return kept, err
}

// requested returns the request that a station is to get: the one that was given, or what the verb is in its version.
func (c *commands) requested(ctx context.Context, req httpapi.QueuedCommand, version ocpp.Version) (request, error) {
	if req.Verb != nil {
		return c.requestOf(ctx, req.Station, version, req.Verb)
	}
	asked := request{req.Action, req.Payload, version}
	if err := keepable(version, asked.action, asked.payload); err != nil {
		return asked, err
	}
	if err := c.takesProfile(ctx, req.Station, version, asked.action, asked.payload); err != nil {
		return asked, err
	}
	return asked, c.withinLimits(ctx, req.Station, version, asked.action, asked.payload)
}

// versionFor returns which version of OCPP a command is validated for: that of the connection, the one that the caller
// says, or the last one that the station spoke.
func (c *commands) versionFor(ctx context.Context, req httpapi.QueuedCommand) (ocpp.Version, error) {
	wrong := func(detail string) error {
		return &httpapi.CommandError{Outcome: httpapi.CommandVersion, Detail: detail}
	}
	if st, online := c.csms.Station(req.Station); online {
		if v := st.Version(); req.Version == "" || req.Version == v.String() {
			return v, nil
		}
		return 0, wrong("the station is connected and speaks OCPP " + st.Version().String())
	}
	known, err := c.store.Station(ctx, req.Station)
	if err != nil {
		return 0, err
	}
	if req.Expires == 0 {
		return 0, &httpapi.CommandError{Outcome: httpapi.CommandOffline, Detail: "the station is not connected; give expires to have it wait for it. Nothing was sent"}
	}
	if req.Version != "" {
		known.Version = req.Version
	}
	for _, p := range protocols() {
		if p.Version().String() == known.Version {
			return p.Version(), nil
		}
	}
	return 0, wrong("the station has never been here: say which version of OCPP it will speak")
}

// holdsSecret reports whether records of a payload would leave something out. What cannot be read may hold anything.
func holdsSecret(payload json.RawMessage) bool {
	plain, err := decodeJSON(payload)
	if err != nil {
		return true
	}
	shown, err := decodeJSON(withoutKeys(payload))
	return err != nil || !reflect.DeepEqual(plain, shown)
}

func decodeJSON(b []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return v, d.Decode(&v)
}

// queueError says in the words of the API why a command is not kept.
func queueError(err error) error {
	switch {
	case errors.Is(err, store.ErrKeyTaken):
		return &httpapi.CommandError{Outcome: httpapi.CommandKeyTaken, Detail: "another request was made under this key; nothing was kept"}
	case errors.Is(err, store.ErrQueueFull):
		return &httpapi.CommandError{Outcome: httpapi.CommandBusy, Detail: err.Error() + "; this one was not kept"}
	}
	return err
}

// Cancel ends a command that has not been sent. It implements httpapi.Fleet.
func (c *commands) Cancel(ctx context.Context, id string) (fleet.Command, error) {
	ended, err := c.store.ChangeCommand(ctx, id, func(c fleet.Command) (fleet.Command, error) {
		return c.Cancel("it was canceled; nothing was sent", time.Now())
	})
	if errors.Is(err, fleet.ErrCommandState) {
		return ended, &httpapi.CommandError{Outcome: httpapi.CommandTooLate, Detail: "only commands that are queued can be canceled"}
	}
	if err == nil {
		c.queue.ended(ended)
		c.queue.kick(ended.Station) // it may have been the last one
	}
	return ended, err
}
