package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/internal/store"
)

// query is a SELECT that grows by conditions.
type query struct {
	text       strings.Builder
	args       []any
	conditions int
}

func selectFrom(text string) *query {
	q := &query{}
	q.text.WriteString(text)
	return q
}

func (q *query) where(condition string, args ...any) {
	word := " WHERE "
	if q.conditions++; q.conditions > 1 {
		word = " AND "
	}
	q.text.WriteString(word + condition)
	q.args = append(q.args, args...)
}

// order ends the query. It asks for one row more than a page has, to know whether there is a next one.
func (q *query) order(by string, limit int) {
	fmt.Fprintf(&q.text, " ORDER BY %s LIMIT %d", by, limit+1)
}

// list runs a query and reads each row with scan.
func list[T any](ctx context.Context, pool *sql.DB, q *query, fields func(*T) []any) (items []T, err error) {
	return listWhile(ctx, pool, q, fields, func(*T) bool { return true })
}

// listWhile is list that ends with the first item of which more says that it is the last.
func listWhile[T any](ctx context.Context, pool *sql.DB, q *query, fields func(*T) []any, more func(*T) bool) (items []T, err error) {
	rows, err := pool.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return nil, classify(err)
	}
	items, err = scanWhile(rows, fields, more)
	return items, classify(err)
}

// scanWhile reads the rows, up to the first of which more says that it is the last, and closes them.
func scanWhile[T any](rows *sql.Rows, fields func(*T) []any, more func(*T) bool) (items []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var item T
		if err := rows.Scan(fields(&item)...); err != nil {
			return nil, err
		}
		items = append(items, item)
		if !more(&items[len(items)-1]) {
			break
		}
	}
	return items, rows.Err()
}

// page cuts the row too many off and makes a cursor of the last one that stays.
func page[T any](items []T, limit int, cursor func(T) string) store.Page[T] {
	if len(items) <= limit {
		return store.Page[T]{Items: items}
	}
	return store.Page[T]{Items: items[:limit], Next: cursor(items[limit-1])}
}

// one runs a query for at most one row.
func one(ctx context.Context, pool *sql.DB, text string, args, dest []any) error {
	return scanOne(pool.QueryRowContext(ctx, text, args...), dest)
}

func scanOne(row *sql.Row, dest []any) error {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return classify(err)
}
