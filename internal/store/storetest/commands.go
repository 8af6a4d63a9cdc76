package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// commandTests are about commands that are kept.
func commandTests() []test {
	return []test{
		{"CommandsKeepEverything", testCommandFields},
		{"CommandKeys", testCommandKeys},
		{"CommandsTakeTurns", testCommandTurns},
		{"CommandsExpire", testCommandExpiry},
		{"CommandsAfterACrash", testCommandRecovery},
		{"CommandChangesAreRefused", testCommandRefusals},
		{"CommandsChangeOneAfterTheOther", testCommandRace},
		{"CommandsAreListedByFilters", testCommandFilters},
		{"CommandsAreBounded", testCommandBounds},
		{"CommandNotices", testCommandNotices},
	}
}

func newCommand(id, station, action string) fleet.Command {
	return fleet.Command{
		ID: id, Station: station, Version: "1.6", Action: action, Payload: []byte(`{"a":1}`), Lane: fleet.LanePeople,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), State: fleet.StateQueued,
	}
}

func (f *fixture) addCommand(c fleet.Command) fleet.Command {
	f.Helper()
	kept, added, err := f.AddCommand(f.Context(), c)
	f.ok(err)
	equal(f, "added", added, true)
	return kept
}

func (f *fixture) sendCommand(id, message string) fleet.Command {
	f.Helper()
	c, err := f.ChangeCommand(f.Context(), id, func(c fleet.Command) (fleet.Command, error) { return c.Send(7, message, noon.Add(time.Second)) })
	f.ok(err)
	return c
}

func (f *fixture) command(id string) fleet.Command {
	f.Helper()
	c, err := f.Command(f.Context(), id)
	f.ok(err)
	return c
}

