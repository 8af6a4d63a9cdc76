package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// bulkTests are about one request to many stations.
func bulkTests() []test {
	return []test{
		{"BulksKeepEverything", testBulkFields},
		{"VerbsOfBulksBecomeRequests", testBulkVerbs},
		{"BulksEndWithTheirLastCommand", testBulkEnd},
		{"BulksOfNothing", testEmptyBulk},
		{"BulkKeys", testBulkKeys},
		{"BulksAreStopped", testBulkStop},
		{"BulksAfterACrash", testBulkRecovery},
		{"BulkCommandsAreListed", testBulkCommandFilters},
		{"BulkCommandsDoNotFillQueues", testBulkQueues},
		{"BulksAreListed", testBulkFilters},
		{"BulksAreKeptAsAWhole", testBulkRetention},
		{"BulksAndCommandsDoNotPushEachOtherOut", testBulkAndCommandRetention},
		{"TooManyBulks", testTooManyBulks},
		{"BulkNotices", testBulkNotices},
		{"LongAnswersOfBulks", testLongBulkAnswers},
	}
}

func newBulk(id string) fleet.Bulk {
	b := fleet.Bulk{
		ID: id, Action: "ClearCache", Payload: []byte(`{"a":1}`), Select: fleet.BulkSelection{All: true}, Concurrency: 7, Timeout: 3 * time.Second,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), State: fleet.BulkPreparing,
	}
	b.Request = b.Fingerprint()
	return b
}

// commandOf is the command of a bulk for a station, with the id BULK/STATION.
func commandOf(b fleet.Bulk, station string) fleet.Command {
	c := newCommand(b.ID+"/"+station, station, b.Action)
	c.Bulk, c.Lane, c.Payload, c.Verb = b.ID, fleet.LaneBulk, b.Payload, b.Verb
	return c
}

// prepare prepares a bulk with commands for stations.
func (f *fixture) prepare(b fleet.Bulk, stations ...string) fleet.Bulk {
	f.Helper()
	b.Stations = len(stations)
	f.ok(f.PrepareBulk(f.Context(), b))
	for some := range slices.Chunk(stations, store.BulkStep) {
		var list []fleet.Command
		for _, station := range some {
			list = append(list, commandOf(b, station))
		}
		f.ok(f.AddBulkCommands(f.Context(), b.ID, list))
	}
	return b
}

// startBulk makes a bulk that is running.
func (f *fixture) startBulk(b fleet.Bulk, stations ...string) fleet.Bulk {
	f.Helper()
	kept, started, err := f.StartBulk(f.Context(), f.prepare(b, stations...))
	f.ok(err)
	equal(f, "started", started, true)
	return kept
}

func (f *fixture) bulk(id string) fleet.Bulk {
	f.Helper()
	b, err := f.Bulk(f.Context(), id)
	f.ok(err)
	return b
}

// testBulkVerbs: a command of a verb has the arguments of its bulk, and what it becomes at each station.
func testBulkVerbs(f *fixture) {
	b := newBulk("b-1")
	b.Action, b.Payload, b.Verb, b.Arguments = "", nil, "report-base", []byte(`{"base":"full"}`)
	b.Request = b.Fingerprint()
	kept := f.startBulk(b, "A", "B", "C")
	f.startBulk(newBulk("b-2"), "A")
	f.restart(store.Options{})
	equal(f, "its verb", fmt.Sprintf("%s %s %q%q", kept.Verb, kept.Arguments, kept.Action, kept.Payload), `report-base {"base":"full"} """"`)
	equal(f, "as returned", fmt.Sprintf("%+v", f.bulk("b-1")), fmt.Sprintf("%+v", kept))
	c := f.command("b-1/A")
	equal(f, "before its turn", fmt.Sprintf("%s %s %q", c.Verb, c.Arguments, c.Action), `report-base {"base":"full"} ""`)
	for i, station := range []string{"A", "B"} {
		_, err := f.ChangeCommand(f.Context(), "b-1/"+station, func(c fleet.Command) (fleet.Command, error) {
			return c.Become("2.1", "GetBaseReport", fmt.Appendf(nil, `{"requestId":%d}`, i)).Send(1, "m", noon)
		})
		f.ok(err)
	}
	_, err := f.ChangeCommand(f.Context(), "b-1/C", func(c fleet.Command) (fleet.Command, error) { return c.Deny("it has no such thing", noon) })
	f.ok(err)
	f.restart(store.Options{})
	for i, station := range []string{"A", "B"} {
		c := f.command("b-1/" + station)
		equal(f, "what it became", fmt.Sprintf("%s %s %s %s", c.Version, c.Action, c.Payload, c.Arguments), fmt.Sprintf(`2.1 GetBaseReport {"requestId":%d} {"base":"full"}`, i))
	}
	equal(f, "what it did not become", f.command("b-1/C").State, fleet.StateInvalid)
	equal(f, "progress", f.progress("b-1"), "running sent=2 invalid=1")
	p, err := f.ListBulks(f.Context(), store.BulkQuery{Verb: "report-base"})
	f.ok(err)
	equal(f, "bulks of the verb", len(p.Items), 1)
	list, err := f.ListCommands(f.Context(), store.CommandQuery{Verb: "report-base"})
	f.ok(err)
	equal(f, "commands of the verb", len(list.Items), 3)
}

