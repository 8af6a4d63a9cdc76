package httpapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Store is the part of store.Store that the API uses.
type Store interface {
	CreateStation(ctx context.Context, s store.NewStation) error
	SetCredential(ctx context.Context, station string, c fleet.Credential) error
	RaiseProfile(ctx context.Context, station string, profile int) error
	CredentialState(ctx context.Context, station string) (fleet.CredentialState, error)
	DeleteStation(ctx context.Context, station string) error
	ChangeBootPolicy(ctx context.Context, station string, c store.BootChange) error
	Station(ctx context.Context, station string) (fleet.StationDetail, error)
	ListStations(ctx context.Context, q store.StationQuery) (store.Page[fleet.StationDetail], error)
	TagStation(ctx context.Context, station, tag string) error
	UntagStation(ctx context.Context, station, tag string) error
	ListTags(ctx context.Context, q store.TagQuery) (store.Page[fleet.Tag], error)
	Conflicts(ctx context.Context, station, id string) ([]fleet.Conflict, error)
	Anomalies(ctx context.Context, station, id string) ([]fleet.Anomaly, error)
	ListRecords(ctx context.Context, q store.RecordQuery) (store.Page[fleet.KeptRecord], error)
	Transaction(ctx context.Context, station, id string) (fleet.Transaction, error)
	ListTransactions(ctx context.Context, q store.TransactionQuery) (store.Page[fleet.Transaction], error)
	MeterValues(ctx context.Context, q store.MeterQuery) (store.Page[fleet.Metered], error)
	Samples(ctx context.Context, q store.SampleQuery) (store.Page[fleet.TransactionSample], error)
	ListRefusals(ctx context.Context, q store.RefusalQuery) (store.Page[fleet.Refused], error)
	SummarizeRefusals(ctx context.Context, q store.RefusalQuery) (fleet.RefusalSummary, error)
	Command(ctx context.Context, id string) (fleet.Command, error)
	ListCommands(ctx context.Context, q store.CommandQuery) (store.Page[fleet.Command], error)
	Bulk(ctx context.Context, id string) (fleet.Bulk, error)
	ListBulks(ctx context.Context, q store.BulkQuery) (store.Page[fleet.Bulk], error)
	TokenStore
	ReservationStore
	store.Devices
	store.Charging
	store.Tariffs
	store.Desires
}

// Fleet is what can be done to stations that are connected.
type Fleet interface {
	// Command sends a request to a station and waits for its answer, at most for the timeout. Its errors are
	// store.ErrNotFound and *CommandError. It must not log the payload, which may hold keys.
	Command(ctx context.Context, c Command) (CommandAnswer, error)

	// Queue keeps a request until it has been dealt with, also when the station comes later, and returns it when it has
	// come to its end, or as it is after Wait. With the key of an earlier one it returns that. Its errors are those of
	// Command.
	Queue(ctx context.Context, c QueuedCommand) (fleet.Command, error)

	// Cancel ends a kept request that was not sent yet. store.ErrNotFound; *CommandError with CommandTooLate.
	Cancel(ctx context.Context, id string) (fleet.Command, error)

	// Do asks a station for something in words of no version, at once or as a request that is kept. Its errors are those of
	// Command and Queue, and *fleet.VerbError: nothing was sent.
	Do(ctx context.Context, c VerbCommand) (VerbAnswer, error)

	// Bulk sends a request to many stations, and returns when all have answered or failed. A *CommandError says
	// that nothing was sent at all. It must not log the payload either.
	Bulk(ctx context.Context, b Bulk) (BulkResult, error)

	// StartBulk keeps a request to many stations until all have been dealt with, and returns it when it is over, or as it
	// is after Wait. With the key of an earlier one it returns that. A *CommandError, or of a verb a *fleet.VerbError, says
	// that nothing was kept.
	StartBulk(ctx context.Context, o BulkOrder) (fleet.Bulk, error)

	// StopBulk cancels what was not sent. store.ErrNotFound; *CommandError with CommandTooLate.
	StopBulk(ctx context.Context, id string) (fleet.Bulk, error)

	// CancelReservation asks a station to forget a reservation, and returns what became of it. Its errors are those of Do.
	CancelReservation(ctx context.Context, r fleet.Reservation, timeout time.Duration) (fleet.Reservation, error)

	// LimitTransaction changes the limits of a transaction that goes on. store.ErrEnded; *fleet.VerbError: its station does not take
	// them.
	LimitTransaction(ctx context.Context, t fleet.Transaction, c fleet.LimitChange) error

	// CurrentLists returns, by the version of OCPP, the digest of the list of tokens that stations would get now; empty: there are
	// too many tokens for one.
	CurrentLists(ctx context.Context) (map[string]string, error)

	// Disconnect closes the connection of a station, if it has one. The reason is for the log.
	Disconnect(station, reason string)

	// DisconnectBelow closes the connection of a station that came with a lower security profile than this one.
	DisconnectBelow(station string, profile int, reason string)
}