func testCommandFields(f *fixture) {
	c := newCommand("c-1", "A", "Reset")
	c.Key, c.Lane, c.ExpiresAt, c.Timeout = "mine", fleet.LaneCharging, noon.Add(time.Hour+time.Microsecond), 1500*time.Millisecond
	kept := f.addCommand(c)
	equal(f, "as returned", fmt.Sprintf("%+v", f.command("c-1")), fmt.Sprintf("%+v", kept))
	c.Number = kept.Number
	equal(f, "as given", fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", c))
	sent := f.sendCommand("c-1", "m-1")
	equal(f, "sent", fmt.Sprintf("%+v", f.command("c-1")), fmt.Sprintf("%+v", sent))
	done, err := f.ChangeCommand(f.Context(), "c-1", func(c fleet.Command) (fleet.Command, error) {
		return c.Answer("m-1", []byte(`{"status":"Accepted"}`), noon.Add(2*time.Second))
	})
	f.ok(err)
	f.restart(store.Options{})
	equal(f, "answered", fmt.Sprintf("%+v", f.command("c-1")), fmt.Sprintf("%+v", done))
	equal(f, "state", done.State, fleet.StateAnswered)
	equal(f, "epoch", done.Epoch, 7)
	equal(f, "status", done.Status, "Accepted")
	if _, err := f.Command(f.Context(), "c-2"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such command: %v", err)
	}
}

func testCommandKeys(f *fixture) {
	c := newCommand("c-1", "A", "Reset")
	c.Key = "mine"
	first := f.addCommand(c)
	c.ID, c.Payload, c.ExpiresAt = "c-2", []byte(`{ "a" : 1 }`), noon.Add(2*time.Hour)
	again, added, err := f.AddCommand(f.Context(), c)
	f.ok(err)
	equal(f, "added", added, false)
	equal(f, "the first one", again.ID, first.ID)
	c.Action = "ClearCache"
	if _, _, err := f.AddCommand(f.Context(), c); !errors.Is(err, store.ErrKeyTaken) {
		f.Errorf("another request under the key: %v", err)
	}
	v := newCommand("v-1", "A", "GetBaseReport")
	v.Key, v.Verb, v.Arguments = "verb", "report-base", []byte(`{"base":"full"}`)
	f.addCommand(v)
	v.ID, v.Payload = "v-2", []byte(`{"requestId":2}`)
	again, added, err = f.AddCommand(f.Context(), v)
	f.ok(err)
	equal(f, "the first verb", fmt.Sprint(again.ID, added, again.Verb, string(again.Arguments)), `v-1falsereport-base{"base":"full"}`)
	v.Arguments = []byte(`{"base":"summary"}`)
	if _, _, err := f.AddCommand(f.Context(), v); !errors.Is(err, store.ErrKeyTaken) {
		f.Errorf("other arguments under the key: %v", err)
	}
	f.addCommand(newCommand("c-3", "A", "Reset")) // without a key there may be any number
	f.addCommand(newCommand("c-4", "A", "Reset"))
	var wg sync.WaitGroup
	for i := range 8 { // of those that come at once, one is added
		wg.Go(func() {
			c := newCommand(fmt.Sprint("r-", i), "B", "Reset")
			c.Key = "race"
			if _, _, err := f.AddCommand(f.Context(), c); err != nil {
				f.Error(err)
			}
		})
	}
	wg.Wait()
	p, err := f.ListCommands(f.Context(), store.CommandQuery{Station: "B"})
	f.ok(err)
	equal(f, "commands of one key", len(p.Items), 1)
}

func testCommandTurns(f *fixture) {
	for i, lane := range []fleet.CommandLane{fleet.LaneBulk, fleet.LaneCharging, fleet.LanePeople, fleet.LaneBulk, fleet.LanePeople} {
		c := newCommand(fmt.Sprint(lane, i), "A", "Reset")
		c.Lane = lane
		f.addCommand(c)
	}
	f.addCommand(newCommand("other", "B", "Reset"))
	stations, err := f.QueuedStations(f.Context())
	f.ok(err)
	equal(f, "stations", len(stations), 2)
	var got []string
	for {
		c, err := f.NextCommand(f.Context(), "A", nil)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		f.ok(err)
		got = append(got, c.ID)
		f.sendCommand(c.ID, "m")
	}
	equal(f, "order", strings.Join(got, " "), "people2 people4 charging1 bulk0 bulk3")
	stations, err = f.QueuedStations(f.Context())
	f.ok(err)
	equal(f, "stations", strings.Join(stations, " "), "B")
}

func testCommandExpiry(f *fixture) {
	for i := range 3 {
		c := newCommand(fmt.Sprint("c-", i), "A", "Reset")
		c.ExpiresAt = noon.Add(time.Duration(i) * time.Minute)
		f.addCommand(c)
	}
	sent := newCommand("sent", "A", "Reset")
	f.addCommand(sent)
	f.sendCommand("sent", "m")
	expired, next, err := f.ExpireCommands(f.Context(), noon.Add(time.Minute))
	f.ok(err)
	equal(f, "expired", len(expired), 2)
	equal(f, "state", f.command("c-1").State, fleet.StateExpired)
	equal(f, "not yet", f.command("c-2").State, fleet.StateQueued)
	equalTime(f, "next", next, noon.Add(2*time.Minute))
	expired, next, err = f.ExpireCommands(f.Context(), noon.Add(2*time.Hour))
	f.ok(err)
	equal(f, "expired", len(expired), 1)
	equalTime(f, "next", next, time.Time{})
	equal(f, "sent", f.command("sent").State, fleet.StateSent)
}

func testCommandRecovery(f *fixture) {
	for _, action := range []string{"Reset", "GetConfiguration", "ClearCache"} {
		f.addCommand(newCommand(action, "A", action))
	}
	f.sendCommand("Reset", "m-1")
	f.sendCommand("GetConfiguration", "m-2")
	f.restart(store.Options{})
	n, err := f.RecoverCommands(f.Context(), noon.Add(time.Minute))
	f.ok(err)
	equal(f, "recovered", n, 2)
	equal(f, "what acts", f.command("Reset").State, fleet.StateUnknown)
	equal(f, "what reads", f.command("GetConfiguration").State, fleet.StateQueued)
	equal(f, "its attempts", f.command("GetConfiguration").Attempts, 1)
	equal(f, "what was not sent", f.command("ClearCache").State, fleet.StateQueued)
	c, err := f.NextCommand(f.Context(), "A", nil)
	f.ok(err)
	equal(f, "in its old place", c.ID, "GetConfiguration")
}

func testCommandRefusals(f *fixture) {
	f.addCommand(newCommand("c-1", "A", "Reset"))
	before := f.command("c-1")
	if _, err := f.ChangeCommand(f.Context(), "c-1", func(c fleet.Command) (fleet.Command, error) {
		return c.Answer("m", nil, noon)
	}); !errors.Is(err, fleet.ErrCommandState) {
		f.Errorf("an answer to what was not sent: %v", err)
	}
	equal(f, "unchanged", fmt.Sprint(f.command("c-1")), fmt.Sprint(before))
	if _, err := f.ChangeCommand(f.Context(), "c-2", func(c fleet.Command) (fleet.Command, error) { return c, nil }); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such command: %v", err)
	}
	done := newCommand("c-3", "A", "Reset")
	done.State = fleet.StateAnswered
	if _, _, err := f.AddCommand(f.Context(), done); !errors.Is(err, fleet.ErrInvalidEvent) {
		f.Errorf("a command that begins at its end: %v", err)
	}
	if _, err := f.ListCommands(f.Context(), store.CommandQuery{Cursor: "?"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("a cursor: %v", err)
	}
}

// testCommandRace: sending and canceling exclude each other.
func testCommandRace(f *fixture) {
	for i := range 20 {
		id := fmt.Sprint("c-", i)
		f.addCommand(newCommand(id, "A", "Reset"))
		var sent, canceled error
		var wg sync.WaitGroup
		wg.Go(func() {
			_, sent = f.ChangeCommand(f.Context(), id, func(c fleet.Command) (fleet.Command, error) { return c.Send(1, "m", noon) })
		})
		wg.Go(func() {
			_, canceled = f.ChangeCommand(f.Context(), id, func(c fleet.Command) (fleet.Command, error) { return c.Cancel("no", noon) })
		})
		wg.Wait()
		if (sent == nil) == (canceled == nil) {
			f.Errorf("%s: sent %v, canceled %v", id, sent, canceled)
		}
		if state := f.command(id).State; (state == fleet.StateSent) != (sent == nil) {
			f.Errorf("%s is %s, sent %v", id, state, sent)
		}
	}
}

func testCommandFilters(f *fixture) {
	for i, c := range []fleet.Command{
		newCommand("a", "A", "Reset"), newCommand("b", "A", "ClearCache"), newCommand("c", "B", "Reset"), newCommand("d", "B", "Reset"),
	} {
		if i == 3 {
			c.Lane, c.Key = fleet.LaneBulk, "mine"
		}
		f.addCommand(c)
	}
	f.sendCommand("c", "m")
	for _, test := range []struct {
		q    store.CommandQuery
		want string
	}{
		{store.CommandQuery{}, "dcba"},
		{store.CommandQuery{Station: "A"}, "ba"},
		{store.CommandQuery{Action: "Reset"}, "dca"},
		{store.CommandQuery{State: fleet.StateSent}, "c"},
		{store.CommandQuery{Lane: fleet.LaneBulk}, "d"},
		{store.CommandQuery{Key: "mine"}, "d"},
		{store.CommandQuery{Key: "other"}, ""},
		{store.CommandQuery{Station: "B", Action: "Reset", State: fleet.StateQueued}, "d"},
	} {
		var got strings.Builder
		test.q.Limit = 1
		for _, c := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Command], error) {
			test.q.Cursor = cursor
			return f.ListCommands(ctx, test.q)
		}) {
			got.WriteString(c.ID)
		}
		equal(f, fmt.Sprintf("%+v", test.q), got.String(), test.want)
	}
}