// answerCommand sends a command and has it answered.
func (f *fixture) answerCommand(id, response string) {
	f.Helper()
	f.sendCommand(id, "m-"+id)
	_, err := f.ChangeCommand(f.Context(), id, func(c fleet.Command) (fleet.Command, error) {
		return c.Answer("m-"+id, []byte(response), noon.Add(2*time.Second))
	})
	f.ok(err)
}

// progress is the state of a bulk and its counts.
func (f *fixture) progress(id string) string {
	f.Helper()
	b := f.bulk(id)
	counts := []string{string(b.State)}
	for _, s := range fleet.CommandStates() {
		if b.Counts[s] > 0 {
			counts = append(counts, fmt.Sprint(s, "=", b.Counts[s]))
		}
	}
	return strings.Join(counts, " ")
}

func testBulkFields(f *fixture) {
	b := newBulk("b-1")
	b.Key, b.Pace = "mine", 2.5
	b.Select = fleet.BulkSelection{Online: true, Version: "1.6", Vendor: "V", Model: "M", Firmware: "F", Tag: "t"}
	b = f.prepare(b, "A")
	invalid := commandOf(b, "B")
	invalid = invalid.Invalid("no such station", noon)
	invalid.Version = ""
	f.ok(f.AddBulkCommands(f.Context(), "b-1", []fleet.Command{invalid}))
	if _, err := f.Bulk(f.Context(), "b-1"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("while it is prepared: %v", err)
	}
	kept, _, err := f.StartBulk(f.Context(), b)
	f.ok(err)
	f.restart(store.Options{})
	equal(f, "as returned", fmt.Sprintf("%+v", f.bulk("b-1")), fmt.Sprintf("%+v", kept))
	b.Number, b.State = kept.Number, fleet.BulkRunning
	b.Counts, b.Statuses = map[fleet.CommandState]int{fleet.StateQueued: 1, fleet.StateInvalid: 1}, map[string]int{}
	equal(f, "as given", fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", b))
	c := commandOf(b, "A")
	c.Number = f.command("b-1/A").Number
	equal(f, "its command", fmt.Sprintf("%+v", f.command("b-1/A")), fmt.Sprintf("%+v", c))
	equal(f, "what is invalid", f.command("b-1/B").Detail, "no such station")
	next, err := f.NextCommand(f.Context(), "A", nil)
	f.ok(err)
	equal(f, "next", next.ID, "b-1/A")
	if _, err := f.NextCommand(f.Context(), "A", []string{"b-1"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("without that bulk: %v", err)
	}
	if err := f.AddBulkCommands(f.Context(), "b-1", []fleet.Command{commandOf(b, "C")}); !errors.Is(err, fleet.ErrBulkState) {
		f.Errorf("a command for one that runs: %v", err)
	}
	if err := f.PrepareBulk(f.Context(), fleet.Bulk{ID: "x", State: fleet.BulkDone}); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("a bulk that begins at its end: %v", err)
	}
}

func testBulkEnd(f *fixture) {
	f.startBulk(newBulk("b"), "A", "B", "C")
	f.answerCommand("b/A", `{"status":"Accepted"}`)
	f.answerCommand("b/B", `{"status":"Rejected"}`)
	equal(f, "progress", f.progress("b"), "running queued=1 answered=2")
	equal(f, "statuses", fmt.Sprint(f.bulk("b").Statuses), "map[Accepted:1 Rejected:1]")
	_, err := f.ChangeCommand(f.Context(), "b/C", func(c fleet.Command) (fleet.Command, error) { return c.Cancel("no", noon) })
	f.ok(err)
	equal(f, "progress", f.progress("b"), "done answered=2 canceled=1")
	equal(f, "has an end", f.bulk("b").EndedAt.IsZero(), false)
	if _, err := f.StopBulk(f.Context(), "b", noon); !errors.Is(err, fleet.ErrBulkState) {
		f.Errorf("stopping what is over: %v", err)
	}
	f.startBulk(newBulk("late"), "A")
	_, _, err = f.ExpireCommands(f.Context(), noon.Add(2*time.Hour))
	f.ok(err)
	equal(f, "progress", f.progress("late"), "done expired=1")
}

func testEmptyBulk(f *fixture) {
	f.startBulk(newBulk("b"))
	equal(f, "progress", f.progress("b"), "done")
	b := f.prepare(newBulk("invalid"))
	f.ok(f.AddBulkCommands(f.Context(), b.ID, []fleet.Command{commandOf(b, "A").Invalid("no", noon)}))
	_, _, err := f.StartBulk(f.Context(), b)
	f.ok(err)
	equal(f, "progress", f.progress("invalid"), "done invalid=1")
}

func testBulkKeys(f *fixture) {
	b := newBulk("b-1")
	b.Key = "mine"
	f.startBulk(b, "A")
	b.ID = "b-2"
	again, started, err := f.StartBulk(f.Context(), f.prepare(b, "A", "B"))
	f.ok(err)
	equal(f, "started", started, false)
	equal(f, "the first one", again.ID, "b-1")
	equal(f, "its counts", again.Counts[fleet.StateQueued], 1)
	f.ok(f.DropBulk(f.Context(), "b-2"))
	if _, err := f.Command(f.Context(), "b-2/A"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a command of what was dropped: %v", err)
	}
	f.ok(f.DropBulk(f.Context(), "b-1")) // which runs
	equal(f, "progress", f.progress("b-1"), "running queued=1")
	b.ID, b.Action = "b-3", "Reset"
	b.Request = b.Fingerprint()
	if _, _, err := f.StartBulk(f.Context(), f.prepare(b)); !errors.Is(err, store.ErrKeyTaken) {
		f.Errorf("another request under the key: %v", err)
	}
	if _, _, err := f.StartBulk(f.Context(), fleet.Bulk{ID: "none"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("what was not prepared: %v", err)
	}
}

func testBulkStop(f *fixture) {
	b := newBulk("b")
	b.Action = "GetConfiguration"
	var stations []string
	for i := range store.BulkStep + 10 {
		stations = append(stations, fmt.Sprintf("S%03d", i))
	}
	f.startBulk(b, stations...)
	f.sendCommand("b/S000", "m-0")
	f.sendCommand("b/S001", "m-1")
	list, err := f.CancelBulkCommands(f.Context(), "b", noon)
	f.ok(err)
	equal(f, "canceled while it runs", len(list), 0)
	stopped, err := f.StopBulk(f.Context(), "b", noon.Add(time.Second))
	f.ok(err)
	equal(f, "state", stopped.State, fleet.BulkStopping)
	_, err = f.StopBulk(f.Context(), "b", noon.Add(time.Hour)) // again changes nothing
	f.ok(err)
	equalTime(f, "stopped", f.bulk("b").StoppedAt, noon.Add(time.Second))
	// What reads would be repeated, but not now.
	_, err = f.ChangeCommand(f.Context(), "b/S000", func(c fleet.Command) (fleet.Command, error) { return c.Lose("m-0", "gone", noon) })
	f.ok(err)
	equal(f, "what was lost", f.command("b/S000").State, fleet.StateUnknown)
	for _, want := range []int{store.BulkStep, 8, 0} {
		list, err := f.CancelBulkCommands(f.Context(), "b", noon)
		f.ok(err)
		equal(f, "canceled", len(list), want)
	}
	equal(f, "progress", f.progress("b"), fmt.Sprintf("stopping sent=1 unknown=1 canceled=%d", store.BulkStep+8))
	_, err = f.ChangeCommand(f.Context(), "b/S001", func(c fleet.Command) (fleet.Command, error) { return c.Answer("m-1", []byte(`{}`), noon) })
	f.ok(err)
	equal(f, "state", f.bulk("b").State, fleet.BulkStopped)
	if _, err := f.StopBulk(f.Context(), "none", noon); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such bulk: %v", err)
	}
}

func testBulkRecovery(f *fixture) {
	f.prepare(newBulk("prepared"), "A", "B")
	f.startBulk(newBulk("b"), "A", "B")
	f.sendCommand("b/A", "m")
	f.startBulk(newBulk("stopping"), "A", "B")
	f.sendCommand("stopping/A", "m-2")
	_, err := f.StopBulk(f.Context(), "stopping", noon)
	f.ok(err)
	f.restart(store.Options{})
	f.ok(f.RecoverBulks(f.Context()))
	_, err = f.RecoverCommands(f.Context(), noon)
	f.ok(err)
	equal(f, "running", f.progress("b"), "running queued=1 unknown=1")
	equal(f, "stopping", f.progress("stopping"), "stopping queued=1 unknown=1")
	if _, err := f.Command(f.Context(), "prepared/A"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a command of what nobody was told of: %v", err)
	}
	_, err = f.CancelBulkCommands(f.Context(), "stopping", noon)
	f.ok(err)
	equal(f, "stopped", f.progress("stopping"), "stopped unknown=1 canceled=1")
}

func testBulkCommandFilters(f *fixture) {
	f.startBulk(newBulk("b"), "A", "B", "C")
	f.startBulk(newBulk("other"), "A")
	f.answerCommand("b/A", `{"status":"Accepted"}`)
	f.answerCommand("b/B", `{"status":"Rejected"}`)
	for _, test := range []struct {
		q    store.CommandQuery
		want string
	}{
		{store.CommandQuery{Bulk: "b"}, "b/C b/B b/A"},
		{store.CommandQuery{Bulk: "b", State: fleet.StateAnswered}, "b/B b/A"},
		{store.CommandQuery{Bulk: "b", State: fleet.StateAnswered, Status: "Accepted"}, "b/A"},
		{store.CommandQuery{Bulk: "b", Station: "B"}, "b/B"},
		{store.CommandQuery{Bulk: "other"}, "other/A"},
		{store.CommandQuery{Status: "Rejected"}, "b/B"},
	} {
		var got []string
		test.q.Limit = 1
		for _, c := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Command], error) {
			test.q.Cursor = cursor
			return f.ListCommands(ctx, test.q)
		}) {
			got = append(got, c.ID)
			equal(f, "payload", string(c.Payload), `{"a":1}`)
		}
		equal(f, fmt.Sprintf("%+v", test.q), strings.Join(got, " "), test.want)
	}
}

