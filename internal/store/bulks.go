package store

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// MaxRunningBulks is how many bulks may have commands that are not over. Their commands do not count among
// MaxQueuedCommands of a station: each bulk has one for it at most.
const MaxRunningBulks = 32

// BulkStep is how many commands of a bulk are changed in one commit at most, so that stations need not wait for it long.
const BulkStep = 256

// ErrTooManyBulks says why a bulk is not taken.
var ErrTooManyBulks = errors.New("as many bulk commands as may be are under way already")

// Bulks are requests to many stations: each is a number of Commands that name it. A bulk ends in the same commit as the
// last of its commands. What has ended is kept as a whole or not at all: the latest of Options.KeepBulks, with
// Options.KeepBulkCommands commands together.
type Bulks interface {
	// PrepareBulk keeps a bulk that nobody sees before StartBulk. ErrTooManyBulks.
	PrepareBulk(ctx context.Context, b fleet.Bulk) error
	// AddBulkCommands adds commands that are queued or invalid to a bulk that is being prepared, at most BulkStep of them,
	// one for each station at most. Payloads that are the same are kept once, and the arguments of a verb are those of the bulk.
	AddBulkCommands(ctx context.Context, bulk string, commands []fleet.Command) error
	// StartBulk ends the preparation. When the key is that of a bulk with the same fingerprint, that one is returned
	// instead, and started is false. ErrKeyTaken: it is that of another request.
	StartBulk(ctx context.Context, b fleet.Bulk) (kept fleet.Bulk, started bool, err error)
	// DropBulk forgets a bulk that was not started.
	DropBulk(ctx context.Context, id string) error
	// RecoverBulks forgets all bulks that were not started: their callers are gone.
	RecoverBulks(ctx context.Context) error

	// StopBulk sees to it that no command of a bulk is queued again. ErrNotFound; fleet.ErrBulkState: it has ended.
	StopBulk(ctx context.Context, id string, now time.Time) (fleet.Bulk, error)
	// CancelBulkCommands cancels queued commands of a bulk that is stopping, at most BulkStep, and returns them.
	CancelBulkCommands(ctx context.Context, id string, now time.Time) ([]fleet.Command, error)

	// Bulk returns one bulk with its counts. ErrNotFound.
	Bulk(ctx context.Context, id string) (fleet.Bulk, error)
	// ListBulks returns bulks with their counts, the latest first.
	ListBulks(ctx context.Context, q BulkQuery) (Page[fleet.Bulk], error)
}

// BulkQuery selects bulks. Empty fields select all.
type BulkQuery struct {
	Cursor string
	Limit  int // 0: DefaultLimit
	State  fleet.BulkState
	Action string
	Verb   string
	Key    string // of the caller
}
