package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// What follows from the events of a transaction is in two groups of columns. Those of the first change a few times in its life,
// and are in indexes; those of the second change with every event.
const (
	settledColumns = `sort_at, evse, connector, token, token_type, stop_token, stop_token_type, begun, active, offline, started_at, ended_at,
		meter_start, meter_stop, stop_reason, remote_start_id, reservation_id, missing, anomalies, begun_tariff, begun_source, tariff_language,
		text_version, text_key, tariff, tariff_source, station_tariff, station_cost`
	movingColumns = `meter_last, charging_state, events, last_received, history, limits_told, currency, cost, cost_excl_tax, cost_kind, cost_by, cost_detail`
)

// settled returns the values of settledColumns. They can be compared.
func (t *known) settled(received time.Time) []any {
	var f fleet.Transaction
	t.history.Transaction(&f)
	sortAt := f.StartedAt
	if sortAt.IsZero() {
		sortAt = received
	}
	tariff, source := t.tariff()
	return []any{
		fleet.Micros(sortAt), f.EVSE, f.Connector, f.Token.Value, f.Token.Type, f.StopToken.Value, f.StopToken.Type,
		flag(f.Begun), flag(f.Active), flag(f.Offline), at(f.StartedAt), at(f.EndedAt),
		string(f.MeterStart), string(f.MeterStop), f.StopReason, valueOf(f.RemoteStartID), valueOf(f.ReservationID), f.Missing, int64(f.Anomalies),
		t.begun.tariff, string(t.begun.source), t.begun.language, t.begun.textVersion, t.begun.textKey,
		tariff, string(source), t.history.TariffTold.V, t.stationCost(),
	}
}

// valueOf returns what p points to, NULL for nil.
func valueOf(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}

// moving returns the values of movingColumns.
func (w *writer) moving(t *known, received time.Time) ([]any, error) {
	costs, err := w.costValues(t)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(&t.history)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	var f fleet.Transaction
	t.history.Transaction(&f)
	return append([]any{string(f.MeterLast), f.ChargingState, f.Events, fleet.Micros(received), string(b), objectJSON{f.ToldLimits}}, costs...), nil
}

func (w *writer) insertTransaction(t *known, e fleet.TransactionEvent) error {
	moving, err := w.moving(t, e.Received)
	if err != nil {
		return err
	}
	var startKey any
	if k := e.StartKey(); k != "" {
		startKey = k
	}
	args := slices.Concat(t.settled(e.Received), moving, []any{e.Station, t.id, t.number, startKey, fleet.Micros(e.Received), span(e.ClockOffset)})
	_, err = w.queryRow(w.writes.insert, args, []any{&t.ref})
	return err
}

// transactionWrites are the statements that write a transaction.
type transactionWrites struct{ insert, update, move string }

func newTransactionWrites() transactionWrites {
	const last = ", clock_offset = COALESCE(?, clock_offset) WHERE ref = ?"
	all := settledColumns + ", " + movingColumns
	return transactionWrites{
		insert: "INSERT INTO transactions (" + all + ", station, id, number, start_key, first_received, clock_offset, decision) VALUES (" +
			places(all) + ", ?, ?, ?, ?, ?, ?, '') RETURNING ref",
		update: "UPDATE transactions SET " + assigned(all) + last,
		move:   "UPDATE transactions SET " + assigned(movingColumns) + last,
	}
}

// places is a place for each of the columns.
func places(columns string) string {
	return strings.Repeat("?, ", strings.Count(columns, ",")) + "?"
}

// assigned sets each of the columns.
func assigned(columns string) string { return strings.ReplaceAll(columns, ",", " = ?,") + " = ?" }

// updateTransaction writes what the history says now; before is the transaction without the event. Most events change nothing
// that an index has, and SQLite leaves an index alone when none of its columns is written.
func (w *writer) updateTransaction(before, t *known, e fleet.TransactionEvent) error {
	moving, err := w.moving(t, e.Received)
	if err != nil {
		return err
	}
	moving = append(moving, span(e.ClockOffset), t.ref)
	settled := t.settled(e.Received)
	if slices.Equal(settled, before.settled(e.Received)) {
		return w.exec(w.writes.move, moving...)
	}
	return w.exec(w.writes.update, append(settled, moving...)...)
}
