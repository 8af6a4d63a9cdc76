package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectCommand = `SELECT number, id, caller_key, bulk, station, version, action,
	COALESCE((SELECT p.payload FROM bulk_payloads p WHERE p.number = commands.shared), payload), verb,
	CASE WHEN verb <> '' AND bulk <> '' THEN (SELECT b.arguments FROM bulks b WHERE b.id = commands.bulk) ELSE arguments END, lane, timeout, created_at, expires_at,
	part, parts, begun, state, attempts, epoch, message_id, sent_at, ended_at, response, status, error_code, detail FROM commands`

func commandFields(c *fleet.Command) []any {
	return []any{
		&c.Number, &c.ID, &c.Key, &c.Bulk, &c.Station, &c.Version, &c.Action, rawJSON{&c.Payload},
		&c.Verb, rawJSON{&c.Arguments}, &c.Lane, length{&c.Timeout}, instant{&c.CreatedAt}, instant{&c.ExpiresAt},
		&c.Part, &c.Parts, &c.Begun, &c.State, &c.Attempts, &c.Epoch, &c.MessageID, instant{&c.SentAt}, instant{&c.EndedAt}, rawJSON{&c.Response}, &c.Status, &c.ErrorCode, &c.Detail,
	}
}

// AddCommand implements store.Commands.
func (db *DB) AddCommand(ctx context.Context, c fleet.Command) (kept fleet.Command, added bool, err error) {
	if c.Station == "" || c.ID == "" || c.Bulk != "" || c.State != fleet.StateQueued {
		return kept, false, fmt.Errorf("%w: a command that is %q", fleet.ErrInvalidEvent, c.State)
	}
	var refused error
	err = db.change(ctx, func(w *writer) (err error) {
		kept, added, refused, err = w.addCommand(c)
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Command{}, false, err
	}
	return kept, added, nil
}

// addCommand returns why the command is not taken as refused; err is the store's.
func (w *writer) addCommand(c fleet.Command) (kept fleet.Command, added bool, refused, err error) {
	if c.Key != "" {
		var old fleet.Command
		found, err := w.queryRow(selectCommand+" WHERE caller_key = ? AND caller_key <> ''", []any{c.Key}, commandFields(&old))
		switch {
		case err != nil:
			return old, false, nil, err
		case found && !old.SameRequest(c):
			return old, false, store.ErrKeyTaken, nil
		case found:
			return old, false, nil, nil
		}
	}
	var queued int
	if _, err := w.queryRow("SELECT COUNT(*) FROM commands WHERE station = ? AND state = 'queued' AND bulk = ''", []any{c.Station}, []any{&queued}); err != nil {
		return c, false, nil, err
	}
	if queued >= store.MaxQueuedCommands {
		return c, false, store.ErrQueueFull, nil
	}
	kept, err = w.insertCommand(c)
	return kept, err == nil, nil, err
}

func (w *writer) insertCommand(c fleet.Command) (fleet.Command, error) {
	c.CreatedAt, c.ExpiresAt = fleet.Instant(c.CreatedAt), fleet.Instant(c.ExpiresAt)
	_, err := w.queryRow(`INSERT INTO commands (id, caller_key, station, version, action, payload, verb, arguments, lane, rank, timeout, created_at, expires_at,
			state, attempts, epoch, message_id, error_code, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', '', '') RETURNING number`,
		[]any{
			c.ID, c.Key, c.Station, c.Version, c.Action, string(c.Payload), c.Verb, rawJSON{&c.Arguments}, string(c.Lane), c.Lane.Rank(), c.Timeout.Microseconds(),
			fleet.Micros(c.CreatedAt), fleet.Micros(c.ExpiresAt), string(c.State),
		}, []any{&c.Number})
	if err != nil {
		return c, err
	}
	return c, w.commandNotice(c)
}

// ChangeCommand implements store.Commands. An error of change ends this change only, whatever it is.
func (db *DB) ChangeCommand(ctx context.Context, id string, change func(fleet.Command) (fleet.Command, error)) (changed fleet.Command, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) error {
		var old fleet.Command
		found, err := w.queryRow(selectCommand+" WHERE id = ?", []any{id}, commandFields(&old))
		if err != nil {
			return err
		}
		if !found {
			refused = fmt.Errorf("command %q: %w", id, store.ErrNotFound)
			return nil
		}
		if changed, refused = change(old); refused == nil {
			changed, err = w.putCommand(changed)
		}
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Command{}, err
	}
	return changed, nil
}

