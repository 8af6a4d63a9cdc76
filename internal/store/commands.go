package store

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// MaxQueuedCommands is how many commands may be queued for one station.
const MaxQueuedCommands = 100

// Why a command is not taken.
var (
	ErrKeyTaken  = errors.New("another command has this key")
	ErrQueueFull = errors.New("as many commands as may be wait for the station already")
)

// Commands are requests to stations that are kept until they have been dealt with, and the latest Options.KeepCommands of
// those that have been; commands of bulks do not count among these, see Bulks. Every change is durable when a method returns, and writes a notice in the same commit.
type Commands interface {
	// AddCommand keeps a queued command and returns it with its number. When the key is that of a command with the same
	// request, that one is returned instead, and added is false. ErrKeyTaken: it is that of another request. ErrQueueFull.
	AddCommand(ctx context.Context, c fleet.Command) (kept fleet.Command, added bool, err error)
	// ChangeCommand replaces a command by what change makes of it, and returns that. Nobody else changes it meanwhile. It
	// returns the error of change, and then changes nothing. change may be called more than once. ErrNotFound.
	ChangeCommand(ctx context.Context, id string, change func(fleet.Command) (fleet.Command, error)) (fleet.Command, error)
	// RecoverCommands decides on what an earlier process left as sent, see fleet.Command.Recover. It is called before
	// anything is sent.
	RecoverCommands(ctx context.Context, now time.Time) (recovered int, err error)
	// ExpireCommands ends queued commands whose time is over, at most 1000 at once, and returns them, and when the next
	// one is due: the zero time when none is queued.
	ExpireCommands(ctx context.Context, now time.Time) (expired []fleet.Command, next time.Time, err error)

	// NextCommand returns the queued command of a station whose turn it is: by lane, then by age. Commands of the bulks in
	// except are passed over. ErrNotFound.
	NextCommand(ctx context.Context, station string, except []string) (fleet.Command, error)
	// QueuedStations returns the stations with queued commands.
	QueuedStations(ctx context.Context) ([]string, error)
	// Command returns one command by its id. ErrNotFound.
	Command(ctx context.Context, id string) (fleet.Command, error)
	// ListCommands returns commands, the latest first.
	ListCommands(ctx context.Context, q CommandQuery) (Page[fleet.Command], error)
}

// CommandQuery selects commands. Empty fields select all.
type CommandQuery struct {
	Cursor  string
	Limit   int // 0: DefaultLimit
	Station string
	State   fleet.CommandState
	Action  string
	Verb    string
	Lane    fleet.CommandLane
	Key     string // of the caller
	Bulk    string // id
	Status  string // of the answer
}
