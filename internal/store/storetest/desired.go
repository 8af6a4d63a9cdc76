package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fixture) desired(q store.DesiredQuery) []fleet.DesiredValue {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.DesiredValue], error) {
		q.Cursor = cursor
		return f.ListDesired(ctx, q)
	})
}

// wanted is a desired value of a configuration key.
func wanted(key, value string) fleet.DesiredValue {
	return fleet.DesiredValue{Setting: fleet.Setting{Variable: key}, Attribute: fleet.AttributeActual, Value: value, Apply: true, Since: noon}
}

// key is what a station tells of a configuration key.
func key(name, value string) fleet.Variable {
	return fleet.Variable{Station: "A", Setting: fleet.Setting{Variable: name}, Attribute: fleet.AttributeActual, Value: &value, Received: noon}
}

func testDesiredValues(f *fixture) {
	full := fullVariable()
	f.submit(told(nil, full, key("HeartbeatInterval", "60")))
	f.submit(fleet.Booted{Station: "B", Received: noon})
	v := fleet.DesiredValue{Setting: full.Setting, Attribute: full.Attribute, Value: "7", Since: noon}
	f.ok(f.Desire(f.Context(), store.Wish{Stations: []string{"A", "B"}, Values: []fleet.DesiredValue{v, wanted("HeartbeatInterval", "60.0")}}))
	got := f.desired(store.DesiredQuery{Limit: 1})
	equal(f, "values", len(got), 4)
	v.Station, v.State, v.Actual = "A", fleet.DesiredDrift, full.Value
	equalJSON(f, "value", got[1], v)
	equal(f, "the same number", got[0].State, fleet.DesiredSame)
	equal(f, "of another station", got[2].State, fleet.DesiredUnknown)
	for i, q := range []store.DesiredQuery{
		{Station: "A"}, {State: fleet.DesiredUnknown}, {Drift: new(true)}, {Drift: new(false)}, {SettingQuery: store.SettingQuery{Variable: "heartbeatINTERVAL"}},
		{Attribute: "MaxSet"}, {Key: v.Key()}, {Station: "C"},
	} {
		equal(f, fmt.Sprintf("%+v", q), len(f.desired(q)), []int{2, 2, 1, 3, 2, 2, 2, 0}[i])
	}
	equal(f, "variables that drift", len(f.variables(store.VariableQuery{Drift: true})), 1)
	counts, err := f.CountDesired(f.Context(), store.DesiredQuery{})
	f.ok(err)
	equal(f, "counts", len(counts), 4)
	equal(f, "count", counts[0], store.DesiredCount{Variable: "HeartbeatInterval", State: fleet.DesiredSame, Values: 1})
	stations, err := f.DesiringStations(f.Context())
	f.ok(err)
	equal(f, "stations", fmt.Sprint(stations), "[A B]")

	f.ok(f.TryDesired(f.Context(), "A", []string{v.Key()}, noon.Add(time.Hour)))
	equalTime(f, "tried", f.desired(store.DesiredQuery{Station: "A", Drift: new(true)})[0].Tried, noon.Add(time.Hour))
	n, err := f.Undesire(f.Context(), store.DesiredQuery{Station: "A", SettingQuery: store.SettingQuery{Component: "EVSE"}})
	f.ok(err)
	equal(f, "removed", n, 1)
	equal(f, "values", len(f.desired(store.DesiredQuery{})), 3)
	if err := f.Desire(f.Context(), store.Wish{Stations: []string{"A", "nobody"}, Values: []fleet.DesiredValue{wanted("X", "1")}}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of nobody: %v", err)
	}
	for _, secret := range []fleet.DesiredValue{wanted("AuthorizationKey", "x"), wanted("Url", "https://a:b@c")} {
		if err := f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: []fleet.DesiredValue{secret}}); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("a secret: %v", err)
		}
	}
	equal(f, "values", len(f.desired(store.DesiredQuery{})), 3)
	equal(f, "notices", len(f.notices(fleet.NoticeDesired)), 3)
}

