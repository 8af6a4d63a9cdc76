package store

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Records are what stations say beside transactions and the state of their devices, see fleet.Record. Of each kind and
// station the latest Options.KeepRecords are kept; of values of event streams ten times as many.
type Records interface {
	// ListRecords returns records of one kind and station, the latest arrival first.
	ListRecords(ctx context.Context, q RecordQuery) (Page[fleet.KeptRecord], error)
}

// RecordQuery selects records.
type RecordQuery struct {
	Kind    fleet.RecordKind
	Station string
	Cursor  string
	Limit   int    // 0: DefaultLimit
	Latest  *bool  // only those that count, or only those that do not; nil: both
	EVSE    *int64 // only of this EVSE; nil: all. Kinds of records without an EVSE have none of it
}

// KeptRecords returns how many records of a kind are kept for each station, given Options.KeepRecords.
func KeptRecords(kind fleet.RecordKind, keep int) int {
	if kind == fleet.RecordStreamValue {
		return 10 * keep
	}
	return keep
}
