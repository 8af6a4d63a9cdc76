package sqlite

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"pgregory.net/rapid"
)

// TestCommandsTellNoLiesAfterCrashes: commits fail before they are written and after, the process ends between any two
// steps, and what the store says in the end agrees with what the stations have seen.
func TestCommandsTellNoLiesAfterCrashes(t *testing.T) {
	dir, round := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		y := &commandYard{T: t, dir: fmt.Sprint(dir, "/", round), now: noon, seen: map[string]int{}, wire: map[string]string{}}
		y.open()
		defer y.close()
		for i := range 3 {
			y.ids = append(y.ids, fmt.Sprint("c-", i))
			if _, _, err := y.db.AddCommand(t.Context(), fleet.Command{
				ID: y.ids[i], Station: "A", Version: "1.6", Action: []string{"Reset", "GetConfiguration", "ClearCache"}[i], Payload: []byte(`{}`),
				Lane: fleet.LanePeople, CreatedAt: noon, ExpiresAt: noon.Add(10 * time.Minute), State: fleet.StateQueued,
			}); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			y.step()
		}
		y.fault.Store("")
		y.restart()
		y.judge()
	})
}

// commandYard is a store that fails, and what left it for the station.
type commandYard struct {
	*rapid.T
	dir   string
	db    *DB
	now   time.Time
	fault atomic.Value // string, of the next commit: before, after, or none
	ids   []string
	seen  map[string]int    // how often each command was delivered
	wire  map[string]string // message that the running process waits for the answer of
}

var errCrash = errors.New("a crash of the test")

func (y *commandYard) hook(moment string) func() error {
	return func() error {
		if y.fault.CompareAndSwap(moment, "") {
			return errCrash
		}
		return nil
	}
}

func (y *commandYard) open() {
	if err := laySchema(y.dir); err != nil {
		y.Fatal(err)
	}
	db, err := open(y.dir, store.Options{MaxDelay: -1, RetryMin: time.Microsecond, RetryMax: time.Microsecond}, hooks{
		pragmas: "&_pragma=synchronous(OFF)", beforeCommit: y.hook("before"), afterCommit: y.hook("after"),
	})
	if err == nil {
		_, err = db.RecoverCommands(y.Context(), y.now)
	}
	if err != nil {
		y.Fatal(err)
	}
	y.db = db
}

func (y *commandYard) close() {
	if err := y.db.Close(); err != nil {
		y.Error(err)
	}
}

// restart ends the process: nobody waits for answers any more.
func (y *commandYard) restart() {
	y.close()
	clear(y.wire)
	y.open()
}

func (y *commandYard) step() {
	y.now = y.now.Add(time.Duration(rapid.IntRange(0, 2).Draw(y.T, "minutes")) * time.Minute)
	id := rapid.SampledFrom(y.ids).Draw(y.T, "id")
	event := rapid.SampledFrom([]string{"send", "send", "answer", "timeout", "lose", "cancel", "deny", "expire", "crash"}).Draw(y.T, "event")
	y.fault.Store(rapid.SampledFrom([]string{"", "", "before", "after"}).Draw(y.T, "fault"))
	message := y.wire[id]
	switch event {
	case "send":
		message = fmt.Sprint(id, y.now.UnixNano(), len(y.wire), y.seen[id])
		if y.change(id, func(c fleet.Command) (fleet.Command, error) {
			return c.Become("1.6", map[string]string{"clear-cache": "ClearCache", "get-variables": "GetConfiguration"}[c.Verb], []byte(`{}`)).Send(1, message, y.now)
		}) == nil {
			y.wire[id] = message
			y.seen[id]++
		}
	case "answer":
		y.settle(id, func(c fleet.Command) (fleet.Command, error) { return c.Answer(message, nil, y.now) })
	case "timeout":
		y.settle(id, func(c fleet.Command) (fleet.Command, error) { return c.TimeOut(message, "d", y.now) })
	case "lose":
		y.settle(id, func(c fleet.Command) (fleet.Command, error) { return c.Lose(message, "d", y.now) })
	case "cancel":
		_ = y.change(id, func(c fleet.Command) (fleet.Command, error) { return c.Cancel("d", y.now) }) // refused, or not: judge looks
	case "deny":
		_ = y.change(id, func(c fleet.Command) (fleet.Command, error) { return c.Deny("d", y.now) }) // as cancel
	case "expire":
		_, _, _ = y.db.ExpireCommands(y.Context(), y.now)
	case "crash":
		y.fault.Store("")
		y.restart()
	}
	y.healthy()
}

// settle tells the store how the message under way ended; the process forgets it.
func (y *commandYard) settle(id string, change func(fleet.Command) (fleet.Command, error)) {
	if y.wire[id] != "" {
		_ = y.change(id, change) // what could not be stored is decided by the next process
		delete(y.wire, id)
	}
}

func (y *commandYard) change(id string, change func(fleet.Command) (fleet.Command, error)) error {
	_, err := y.db.ChangeCommand(y.Context(), id, change)
	return err
}

// healthy returns when the store works again.
func (y *commandYard) healthy() {
	y.fault.Store("")
	for y.db.Health() != nil {
		y.db.Report(fleet.Presence{Station: "A"})
	}
}

func (y *commandYard) judge() {
	for _, id := range y.ids {
		c, err := y.db.Command(y.Context(), id)
		if err != nil {
			y.Fatal(err)
		}
		seen := y.seen[id]
		switch {
		case c.State == fleet.StateInvalid && seen > 0, (c.State == fleet.StateExpired || c.State == fleet.StateCanceled) && seen > 0:
			y.Errorf("%s is %s, but was delivered", id, c.State)
		case (c.State == fleet.StateAnswered || c.State == fleet.StateTimeout) && seen == 0:
			y.Errorf("%s is %s, but was not delivered", id, c.State)
		case c.State == fleet.StateSent:
			y.Errorf("%s is sent, and nobody waits for the answer", id)
		case seen > 1 && fleet.Repeatable(c.Version, c.Action) == "":
			y.Errorf("%s was delivered %d times", c.Action, seen)
		case c.State == fleet.StateQueued && seen > 0 && fleet.Repeatable(c.Version, c.Action) == "":
			y.Errorf("%s is to be delivered again", c.Action)
		case seen > 0 && c.Action == "":
			y.Errorf("%s was delivered, and nothing says as what", id)
		case seen > c.Attempts:
			y.Errorf("%s was delivered %d times, %d attempts are on record", id, seen, c.Attempts)
		}
	}
}