// testDesiredStates: what a station tells and answers changes the state in the same commit, and it is there after a restart.
func testDesiredStates(f *fixture) {
	f.submit(told(nil, key("K", "60")))
	f.ok(f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: []fleet.DesiredValue{wanted("k", "300")}}))
	answer := func(value, status string) {
		f.submit(fleet.DeviceAnswered{Station: "A", Received: noon, Action: "ChangeConfiguration", Answers: []fleet.DeviceAnswer{{
			Station: "A", Action: "ChangeConfiguration", Setting: fleet.Setting{Variable: "K"}, Attribute: fleet.AttributeActual, Value: value, Status: status,
			Reason: "r", Received: noon,
		}}})
	}
	state := func(what string, want fleet.DesiredState) fleet.DesiredValue {
		f.Helper()
		d := f.desired(store.DesiredQuery{})[0]
		equal(f, what, d.State, want)
		return d
	}
	state("at first", fleet.DesiredDrift)
	answer("200", "Rejected")
	state("when another value was refused", fleet.DesiredDrift)
	answer("300", "Rejected")
	if d := state("when it was refused", fleet.DesiredRefused); d.Status != "Rejected" || d.Reason != "r" || !d.Answered.Equal(noon) {
		f.Errorf("answer: %+v", d)
	}
	f.submit(told(nil, key("K", "61")))
	state("when another value is told", fleet.DesiredRefused)
	written := key("K", "300")
	written.Written = true
	f.submit(told(nil, written))
	answer("300", fleet.StatusRebootRequired)
	state("when it waits for a start", fleet.DesiredReboot)
	f.submit(told(nil, key("K", "300")))
	state("when it is told before that", fleet.DesiredReboot)
	f.restart(store.Options{})
	state("after a restart of the store", fleet.DesiredReboot)
	f.submit(fleet.Booted{Station: "A", Received: noon})
	state("when the station has started", fleet.DesiredSame)
	f.submit(told(nil, key("k", "300.0")))
	state("when it is told in another way", fleet.DesiredSame)
	f.submit(told(nil, key("K", "1")))
	equal(f, "actual", *state("when another value is told", fleet.DesiredDrift).Actual, "1")
}

// testDesiredOfOthers: what is told of other variables says nothing of a value that the station took and never showed.
func testDesiredOfOthers(f *fixture) {
	f.submit(told(nil, key("Other", "1")))
	f.ok(f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: []fleet.DesiredValue{wanted("Unseen", "300")}}))
	f.submit(fleet.DeviceAnswered{Station: "A", Received: noon, Action: "ChangeConfiguration", Answers: []fleet.DeviceAnswer{{
		Station: "A", Action: "ChangeConfiguration", Setting: fleet.Setting{Variable: "Unseen"}, Attribute: fleet.AttributeActual, Value: "300", Status: "Accepted", Received: noon,
	}}})
	equal(f, "when it was accepted", f.desired(store.DesiredQuery{})[0].State, fleet.DesiredSame)
	f.submit(told(nil, key("Other", "2")))
	equal(f, "when another variable is told", f.desired(store.DesiredQuery{})[0].State, fleet.DesiredSame)
}

func testDesiredBounds(f *fixture) {
	f.submit(fleet.Booted{Station: "A", Received: noon})
	var list []fleet.DesiredValue
	for i := range store.MaxDesiredValues {
		list = append(list, wanted(fmt.Sprint("k", i), "1"))
	}
	f.ok(f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: list}))
	f.ok(f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: list[:1]}))
	if err := f.Desire(f.Context(), store.Wish{Stations: []string{"A"}, Values: []fleet.DesiredValue{wanted("more", "1")}}); !errors.Is(err, store.ErrTooManyDesired) {
		f.Errorf("one more: %v", err)
	}
	equal(f, "values", len(f.desired(store.DesiredQuery{Limit: 300})), store.MaxDesiredValues)
	if _, err := f.ListDesired(f.Context(), store.DesiredQuery{Cursor: "nonsense"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("cursor: %v", err)
	}
}