// putCommand writes what may change of a command, and tells of it.
func (w *writer) putCommand(c fleet.Command) (fleet.Command, error) {
	c, err := w.stopsBulk(c)
	if err != nil {
		return c, err
	}
	c.SentAt, c.EndedAt, c.ExpiresAt = fleet.Instant(c.SentAt), fleet.Instant(c.EndedAt), fleet.Instant(c.ExpiresAt)
	err = w.exec(`UPDATE commands SET state = ?, attempts = ?, epoch = ?, message_id = ?, sent_at = ?, ended_at = ?,
			response = ?, status = ?, error_code = ?, detail = ?, part = ?, parts = ?, begun = ?, expires_at = ? WHERE number = ?`,
		string(c.State), c.Attempts, c.Epoch, c.MessageID, at(c.SentAt), at(c.EndedAt), rawJSON{&c.Response}, c.Status, c.ErrorCode, c.Detail,
		c.Part, c.Parts, c.Begun, fleet.Micros(c.ExpiresAt), c.Number)
	if err != nil {
		return c, err
	}
	if err := w.putRequest(c); err != nil {
		return c, err
	}
	switch {
	case c.State.Final() && c.Bulk != "":
		w.pending.bulks = append(w.pending.bulks, c.Bulk)
		w.pending.bulkCommands++
	case c.State.Final():
		w.pending.commands++
	}
	return c, w.commandNotice(c)
}

// putRequest writes what the verb of a command has become, which only its turn says.
func (w *writer) putRequest(c fleet.Command) error {
	switch {
	case c.Verb == "" || c.State != fleet.StateSent:
		return nil
	case c.Bulk == "":
		return w.exec("UPDATE commands SET version = ?, action = ?, payload = ? WHERE number = ?", c.Version, c.Action, string(c.Payload), c.Number)
	}
	shared, err := w.sharePayload(map[string]int64{}, c.Bulk, c.Payload)
	if err != nil {
		return err
	}
	return w.exec("UPDATE commands SET version = ?, action = ?, shared = ? WHERE number = ?", c.Version, c.Action, shared, c.Number)
}

// commandNotice tells of the state that a command has come to.
func (w *writer) commandNotice(c fleet.Command) error {
	kind, now := fleet.NoticeCommandQueued, c.CreatedAt
	outcome := fleet.CommandOutcome("")
	switch {
	case c.State.Final():
		kind, now, outcome = fleet.NoticeCommand, c.EndedAt, c.State.Outcome()
	case c.State == fleet.StateSent:
		kind, now = fleet.NoticeCommandSent, c.SentAt
	case c.Attempts > 0 || c.Detail != "":
		now = time.Now() // it waits again
	}
	if c.Bulk != "" {
		c.Payload = nil // the bulk has it
	}
	return w.notice(now, kind, c.Station, struct {
		ID        string               `json:"id"`
		Bulk      string               `json:"bulk,omitempty"`
		Action    string               `json:"action,omitempty"`
		Verb      string               `json:"verb,omitempty"`
		State     fleet.CommandState   `json:"state"`
		Lane      fleet.CommandLane    `json:"lane"`
		ExpiresAt time.Time            `json:"expiresAt"`
		SentAt    time.Time            `json:"sentAt,omitzero"`
		MessageID string               `json:"messageId,omitempty"`
		Payload   json.RawMessage      `json:"payload,omitempty"`
		Outcome   fleet.CommandOutcome `json:"outcome,omitempty"`
		Response  json.RawMessage      `json:"response,omitempty"`
		ErrorCode string               `json:"errorCode,omitempty"`
		Detail    string               `json:"detail,omitempty"`
	}{c.ID, c.Bulk, c.Action, c.Verb, c.State, c.Lane, c.ExpiresAt, c.SentAt, c.MessageID, fleet.HideCodes(c.Payload), outcome, c.Response, c.ErrorCode, c.Detail})
}

// Command implements store.Commands.
func (db *DB) Command(ctx context.Context, id string) (c fleet.Command, err error) {
	if err := one(ctx, db.readers, selectCommand+" WHERE id = ?", []any{id}, commandFields(&c)); err != nil {
		return fleet.Command{}, fmt.Errorf("command %q: %w", id, err)
	}
	return c, nil
}

// ListCommands implements store.Commands.
func (db *DB) ListCommands(ctx context.Context, cq store.CommandQuery) (store.Page[fleet.Command], error) {
	q := selectFrom(selectCommand)
	q.is("station", cq.Station)
	q.is("state", string(cq.State))
	q.is("action", cq.Action)
	q.is("verb", cq.Verb)
	q.is("lane", string(cq.Lane))
	if cq.Key != "" {
		q.where("caller_key = ? AND caller_key <> ''", cq.Key) // in the words of the index
	}
	if cq.Bulk != "" {
		q.where("bulk = ? AND bulk <> ''", cq.Bulk)
	}
	q.is("status", cq.Status)
	if err := q.before(cq.Cursor); err != nil {
		return store.Page[fleet.Command]{}, err
	}
	return newestFirst(ctx, db, q, cq.Limit, commandFields, func(c fleet.Command) int64 { return c.Number })
}
