package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const selectBulk = `SELECT number, id, caller_key, request, action, payload, named, every_station, online, version, vendor, model, firmware, tag,
	concurrency, pace, timeout, created_at, expires_at, state, stations, stopped_at, ended_at, verb, arguments FROM bulks`

func bulkFields(b *fleet.Bulk) []any {
	return []any{
		&b.Number, &b.ID, &b.Key, &b.Request, &b.Action, rawJSON{&b.Payload}, &b.Select.Named, &b.Select.All, &b.Select.Online,
		&b.Select.Version, &b.Select.Vendor, &b.Select.Model, &b.Select.Firmware, &b.Select.Tag, &b.Concurrency, &b.Pace, length{&b.Timeout},
		instant{&b.CreatedAt}, instant{&b.ExpiresAt}, &b.State, &b.Stations, instant{&b.StoppedAt}, instant{&b.EndedAt},
		&b.Verb, rawJSON{&b.Arguments},
	}
}

// bulkShown leaves out what nobody is told of: a dropped bulk is one whose rows are being deleted, see pruneBulks.
const bulkShown = "state <> 'preparing' AND state <> 'dropped'"

// PrepareBulk implements store.Bulks. The key is not written before the start: a preparation that fails takes none.
func (db *DB) PrepareBulk(ctx context.Context, b fleet.Bulk) error {
	if b.ID == "" || b.State != fleet.BulkPreparing {
		return fmt.Errorf("%w: a bulk that is %q", fleet.ErrInvalidEvent, b.State)
	}
	var refused error
	err := db.change(ctx, func(w *writer) error {
		var running int
		refused = nil
		if _, err := w.queryRow("SELECT COUNT(*) FROM bulks WHERE state IN ('running', 'stopping')", nil, []any{&running}); err != nil {
			return err
		}
		if running >= store.MaxRunningBulks {
			refused = store.ErrTooManyBulks
			return nil
		}
		return w.exec(`INSERT INTO bulks (id, caller_key, request, action, payload, named, every_station, online, version, vendor, model, firmware, tag,
			concurrency, pace, timeout, created_at, expires_at, state, stations, verb, arguments) VALUES (?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			b.ID, b.Request, b.Action, string(b.Payload), flag(b.Select.Named), flag(b.Select.All), flag(b.Select.Online),
			b.Select.Version, b.Select.Vendor, b.Select.Model, b.Select.Firmware, b.Select.Tag, b.Concurrency, b.Pace, b.Timeout.Microseconds(),
			fleet.Micros(b.CreatedAt), fleet.Micros(b.ExpiresAt), string(b.State), b.Stations, b.Verb, rawJSON{&b.Arguments})
	})
	return errors.Join(err, refused)
}

// StartBulk implements store.Bulks.
func (db *DB) StartBulk(ctx context.Context, b fleet.Bulk) (kept fleet.Bulk, started bool, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) (err error) {
		kept, started, refused, err = w.startBulk(b)
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return fleet.Bulk{}, false, err
	}
	kept.Counts, kept.Statuses, err = db.countBulk(ctx, kept.ID)
	return kept, started, err
}

// startBulk returns why the bulk is not taken as refused; err is the store's.
func (w *writer) startBulk(b fleet.Bulk) (kept fleet.Bulk, started bool, refused, err error) {
	if b.Key != "" {
		found, err := w.queryRow(selectBulk+" WHERE caller_key = ? AND caller_key <> ''", []any{b.Key}, bulkFields(&kept))
		switch {
		case err != nil:
			return kept, false, nil, err
		case found && kept.Request != b.Request:
			return kept, false, store.ErrKeyTaken, nil
		case found:
			return kept, false, nil, nil
		}
	}
	kept, refused, err = w.bulk(b.ID)
	if err != nil || refused != nil {
		return kept, false, refused, err
	}
	if kept, refused = kept.Start(); refused != nil {
		return kept, false, refused, nil
	}
	kept.Key = b.Key
	if err := w.putBulk(kept); err != nil {
		return kept, false, nil, err
	}
	w.pending.bulks = append(w.pending.bulks, kept.ID) // it may have nothing to do
	return kept, true, nil, w.bulkNotice(kept, fleet.NoticeBulkStarted, kept.CreatedAt)
}

// bulk reads a bulk in the open transaction. refused: there is none.
func (w *writer) bulk(id string) (b fleet.Bulk, refused, err error) {
	found, err := w.queryRow(selectBulk+" WHERE id = ? AND state <> 'dropped'", []any{id}, bulkFields(&b))
	if err == nil && !found {
		refused = fmt.Errorf("bulk %q: %w", id, store.ErrNotFound)
	}
	return b, refused, err
}

// putBulk writes what may change of a bulk.
func (w *writer) putBulk(b fleet.Bulk) error {
	return w.exec("UPDATE bulks SET caller_key = ?, state = ?, stopped_at = ?, ended_at = ? WHERE id = ?",
		b.Key, string(b.State), at(b.StoppedAt), at(b.EndedAt), b.ID)
}

func (w *writer) bulkNotice(b fleet.Bulk, kind fleet.NoticeKind, now time.Time) error {
	return w.notice(now, kind, "", struct {
		ID       string          `json:"id"`
		Action   string          `json:"action,omitempty"`
		Verb     string          `json:"verb,omitempty"`
		State    fleet.BulkState `json:"state"`
		Stations int             `json:"stations"`
	}{b.ID, b.Action, b.Verb, b.State, b.Stations})
}

// StopBulk implements store.Bulks.
func (db *DB) StopBulk(ctx context.Context, id string, now time.Time) (stopped fleet.Bulk, err error) {
	var refused error
	err = db.change(ctx, func(w *writer) (err error) {
		stopped, refused, err = w.bulk(id)
		if err != nil || refused != nil {
			return err
		}
		if stopped, refused = stopped.Stop(fleet.Instant(now)); refused != nil {
			return nil //nolint:nilerr // it is told beside the commit's own error
		}
		w.pending.bulks = append(w.pending.bulks, id) // all may be over in this very commit
		return w.putBulk(stopped)
	})
	return stopped, errors.Join(err, refused)
}

// endBulks ends the bulks of which the open transaction has ended the last command.
func (w *writer) endBulks(now time.Time) error {
	seen := map[string]bool{}
	for _, id := range w.pending.bulks {
		if seen[id] {
			continue
		}
		seen[id] = true
		if err := w.endBulk(id, now); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) endBulk(id string, now time.Time) error {
	var one int
	busy, err := w.queryRow("SELECT 1 FROM commands WHERE bulk = ? AND bulk <> '' AND state IN ('queued', 'sent') LIMIT 1", []any{id}, []any{&one})
	if busy || err != nil {
		return err
	}
	b, refused, err := w.bulk(id)
	if err != nil || refused != nil {
		return err
	}
	if b, refused = b.End(fleet.Instant(now)); refused != nil {
		return nil //nolint:nilerr // it is being prepared, or has ended before
	}
	w.pending.bulksEnded++
	return errors.Join(w.putBulk(b), w.bulkNotice(b, fleet.NoticeBulkDone, b.EndedAt))
}