func testCommandBounds(f *fixture) {
	f.restart(store.Options{KeepCommands: 5})
	for i := range store.MaxQueuedCommands {
		f.addCommand(newCommand(fmt.Sprint("q-", i), "A", "Reset"))
	}
	if _, _, err := f.AddCommand(f.Context(), newCommand("one more", "A", "Reset")); !errors.Is(err, store.ErrQueueFull) {
		f.Errorf("one more: %v", err)
	}
	for i := range 20 {
		id := fmt.Sprint("d-", i)
		f.addCommand(newCommand(id, "B", "Reset"))
		_, err := f.ChangeCommand(f.Context(), id, func(c fleet.Command) (fleet.Command, error) { return c.Cancel("no", noon) })
		f.ok(err)
	}
	p, err := f.ListCommands(f.Context(), store.CommandQuery{Station: "B"})
	f.ok(err)
	equal(f, "kept of what is over", len(p.Items), 5)
	p, err = f.ListCommands(f.Context(), store.CommandQuery{Station: "A", Limit: store.MaxLimit})
	f.ok(err)
	equal(f, "kept of what waits", len(p.Items), store.MaxQueuedCommands)
}

func testCommandNotices(f *fixture) {
	c := newCommand("c-1", "A", "GetConfiguration")
	c.Key = "k"
	f.addCommand(c)
	_, _, err := f.AddCommand(f.Context(), c) // the same again is no news
	f.ok(err)
	f.sendCommand("c-1", "m-1")
	_, err = f.ChangeCommand(f.Context(), "c-1", func(c fleet.Command) (fleet.Command, error) { return c.Lose("m-1", "gone", noon) })
	f.ok(err)
	f.sendCommand("c-1", "m-2")
	_, err = f.ChangeCommand(f.Context(), "c-1", func(c fleet.Command) (fleet.Command, error) {
		return c.Refuse("m-2", "NotSupported", "no", noon)
	})
	f.ok(err)
	list, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	var kinds []string
	for _, n := range list {
		kinds = append(kinds, string(n.Kind))
		equal(f, "station", n.Station, "A")
	}
	equal(f, "notices", strings.Join(kinds, " "), "command.queued command.sent command.queued command.sent command.done")
	if data := string(list[4].Data); !strings.Contains(data, `"outcome":"refused"`) || !strings.Contains(data, `"id":"c-1"`) {
		f.Errorf("the end: %s", data)
	}
}
