package sqlite

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Bulk implements store.Bulks.
func (db *DB) Bulk(ctx context.Context, id string) (b fleet.Bulk, err error) {
	if err := one(ctx, db.readers, selectBulk+" WHERE id = ? AND "+bulkShown, []any{id}, bulkFields(&b)); err != nil {
		return fleet.Bulk{}, fmt.Errorf("bulk %q: %w", id, err)
	}
	b.Counts, b.Statuses, err = db.countBulk(ctx, id)
	return b, err
}

// ListBulks implements store.Bulks.
func (db *DB) ListBulks(ctx context.Context, bq store.BulkQuery) (store.Page[fleet.Bulk], error) {
	q := selectFrom(selectBulk)
	q.where(bulkShown)
	q.is("state", string(bq.State))
	q.is("action", bq.Action)
	q.is("verb", bq.Verb)
	if bq.Key != "" {
		q.where("caller_key = ? AND caller_key <> ''", bq.Key)
	}
	if err := q.before(bq.Cursor); err != nil {
		return store.Page[fleet.Bulk]{}, err
	}
	p, err := newestFirst(ctx, db, q, bq.Limit, bulkFields, func(b fleet.Bulk) int64 { return b.Number })
	for i := range p.Items {
		if err != nil {
			break
		}
		p.Items[i].Counts, p.Items[i].Statuses, err = db.countBulk(ctx, p.Items[i].ID)
	}
	return p, err
}

// Bounds of the different statuses that are counted one by one: stations may make up their own.
const (
	maxStatuses   = 32
	otherStatuses = "other"
)

// bulkCount is how many commands of a bulk are in a state, with a status.
type bulkCount struct {
	state    fleet.CommandState
	status   string
	commands int
}

// countBulk counts the commands of a bulk by their state, and the answers by their status, the most frequent one by one.
func (db *DB) countBulk(ctx context.Context, id string) (map[fleet.CommandState]int, map[string]int, error) {
	q := selectFrom("SELECT state, status, COUNT(*) FROM commands")
	q.where("bulk = ? AND bulk <> ''", id)
	q.text.WriteString(" GROUP BY state, status ORDER BY COUNT(*) DESC, status")
	rows, err := list(ctx, db.readers, q, func(c *bulkCount) []any { return []any{&c.state, &c.status, &c.commands} })
	states, statuses := map[fleet.CommandState]int{}, map[string]int{}
	for _, r := range rows {
		states[r.state] += r.commands
		if r.status == "" {
			continue
		}
		if _, known := statuses[r.status]; !known && len(statuses) >= maxStatuses {
			r.status = otherStatuses
		}
		statuses[r.status] += r.commands
	}
	return states, statuses, err
}
