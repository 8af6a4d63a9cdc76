package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// about adds the conditions of a query about settings.
func (q *query) about(s store.SettingQuery) {
	if s.Component != "" {
		q.where("component_key = ?", foldName(s.Component))
	}
	if s.Variable != "" {
		q.where("variable_key = ?", foldName(s.Variable))
	}
	if s.EVSE != nil {
		q.where("evse = ?", *s.EVSE)
	}
}

// is adds a condition, unless the value is the empty one.
func (q *query) is(column, value string) {
	if value != "" {
		q.where(column+" = ?", value)
	}
}

// arrived adds the conditions of a query for arrivals, and where the page begins.
func (q *query) arrived(a store.Arrival) error {
	q.is("station", a.Station)
	if !a.Since.IsZero() {
		q.where("received >= ?", fleet.Micros(a.Since))
	}
	if !a.Until.IsZero() {
		q.where("received < ?", fleet.Micros(a.Until))
	}
	return q.before(a.Cursor)
}

// before begins a page of a list that is ordered by number, the highest first.
func (q *query) before(cursor string) error {
	var number int64
	ok, err := readCursor(cursor, &number)
	if ok {
		q.where("number < ?", number)
	}
	return err
}

// newestFirst reads a page of a list that is ordered by number, the highest first.
func newestFirst[T any](ctx context.Context, db *DB, q *query, limit int, fields func(*T) []any, number func(T) int64) (store.Page[T], error) {
	limit = store.Limit(limit)
	q.order("number DESC", limit)
	items, err := list(ctx, db.readers, q, fields)
	return page(items, limit, func(item T) string { return makeCursor(number(item)) }), err
}

// ListSecurityEvents implements store.Devices.
func (db *DB) ListSecurityEvents(ctx context.Context, sq store.SecurityEventQuery) (store.Page[fleet.SecurityEvent], error) {
	q := selectFrom("SELECT number, station, received, time, type, tech_info, critical FROM security_events")
	if err := q.arrived(sq.Arrival); err != nil {
		return store.Page[fleet.SecurityEvent]{}, err
	}
	q.is("type", sq.Type)
	if sq.Critical != nil {
		q.where("critical = ?", flag(*sq.Critical))
	}
	return newestFirst(ctx, db, q, sq.Limit, func(e *fleet.SecurityEvent) []any {
		return []any{&e.Number, &e.Station, instant{&e.Received}, instant{&e.Time}, &e.Type, &e.TechInfo, &e.Critical}
	}, func(e fleet.SecurityEvent) int64 { return e.Number })
}

// ListMonitoringEvents implements store.Devices.
func (db *DB) ListMonitoringEvents(ctx context.Context, mq store.MonitoringEventQuery) (store.Page[fleet.MonitoringEvent], error) {
	q := selectFrom(`SELECT number, station, received, time, event_id, ` + shownSetting + `, trigger_kind, kind, value, cleared, cause,
		monitor_id, severity, transaction_id, tech_code, tech_info FROM monitoring_events`)
	if err := q.arrived(mq.Arrival); err != nil {
		return store.Page[fleet.MonitoringEvent]{}, err
	}
	q.about(mq.SettingQuery)
	q.is("trigger_kind", mq.Trigger)
	q.is("transaction_id", mq.TransactionID)
	if mq.Severity != nil {
		q.where("severity <= ?", *mq.Severity)
	}
	return newestFirst(ctx, db, q, mq.Limit, monitoringEventFields, func(e fleet.MonitoringEvent) int64 { return e.Number })
}

func monitoringEventFields(e *fleet.MonitoringEvent) []any {
	dest := append([]any{&e.Number, &e.Station, instant{&e.Received}, instant{&e.Time}, &e.EventID}, settingFields(&e.Setting)...)
	return append(dest, &e.Trigger, &e.Kind, &e.Value, &e.Cleared, &e.Cause, &e.MonitorID, &e.Severity,
		&e.TransactionID, &e.TechCode, &e.TechInfo)
}

// ListMonitors implements store.Devices.
func (db *DB) ListMonitors(ctx context.Context, mq store.MonitorQuery) (store.Page[fleet.Monitor], error) {
	q := selectFrom(`SELECT station, id, ` + shownSetting + `, type, value, severity, in_transaction, kind, received FROM monitors`)
	q.where("station = ?", mq.Station)
	if err := q.after("id", mq.Cursor); err != nil {
		return store.Page[fleet.Monitor]{}, err
	}
	q.about(mq.SettingQuery)
	if mq.Severity != nil {
		q.where("severity <= ?", *mq.Severity)
	}
	limit := store.Limit(mq.Limit)
	q.order("id", limit)
	items, err := list(ctx, db.readers, q, func(m *fleet.Monitor) []any {
		dest := append([]any{&m.Station, &m.ID}, settingFields(&m.Setting)...)
		return append(dest, &m.Type, &m.Value, &m.Severity, &m.Transaction, &m.Kind, instant{&m.Received})
	})
	return page(items, limit, func(m fleet.Monitor) string { return makeCursor(m.ID) }), err
}

// after begins a page of a list that is ordered by a number, the lowest first.
func (q *query) after(column, cursor string) error {
	var number int64
	ok, err := readCursor(cursor, &number)
	if ok {
		q.where(column+" > ?", number)
	}
	return err
}