// testBulkQueues: a bulk neither finds a full queue nor fills one.
func testBulkQueues(f *fixture) {
	f.startBulk(newBulk("first"), "A")
	for i := range store.MaxQueuedCommands {
		f.addCommand(newCommand(fmt.Sprint("q-", i), "A", "Reset"))
	}
	f.startBulk(newBulk("second"), "A")
	next, err := f.NextCommand(f.Context(), "A", nil)
	f.ok(err)
	equal(f, "people go first", next.ID, "q-0")
}

func testBulkFilters(f *fixture) {
	for i, id := range []string{"a", "b", "c"} {
		b := newBulk(id)
		b.Key = "key-" + id
		b.Action = []string{"Reset", "ClearCache", "Reset"}[i]
		f.startBulk(b, []string{"A", "B"}[:i%2+1]...)
	}
	f.answerCommand("a/A", `{}`)
	f.prepare(newBulk("prepared"), "A")
	for _, test := range []struct {
		q    store.BulkQuery
		want string
	}{
		{store.BulkQuery{}, "c b a"},
		{store.BulkQuery{State: fleet.BulkDone}, "a"},
		{store.BulkQuery{State: fleet.BulkRunning}, "c b"},
		{store.BulkQuery{Action: "Reset"}, "c a"},
		{store.BulkQuery{Key: "key-b"}, "b"},
		{store.BulkQuery{Key: "key"}, ""},
	} {
		var got []string
		test.q.Limit = 1
		for _, b := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Bulk], error) {
			test.q.Cursor = cursor
			return f.ListBulks(ctx, test.q)
		}) {
			got = append(got, b.ID)
			if b.ID == "b" {
				equal(f, "counted", b.Counts[fleet.StateQueued], 2)
			}
		}
		equal(f, fmt.Sprintf("%+v", test.q), strings.Join(got, " "), test.want)
	}
	if _, err := f.ListBulks(f.Context(), store.BulkQuery{Cursor: "?"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("a cursor: %v", err)
	}
}

