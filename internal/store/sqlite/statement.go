package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// stmt returns the prepared statement of a text, which must be a constant: statements are kept for ever.
func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", query, err)
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.execCount(query, args...)
	return err
}

// execCount returns how many rows the statement changed.
func (w *writer) execCount(query string, args ...any) (int64, error) {
	s, err := w.stmt(query) //nolint:sqlclosecheck // the writer keeps its statements until it closes
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// queryRow reads one row into dest; found is false when there is none.
func (w *writer) queryRow(query string, args, dest []any) (found bool, err error) {
	s, err := w.stmt(query) //nolint:sqlclosecheck // as in execCount
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(context.Background(), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// queryRows reads all rows in the open transaction; the text is a constant.
func queryRows[T any](w *writer, query string, fields func(*T) []any, args ...any) ([]T, error) {
	s, err := w.stmt(query) //nolint:sqlclosecheck // as in execCount
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return nil, err
	}
	return scanWhile(rows, fields, func(*T) bool { return true })
}

// next takes the number from a sequence that is step after the last one.
func (w *writer) next(sequence string, step int64) (n int64, err error) {
	found, err := w.queryRow("UPDATE sequences SET value = value + ? WHERE name = ? RETURNING value",
		[]any{step, sequence}, []any{&n})
	if err == nil && !found {
		err = fmt.Errorf("there is no sequence %q", sequence)
	}
	return n, err
}

// at is a time as a column value: NULL for the zero time.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return fleet.Micros(t)
}

// instant reads a column that at wrote.
type instant struct{ t *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = fleet.FromMicros(v)
	default:
		return fmt.Errorf("a time of type %T", v)
	}
	return nil
}

// flag is a boolean as a column value.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// span is a duration as a column value: NULL for nil.
func span(d *time.Duration) any {
	if d == nil {
		return nil
	}
	return d.Microseconds()
}

// offset reads a column that span wrote.
type offset struct{ d **time.Duration }

// Scan implements sql.Scanner.
func (o offset) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*o.d = nil
	case int64:
		d := time.Duration(v) * time.Microsecond
		*o.d = &d
	default:
		return fmt.Errorf("a duration of type %T", v)
	}
	return nil
}

// length reads a column of microseconds.
type length struct{ d *time.Duration }

// Scan implements sql.Scanner.
func (l length) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a duration of type %T", v)
	}
	*l.d = time.Duration(n) * time.Microsecond
	return nil
}
