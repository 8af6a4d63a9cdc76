package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// meterRow is meter values of one message with their place in lists.
type meterRow struct {
	fleet.Metered
	time    int64
	digest  string
	samples []byte
}

// MeterValues implements store.Transactions.
func (db *DB) MeterValues(ctx context.Context, mq store.MeterQuery) (result store.Page[fleet.Metered], err error) {
	q := selectFrom("SELECT station, evse, connector, time, digest, received, samples FROM meter_values")
	q.where("station = ?", mq.Station)
	if mq.EVSE != nil {
		q.where("evse = ?", *mq.EVSE)
	}
	if mq.Connector != nil {
		q.where("connector = ?", *mq.Connector)
	}
	if !mq.Since.IsZero() {
		q.where("time >= ?", fleet.Micros(mq.Since))
	}
	if !mq.Until.IsZero() {
		q.where("time < ?", fleet.Micros(mq.Until))
	}
	var last meterRow
	if ok, err := readCursor(mq.Cursor, &last.EVSE, &last.Connector, &last.time, &last.digest); err != nil {
		return result, err
	} else if ok {
		q.where("(evse, connector, time, digest) > (?, ?, ?, ?)", last.EVSE, last.Connector, last.time, last.digest)
	}
	limit := store.Limit(mq.Limit)
	q.order("evse, connector, time, digest", limit)
	rows, err := list(ctx, db.readers, q, func(r *meterRow) []any {
		return []any{&r.Station, &r.EVSE, &r.Connector, &r.time, &r.digest, instant{&r.Received}, &r.samples}
	})
	if err != nil {
		return result, err
	}
	cut := page(rows, limit, func(r meterRow) string { return makeCursor(r.EVSE, r.Connector, r.time, r.digest) })
	result.Next = cut.Next
	for _, r := range cut.Items {
		if err := json.Unmarshal(r.samples, &r.Samples); err != nil {
			return result, fmt.Errorf("meter values of %s: %w", r.Station, err)
		}
		result.Items = append(result.Items, r.Metered)
	}
	return result, nil
}