// Command is a request of the CSMS to one station.
type Command struct {
	Station string
	Action  string          // in the station's version, such as Reset
	Payload json.RawMessage // a JSON object
	Timeout time.Duration   // for waiting: for its turn first, then for the answer
}

// QueuedCommand is a request of the CSMS to one station that is kept until it has been dealt with.
type QueuedCommand struct {
	Station string
	Action  string
	Payload json.RawMessage // a JSON object
	Verb    fleet.Verb      // checked; instead of action and payload. nil: none
	Key     string          // of the caller; "": none
	Lane    fleet.CommandLane
	Version string        // of OCPP, for a station that is not connected; "": the last one that it spoke
	Timeout time.Duration // for its answer, once it was sent; 0: 30 s
	Expires time.Duration // how long it may wait, also for the station; 0: it is for a station that is connected
	Wait    time.Duration // for its end
}

// VerbCommand asks one station for something in words of no version.
type VerbCommand struct {
	Station string
	Verb    fleet.Verb     // checked
	Timeout time.Duration  // as in Command
	Kept    *QueuedCommand // how it is kept, without what; nil: it is not
}

// VerbAnswer is what became of a verb.
type VerbAnswer struct {
	Sent     Sent // without secrets
	Response Payload
	Took     time.Duration
	Command  *fleet.Command // when it is kept, instead of the above
}

// Bulk is the same request of the CSMS to many stations.
type Bulk struct {
	Action      string
	Payload     json.RawMessage // a JSON object
	Verb        fleet.Verb      // checked; instead of action and payload. nil: none
	Timeout     time.Duration   // of each station, as in Command
	Select      Select
	Concurrency int // stations that are asked at once at most; positive
	Details     int // failures that are listed at most
}

// BulkOrder is the same request of the CSMS to many stations that is kept.
type BulkOrder struct {
	Action      string
	Payload     json.RawMessage // a JSON object
	Verb        fleet.Verb      // checked; instead of action and payload. nil: none
	Select      fleet.BulkSelection
	Timeout     time.Duration // of each station, for its answer
	Concurrency int           // positive
	Pace        float64       // stations in a second; 0: no limit
	Expires     time.Duration // how long each command may wait, also for the station
	Key         string        // of the caller; "": none
	Wait        time.Duration // for its end
}

// CommandAnswer is what a station answered.
type CommandAnswer struct {
	Version  string // OCPP version of the connection
	Response json.RawMessage
	Took     time.Duration
}

// CommandError says why a command has no answer.
type CommandError struct {
	Outcome CommandOutcome
	Detail  string // in words; without the payload
	Pointer string // CommandInvalid: JSON pointer into the payload
	Code    string // CommandRefused: the code of the CALLERROR
}

// Error returns the outcome and the detail.
func (e *CommandError) Error() string { return string(e.Outcome) + ": " + e.Detail }

// CommandOutcome is why a command has no answer.
type CommandOutcome string

// The outcomes.
const (
	CommandOffline  CommandOutcome = "offline"        // the station is not connected; nothing was sent
	CommandBlocked  CommandOutcome = "blocked"        // the station's boot was rejected; nothing was sent
	CommandUnknown  CommandOutcome = "unknown action" // no request of that name goes from a CSMS to a station in its version
	CommandInvalid  CommandOutcome = "invalid"        // the payload breaks the schema; nothing was sent
	CommandBusy     CommandOutcome = "busy"           // too many calls wait for the station; nothing was sent
	CommandTimeout  CommandOutcome = "timeout"        // sent, and not answered in time
	CommandRefused  CommandOutcome = "refused"        // answered with a CALLERROR
	CommandLost     CommandOutcome = "lost"           // sent, and the connection ended before the answer
	CommandSecret   CommandOutcome = "secret"         // it cannot be kept, for it holds a secret
	CommandVersion  CommandOutcome = "version"        // the version of OCPP is wrong, or not known
	CommandKeyTaken CommandOutcome = "key taken"      // the key is that of another request
	CommandTooLate  CommandOutcome = "too late"       // it has been sent, or is over
	CommandSelect   CommandOutcome = "selection"      // it selects too many stations
	CommandPace     CommandOutcome = "pace"           // it is too slow for the time that there is
	CommandToken    CommandOutcome = "token"          // a remote start whose token may not charge; nothing was sent
	CommandProfile  CommandOutcome = "profile"        // a charging profile that must not be sent to the station as it is; nothing was sent
	CommandRule     CommandOutcome = "rule"           // a payload that no station may be sent, though its schema allows it; nothing was sent
	CommandGarbled  CommandOutcome = "garbled"        // answered with something that cannot be read
)
