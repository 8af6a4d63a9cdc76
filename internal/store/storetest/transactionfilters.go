package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// transactionIDs lists the ids of all transactions of a query, in order of the ids.
func (f *fixture) transactionIDs(q store.TransactionQuery, limit int) string {
	f.Helper()
	q.Limit = limit
	var ids []string
	for _, t := range all(f, limit, func(ctx context.Context, cursor string) (store.Page[fleet.Transaction], error) {
		q.Cursor = cursor
		return f.ListTransactions(ctx, q)
	}) {
		ids = append(ids, t.ID)
		if t.Trouble() != slices.Contains([]string{"conflict", "gap", "no-start", "place"}, t.ID) {
			f.Errorf("%s in trouble: %v", t.ID, t.Trouble())
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func testTransactionFilters(f *fixture) {
	event := func(id string, seq int64, kind fleet.TransactionKind, minutes int, token string, evse int) fleet.TransactionEvent {
		at := noon.Add(time.Duration(minutes) * time.Minute)
		e := fleet.TransactionEvent{
			Station: "A", Received: noon.Add(time.Hour), TransactionID: id, Numbered: true, SeqNo: seq, Kind: kind, Time: at, EVSE: evse,
		}
		if token != "" {
			e.Token = &fleet.IDToken{Value: token}
		}
		return e
	}
	begun := func(id string, minutes int, token string) {
		f.submit(event(id, 0, fleet.TransactionStarted, minutes, token, 1))
	}
	begun("good", 0, "Cafe")
	begun("conflict", 1, "CAFE")
	f.submit(event("conflict", 0, fleet.TransactionStarted, 1, "CAFE", 2))
	begun("gap", 2, "BEEF")
	f.submit(event("gap", 4, fleet.TransactionUpdated, 3, "", 0))
	f.submit(event("no-start", 3, fleet.TransactionUpdated, 3, "", 1))
	begun("place", 4, "beef")
	f.submit(event("place", 1, fleet.TransactionUpdated, 5, "", 2))
	timeless := event("timeless", 0, fleet.TransactionStarted, 0, "", 1)
	timeless.Time = time.Time{} // counts as of its arrival
	f.submit(timeless)

	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	yes, no := true, false
	for want, q := range map[string]store.TransactionQuery{
		"conflict gap good no-start place timeless": {},
		"conflict gap no-start place":               {Trouble: &yes},
		"good timeless":                             {Trouble: &no},
		"conflict good":                             {Token: "cafe"},
		"gap place":                                 {Token: "BEEF", Station: "A", Active: &yes},
		"place":                                     {Token: "beef", Since: at(3)},
		"conflict gap":                              {Since: at(1), Until: at(3)},
		"good":                                      {Until: at(1)},
		"no-start place timeless":                   {Since: at(3)},
		"gap no-start":                              {Since: at(2), Until: at(4), Trouble: &yes},
		"":                                          {Token: "caf"},
	} {
		for _, limit := range []int{1, 2, 7} {
			if got := f.transactionIDs(q, limit); got != want {
				f.Errorf("%+v in pages of %d: %s, want %s", q, limit, got, want)
			}
		}
	}
	// A cursor that is before or behind what is asked for.
	p, err := f.ListTransactions(f.Context(), store.TransactionQuery{Limit: 1})
	f.ok(err)
	p, err = f.ListTransactions(f.Context(), store.TransactionQuery{Cursor: p.Next, Until: at(1)})
	f.ok(err)
	equal(f, "before the cursor", fmt.Sprintf("%d %s", len(p.Items), p.Items[0].ID), "1 good")
}