// finish makes a bulk that has ended.
func (f *fixture) finish(id string, stations ...string) {
	f.Helper()
	f.startBulk(newBulk(id), stations...)
	for _, s := range stations {
		f.answerCommand(id+"/"+s, `{"status":"Accepted"}`)
	}
}

func (f *fixture) bulkIDs() string {
	f.Helper()
	p, err := f.ListBulks(f.Context(), store.BulkQuery{})
	f.ok(err)
	var ids []string
	for _, b := range p.Items {
		ids = append(ids, b.ID)
	}
	return strings.Join(ids, " ")
}

func testBulkRetention(f *fixture) {
	f.restart(store.Options{KeepBulkCommands: 5, KeepBulks: 3})
	f.startBulk(newBulk("running"), "A")
	f.finish("a", "A", "B")
	f.finish("b", "A", "B")
	equal(f, "within the bound", f.bulkIDs(), "b a running")
	f.finish("c", "A", "B")
	equal(f, "the oldest goes as a whole", f.bulkIDs(), "c b running")
	f.finish("d", "A", "B", "C", "D", "E", "F", "G")
	equal(f, "the latest stays whatever its size", f.bulkIDs(), "d running")
	f.finish("e")
	f.finish("f")
	f.finish("g")
	equal(f, "so many", f.bulkIDs(), "g f e running")
	f.finish("h", "A", "B") // passes the time
	for _, gone := range []string{"a/A", "b/B", "d/A"} {
		if _, err := f.Command(f.Context(), gone); !errors.Is(err, store.ErrNotFound) {
			f.Errorf("%s: %v", gone, err)
		}
	}
}

