package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bulk is one request to a selection of stations. The selection is resolved once, when the bulk is made: from then on it
// consists of commands, one for each station, which tell what became of it. A Bulk is a value: methods return the changed
// one.
type Bulk struct {
	Number  int64  // in the order in which they were made, given by the store
	ID      string // random, 36 characters
	Key     string // of the caller, unique while the bulk is kept; "": none
	Request string // Fingerprint
	Action  string
	Payload json.RawMessage // as the caller gave it, without secrets
	Select  BulkSelection

	// Instead of an action and a payload: what is wanted in words of no version, which becomes a request of the station's
	// version when its turn comes.
	Verb      string
	Arguments json.RawMessage

	Concurrency int           // commands under way at once at most
	Pace        float64       // stations that are asked in a second at most; 0: no limit
	Timeout     time.Duration // of each command

	CreatedAt time.Time
	ExpiresAt time.Time // of each command

	State     BulkState
	Stations  int       // how many were selected
	StoppedAt time.Time // when it was to stop; zero: it was not
	EndedAt   time.Time // zero while a command of it is queued or sent

	Counts   map[CommandState]int // of its commands, when it is read; states that none is in are missing
	Statuses map[string]int       // of the answers, when it is read
}

// BulkSelection says which stations were meant. Stations is for the fingerprint alone and not kept: the commands name them.
type BulkSelection struct {
	Named    bool     // these stations
	Stations []string // when Named
	All      bool
	Online   bool // connected when the bulk was made
	Version  string
	Vendor   string
	Model    string
	Firmware string
	Tag      string
}

// BulkState is where a bulk is on its way.
type BulkState string

// The states of bulks. The last two are final.
const (
	BulkPreparing BulkState = "preparing" // nobody was told of it, and nothing of it is sent
	BulkRunning   BulkState = "running"
	BulkStopping  BulkState = "stopping" // nothing more is sent; answers are still waited for
	BulkDone      BulkState = "done"
	BulkStopped   BulkState = "stopped"
)

// Final reports whether nothing comes after the state.
func (s BulkState) Final() bool { return s == BulkDone || s == BulkStopped }

// ErrBulkState says why a bulk does not change its state. Test with errors.Is.
var ErrBulkState = errors.New("fleet: the bulk is not in the state for that")

// Fingerprint tells requests apart for the caller's key: two bulks with the same one ask the same stations, or the same
// kind of stations, for the same thing.
func (b Bulk) Fingerprint() string {
	b.Select.Stations = slices.Sorted(slices.Values(b.Select.Stations))
	wish, name := b.Payload, b.Action
	if b.Verb != "" {
		wish, name = b.Arguments, "verb "+b.Verb
	}
	canonical, err := canonicalJSON(wish)
	if err != nil {
		canonical = wish
	}
	text, err := json.Marshal([]any{b.Select, name, string(canonical)})
	if err != nil {
		return "" // cannot happen: it is text
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Start ends the preparation.
func (b Bulk) Start() (Bulk, error) { return b.step(BulkPreparing, BulkRunning) }

// Stop says that nothing more may be sent. One that is stopping already stays as it is.
func (b Bulk) Stop(now time.Time) (Bulk, error) {
	if b.State == BulkStopping {
		return b, nil
	}
	b.StoppedAt = now
	return b.step(BulkRunning, BulkStopping)
}

// End says that no command of the bulk is queued or sent any more.
func (b Bulk) End(now time.Time) (Bulk, error) {
	b.EndedAt = now
	if b.State == BulkStopping {
		return b.step(BulkStopping, BulkStopped)
	}
	return b.step(BulkRunning, BulkDone)
}

func (b Bulk) step(from, to BulkState) (Bulk, error) {
	if b.State != from {
		return b, fmt.Errorf("%w: it is %s", ErrBulkState, b.State)
	}
	b.State = to
	return b, nil
}

// MaxBulkResponse is how much of an answer to a command of a bulk is kept, in bytes; a longer one is counted by its status.
const MaxBulkResponse = 64 << 10