// ListVariables implements store.Devices.
func (db *DB) ListVariables(ctx context.Context, vq store.VariableQuery) (store.Page[fleet.Variable], error) {
	q := selectFrom(`SELECT station, attribute, ` + shownSetting + `, value, mutability, persistent, constant, data_type, unit, min_limit,
		max_limit, max_elements, values_list, supports_monitoring, source, time, received FROM variables`)
	q.where("station = ?", vq.Station)
	var after string
	if ok, err := readCursor(vq.Cursor, &after); err != nil {
		return store.Page[fleet.Variable]{}, err
	} else if ok {
		q.where("key > ?", after)
	}
	q.about(vq.SettingQuery)
	q.is("attribute", vq.Attribute)
	q.is("mutability", vq.Mutability)
	if vq.Drift {
		q.where("EXISTS (SELECT 1 FROM desired_values d WHERE d.station = variables.station AND d.key = variables.key AND d.state IN (?, ?))",
			string(fleet.DesiredDrift), string(fleet.DesiredRefused))
	}
	limit := store.Limit(vq.Limit)
	q.order("key", limit)
	items, err := list(ctx, db.readers, q, variableFields)
	return page(items, limit, func(v fleet.Variable) string { return makeCursor(v.Key()) }), err
}

func variableFields(v *fleet.Variable) []any {
	dest := append([]any{&v.Station, &v.Attribute}, settingFields(&v.Setting)...)
	return append(dest, &v.Value, &v.Mutability, &v.Persistent, &v.Constant, &v.DataType, &v.Unit, &v.MinLimit, &v.MaxLimit,
		&v.MaxElements, &v.ValuesList, &v.SupportsMonitoring, &v.Source, instant{&v.Time}, instant{&v.Received})
}

// ListDisplayMessages implements store.Devices.
func (db *DB) ListDisplayMessages(ctx context.Context, dq store.DisplayMessageQuery) (store.Page[fleet.DisplayMessage], error) {
	q := selectFrom(`SELECT station, id, priority, state, component, component_instance, evse, connector, texts, starts_at, ends_at,
		transaction_id, received FROM display_messages`)
	q.where("station = ?", dq.Station)
	if err := q.after("id", dq.Cursor); err != nil {
		return store.Page[fleet.DisplayMessage]{}, err
	}
	q.is("transaction_id", dq.TransactionID)
	limit := store.Limit(dq.Limit)
	q.order("id", limit)
	items, err := list(ctx, db.readers, q, func(m *fleet.DisplayMessage) []any {
		return []any{
			&m.Station, &m.ID, &m.Priority, &m.State, &m.Display.Component, &m.Display.ComponentInstance, &m.Display.EVSE,
			&m.Display.Connector, fromJSON{&m.Texts}, instant{&m.StartsAt}, instant{&m.EndsAt}, &m.TransactionID, instant{&m.Received},
		}
	})
	return page(items, limit, func(m fleet.DisplayMessage) string { return makeCursor(m.ID) }), err
}

// fromJSON reads a column that holds a list as JSON.
type fromJSON struct{ dest any }

// Scan implements sql.Scanner.
func (f fromJSON) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a list of type %T", v)
	}
	return json.Unmarshal([]byte(text), f.dest)
}

// ListCertificateRequests implements store.Devices.
func (db *DB) ListCertificateRequests(ctx context.Context, cq store.CertificateQuery) (store.Page[fleet.CertificateRequest], error) {
	q := selectFrom(`SELECT number, station, wish, status, reason, request_id, certificate_use, subject, key_algorithm, key_bits, fingerprint,
		fault, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number, source, url, schema_version, action, first_asked,
		last_asked, times FROM certificate_requests`)
	if err := q.arrived(store.Arrival{Station: cq.Station, Cursor: cq.Cursor}); err != nil {
		return store.Page[fleet.CertificateRequest]{}, err
	}
	q.is("wish", string(cq.Wish))
	return newestFirst(ctx, db, q, cq.Limit, func(r *fleet.CertificateRequest) []any {
		return []any{
			&r.Number, &r.Station, &r.Wish, &r.Status, &r.Reason, &r.RequestID, &r.Use, &r.Subject, &r.KeyAlgorithm, &r.KeyBits,
			&r.Fingerprint, &r.Fault, &r.HashAlgorithm, &r.IssuerNameHash, &r.IssuerKeyHash, &r.SerialNumber, &r.Source, &r.URL,
			&r.Schema, &r.Action, instant{&r.FirstAsked}, instant{&r.LastAsked}, &r.Times,
		}
	}, func(r fleet.CertificateRequest) int64 { return r.Number })
}

// Kept implements store.Devices.
func (db *DB) Kept(ctx context.Context, station string) ([]fleet.Kept, error) {
	q := selectFrom("SELECT list, kept, dropped FROM kept")
	q.where("station = ?", station)
	q.order("list", store.MaxLimit)
	items, err := list(ctx, db.readers, q, func(k *fleet.Kept) []any { return []any{&k.List, &k.Kept, &k.Dropped} })
	for i, k := range items {
		items[i].Limit = int64(db.limits.Of(k.List))
	}
	return items, err
}