func testBulkAndCommandRetention(f *fixture) {
	f.restart(store.Options{KeepCommands: 3})
	var stations []string
	for i := range 10 {
		stations = append(stations, fmt.Sprint("S", i))
	}
	for i := range 5 {
		id := fmt.Sprint("c-", i)
		f.addCommand(newCommand(id, "A", "Reset"))
		f.answerCommand(id, `{}`)
	}
	f.finish("b", stations...)
	p, err := f.ListCommands(f.Context(), store.CommandQuery{Station: "A"})
	f.ok(err)
	equal(f, "commands after a bulk", len(p.Items), 3)
	for i := range 5 {
		id := fmt.Sprint("d-", i)
		f.addCommand(newCommand(id, "A", "Reset"))
		f.answerCommand(id, `{}`)
	}
	equal(f, "a bulk after commands", f.progress("b"), "done answered=10")
}

func testTooManyBulks(f *fixture) {
	for i := range store.MaxRunningBulks {
		f.startBulk(newBulk(fmt.Sprint("b-", i)), "A")
	}
	if err := f.PrepareBulk(f.Context(), newBulk("more")); !errors.Is(err, store.ErrTooManyBulks) {
		f.Errorf("one more: %v", err)
	}
	f.answerCommand("b-0/A", `{}`)
	f.startBulk(newBulk("more"), "A")
}

func testBulkNotices(f *fixture) {
	f.startBulk(newBulk("b"), "A")
	f.answerCommand("b/A", `{"status":"Accepted"}`)
	list, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	var kinds []string
	for _, n := range list {
		kinds = append(kinds, string(n.Kind))
	}
	equal(f, "notices", strings.Join(kinds, " "), "bulk.started command.sent command.done bulk.done")
	if data := string(list[2].Data); !strings.Contains(data, `"bulk":"b"`) || strings.Contains(data, "payload") {
		f.Errorf("of a command: %s", data)
	}
	if data := string(list[3].Data); !strings.Contains(data, `"state":"done"`) || !strings.Contains(data, `"stations":1`) {
		f.Errorf("the end: %s", data)
	}
}

func testLongBulkAnswers(f *fixture) {
	f.startBulk(newBulk("b"), "A", "B")
	long := `{"status":"Accepted","a":"` + strings.Repeat("x", fleet.MaxBulkResponse) + `"}`
	f.answerCommand("b/A", long)
	c := f.command("b/A")
	equal(f, "kept of a long answer", len(c.Response), 0)
	equal(f, "its status", c.Status, "Accepted")
	equal(f, "says so", strings.Contains(c.Detail, "is not kept"), true)
	f.addCommand(newCommand("c", "A", "Reset"))
	f.answerCommand("c", long)
	equal(f, "of a single one", len(f.command("c").Response), len(long))
}
