package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// derived returns the columns that follow from a transaction's history.
func (w *writer) derived(known *known, received time.Time) ([]any, error) {
	h := &known.history
	costs, err := w.costValues(known)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	var t fleet.Transaction
	h.Transaction(&t)
	sortAt := t.StartedAt
	if sortAt.IsZero() {
		sortAt = received
	}
	return append([]any{
		fleet.Micros(sortAt), t.EVSE, t.Connector, t.Token.Value, t.Token.Type, t.StopToken.Value, t.StopToken.Type,
		flag(t.Begun), flag(t.Active), flag(t.Offline), at(t.StartedAt), at(t.EndedAt),
		string(t.MeterStart), string(t.MeterStop), string(t.MeterLast), t.StopReason, t.ChargingState,
		t.RemoteStartID, t.ReservationID, t.Events, t.Missing, int64(t.Anomalies), fleet.Micros(received), string(b), objectJSON{t.ToldLimits},
	}, costs...), nil
}

func (w *writer) insertTransaction(t *known, e fleet.TransactionEvent) error {
	columns, err := w.derived(t, e.Received)
	if err != nil {
		return err
	}
	var startKey any
	if k := e.StartKey(); k != "" {
		startKey = k
	}
	args := slices.Concat(columns, []any{e.Station, t.id, t.number, startKey, fleet.Micros(e.Received), span(e.ClockOffset)})
	_, err = w.queryRow(`INSERT INTO transactions (sort_at, evse, connector, token, token_type, stop_token, stop_token_type,
			begun, active, offline, started_at, ended_at, meter_start, meter_stop, meter_last, stop_reason, charging_state,
			remote_start_id, reservation_id, events, missing, anomalies, last_received, history, limits_told, `+begunColumns+`, `+costColumns+`,
			station, id, number, start_key, decision, first_received, clock_offset)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?) RETURNING ref`,
		args, []any{&t.ref})
	return err
}

// updateTransaction writes what the history says now.
func (w *writer) updateTransaction(t *known, e fleet.TransactionEvent) error {
	columns, err := w.derived(t, e.Received)
	if err != nil {
		return err
	}
	return w.exec(`UPDATE transactions SET sort_at = ?, evse = ?, connector = ?, token = ?, token_type = ?, stop_token = ?,
			stop_token_type = ?, begun = ?, active = ?, offline = ?, started_at = ?, ended_at = ?, meter_start = ?,
			meter_stop = ?, meter_last = ?, stop_reason = ?, charging_state = ?, remote_start_id = ?, reservation_id = ?,
			events = ?, missing = ?, anomalies = ?, last_received = ?, history = ?, limits_told = ?,
			begun_tariff = ?, begun_source = ?, tariff_language = ?, text_version = ?, text_key = ?, tariff = ?, tariff_source = ?, currency = ?,
			cost = ?, cost_excl_tax = ?, cost_kind = ?, cost_by = ?, cost_detail = ?, station_tariff = ?, station_cost = ?,
			clock_offset = COALESCE(?, clock_offset)
		WHERE ref = ?`, append(columns, span(e.ClockOffset), t.ref)...)
}
