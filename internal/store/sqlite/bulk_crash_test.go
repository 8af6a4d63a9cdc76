package sqlite

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"pgregory.net/rapid"
)

// TestBulksTellNoLiesAfterCrashes: bulks are made, sent, answered, lost and stopped while commits fail before they are written and
// after, and the process ends between any two steps. In the end a bulk that somebody was told of is complete, what it says of
// each station agrees with what the station has seen, it is over exactly when nothing of it is left, and nothing of it was sent
// after it was stopped.
func TestBulksTellNoLiesAfterCrashes(t *testing.T) {
	dir, round := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		y := &bulkYard{
			commandYard: commandYard{T: t, dir: fmt.Sprint(dir, "/", round), now: noon, seen: map[string]int{}, wire: map[string]string{}},
			told:        map[string]bool{}, stopped: map[string]int{},
		}
		y.open()
		defer y.close()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			y.step()
		}
		y.fault.Store("")
		y.restart()
		y.judge()
	})
}

// bulkYard is a store that fails, with bulks for the same three stations.
type bulkYard struct {
	commandYard
	bulks   []string
	told    map[string]bool // those whose caller knows of them
	stopped map[string]int  // deliveries of those that were stopped, at that time
}

var yardStations = []string{"A", "B", "C"}

func (y *bulkYard) restart() {
	y.commandYard.restart()
	if err := y.db.RecoverBulks(y.Context()); err != nil {
		y.Fatal(err)
	}
}

func (y *bulkYard) step() {
	y.now = y.now.Add(time.Duration(rapid.IntRange(0, 2).Draw(y.T, "minutes")) * time.Minute)
	event := rapid.SampledFrom([]string{"make", "command", "command", "command", "command", "stop", "crash"}).Draw(y.T, "event")
	switch {
	case event == "make" && len(y.bulks) < 4:
		y.make()
	case event == "command" && len(y.ids) > 0:
		y.commandYard.step() // of which a crash is one, too
	case event == "stop" && len(y.bulks) > 0:
		y.stop(rapid.SampledFrom(y.bulks).Draw(y.T, "bulk"))
	case event == "crash":
		y.fault.Store("")
		y.restart()
	}
	y.healthy()
}

// fail has the next commit fail, perhaps.
func (y *bulkYard) fail(what string) {
	y.healthy()
	y.fault.Store(rapid.SampledFrom([]string{"", "", "", "before", "after"}).Draw(y.T, what))
}

func (y *bulkYard) make() {
	b := fleet.Bulk{
		ID: fmt.Sprint("b-", len(y.bulks)), Action: rapid.SampledFrom([]string{"ClearCache", "GetConfiguration"}).Draw(y.T, "action"),
		Payload: []byte(`{}`), Select: fleet.BulkSelection{All: true}, Concurrency: 1, CreatedAt: y.now, ExpiresAt: y.now.Add(10 * time.Minute),
		State: fleet.BulkPreparing, Stations: len(yardStations),
	}
	if rapid.Bool().Draw(y.T, "verb") { // which becomes that action when it is sent
		b.Verb, b.Arguments = map[string]string{"ClearCache": "clear-cache", "GetConfiguration": "get-variables"}[b.Action], []byte(`{}`)
		b.Action, b.Payload = "", nil
	}
	y.bulks = append(y.bulks, b.ID)
	var list []fleet.Command
	for i, station := range yardStations {
		c := fleet.Command{
			ID: b.ID + station, Bulk: b.ID, Station: station, Version: "1.6", Action: b.Action, Verb: b.Verb, Payload: []byte(`{}`), Lane: fleet.LaneBulk,
			CreatedAt: b.CreatedAt, ExpiresAt: b.ExpiresAt, State: fleet.StateQueued,
		}
		if i == 2 && rapid.Bool().Draw(y.T, "invalid") {
			c = c.Invalid("no", y.now)
		}
		list = append(list, c)
	}
	y.fail("prepare")
	if y.db.PrepareBulk(y.Context(), b) != nil {
		return
	}
	for i := range list {
		y.fail("add")
		if y.db.AddBulkCommands(y.Context(), b.ID, list[i:i+1]) != nil {
			return
		}
	}
	y.fail("start")
	if _, started, err := y.db.StartBulk(y.Context(), b); err == nil && started {
		y.told[b.ID] = true
		for _, c := range list {
			y.ids = append(y.ids, c.ID)
		}
	}
}

func (y *bulkYard) stop(id string) {
	y.fail("stop")
	if _, err := y.db.StopBulk(y.Context(), id, y.now); err != nil {
		return
	}
	for {
		y.fail("cancel")
		canceled, err := y.db.CancelBulkCommands(y.Context(), id, y.now)
		if err != nil {
			return
		}
		if len(canceled) == 0 {
			y.stopped[id] = y.deliveries(id)
			return
		}
	}
}

func (y *bulkYard) deliveries(bulk string) (n int) {
	for _, station := range yardStations {
		n += y.seen[bulk+station]
	}
	return n
}

func (y *bulkYard) judge() {
	y.commandYard.judge()
	for _, id := range y.bulks {
		b, err := y.db.Bulk(y.Context(), id)
		if errors.Is(err, store.ErrNotFound) && !y.told[id] {
			p, err := y.db.ListCommands(y.Context(), store.CommandQuery{Bulk: id})
			if err != nil || len(p.Items) > 0 {
				y.Errorf("%s is none, and has %d commands: %v", id, len(p.Items), err)
			}
			continue
		}
		if err != nil {
			y.Fatalf("%s, of which somebody was told: %v", id, err)
		}
		sum := 0
		for _, n := range b.Counts {
			sum += n
		}
		left := b.Counts[fleet.StateQueued] + b.Counts[fleet.StateSent]
		stopped, wasStopped := y.stopped[id]
		switch {
		case sum != len(yardStations):
			y.Errorf("%s has %v of %d commands", id, b.Counts, len(yardStations))
		case b.State.Final() != (left == 0) || b.State.Final() == b.EndedAt.IsZero():
			y.Errorf("%s is %s since %v, with %v", id, b.State, b.EndedAt, b.Counts)
		case wasStopped && (b.State != fleet.BulkStopped || b.Counts[fleet.StateQueued] > 0):
			y.Errorf("%s was stopped, and is %s with %v", id, b.State, b.Counts)
		case wasStopped && y.deliveries(id) != stopped:
			y.Errorf("%s was stopped, and %d commands of it were sent after that", id, y.deliveries(id)-stopped)
		}
	}
}
