package fleet

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// judged is a transaction with the events that it has, as a store keeps them.
type judged struct {
	History
	events []TransactionEvent
}

func (j *judged) add(t interface{ Fatal(...any) }, e TransactionEvent) Anomalies {
	content, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	found, details, err := j.AddAndJudge(e, content, func() (Around, error) { return j.around(e, content), nil })
	if err != nil || len(details) != len(found.Kinds()) {
		t.Fatal(found, details, err)
	}
	j.events = append(j.events, e)
	return found
}

func (j *judged) around(e TransactionEvent, content []byte) (a Around) {
	sorted := slices.Clone(j.events)
	slices.SortFunc(sorted, compareEvents)
	for _, o := range sorted {
		r := o.Reading()
		if r.First == "" {
			continue
		}
		if compareEvents(o, e) < 0 {
			a.Before = r
		} else {
			a.After = r
			break
		}
	}
	return a
}

func compareEvents(a, b TransactionEvent) int {
	contentA, _ := a.Content()
	contentB, _ := b.Content()
	return cmp.Or(cmp.Compare(a.Position(), b.Position()), strings.Compare(a.Key(contentA), b.Key(contentB)))
}

var day = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

// told2x is an event of OCPP 2.x, one minute after the one before.
func told2x(seq int64, kind TransactionKind, wh Decimal) TransactionEvent {
	at := day.Add(time.Duration(seq) * time.Minute)
	return TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: seq, Kind: kind, Time: at,
		EVSE: 1, Connector: 1, Samples: []Sample{{Time: at, Value: wh}}}
}

func told16(kind TransactionKind, minute int, wh Decimal) TransactionEvent {
	e := told2x(int64(minute), kind, wh)
	e.Numbered, e.SeqNo, e.TransactionID = false, 0, "7"
	switch kind {
	case TransactionStarted:
		e.MeterStart, e.Samples, e.TransactionID = wh, nil, ""
	case TransactionEnded:
		e.MeterStop, e.Samples = wh, nil
	case TransactionUpdated:
	}
	return e
}

func with(e TransactionEvent, change func(*TransactionEvent)) TransactionEvent {
	change(&e)
	return e
}

func TestAnomalies(t *testing.T) {
	for name, test := range map[string]struct {
		want   Anomalies
		events []TransactionEvent
	}{
		"a good session": {0, []TransactionEvent{
			told2x(0, TransactionStarted, "100"), told2x(1, TransactionUpdated, "100.0"), told2x(2, TransactionEnded, "1000")}},
		"a good session of 1.6": {0, []TransactionEvent{
			told16(TransactionStarted, 0, "9"), told16(TransactionUpdated, 1, "10"), told16(TransactionEnded, 2, "11")}},
		"an end that repeats its readings": {0, []TransactionEvent{
			told2x(0, TransactionStarted, "100"), told2x(1, TransactionUpdated, "150"),
			with(told2x(2, TransactionEnded, "200"), func(e *TransactionEvent) {
				e.Samples = append(e.Samples, Sample{Time: day, Value: "100"}, Sample{Time: day.Add(time.Minute), Value: "150"})
			})}},
		"an end before its start arrives": {0, []TransactionEvent{told2x(2, TransactionEnded, "1000"), told2x(0, TransactionStarted, "1")}},
		"a place that comes later": {0, []TransactionEvent{
			with(told2x(0, TransactionStarted, "1"), func(e *TransactionEvent) { e.EVSE, e.Connector = 0, 0 }), told2x(1, TransactionUpdated, "1")}},
		"nobody started it": {AnomalyUnknown, []TransactionEvent{told16(TransactionEnded, 2, "11")}},
		"after the end":     {AnomalyAfterEnd, []TransactionEvent{told2x(2, TransactionEnded, "2"), told2x(3, TransactionUpdated, "3")}},
		"two ends":          {AnomalyAfterEnd, []TransactionEvent{told2x(2, TransactionEnded, "2"), told2x(3, TransactionEnded, "3")}},
		"meter values after a stop": {AnomalyAfterEnd | AnomalyMeterBackwards, []TransactionEvent{
			told16(TransactionStarted, 0, "9"), told16(TransactionEnded, 2, "11"), told16(TransactionUpdated, 3, "12")}},
		"a stop before the start": {AnomalyStopBeforeStart, []TransactionEvent{
			told16(TransactionStarted, 5, "9"), told16(TransactionEnded, 4, "11")}},
		"another connector": {AnomalyPlace, []TransactionEvent{
			told2x(0, TransactionStarted, "1"), with(told2x(1, TransactionUpdated, "1"), func(e *TransactionEvent) { e.Connector = 2 })}},
		"another EVSE": {AnomalyPlace, []TransactionEvent{
			told2x(0, TransactionStarted, "1"), with(told2x(1, TransactionUpdated, "1"), func(e *TransactionEvent) { e.EVSE = 2 })}},
		"the whole station": {AnomalyPlace, []TransactionEvent{
			with(told16(TransactionStarted, 0, "1"), func(e *TransactionEvent) { e.EVSE, e.Connector = 0, 0 })}},
		"a negative meter": {AnomalyMeterNegative, []TransactionEvent{told16(TransactionStarted, 0, "-1")}},
		"a meter that falls and recovers": {AnomalyMeterBackwards, []TransactionEvent{
			told2x(0, TransactionStarted, "100"), told2x(1, TransactionUpdated, "120"), told2x(2, TransactionUpdated, "110"), told2x(3, TransactionUpdated, "130")}},
		"a meter that falls at the end": {AnomalyMeterBackwards, []TransactionEvent{
			told16(TransactionStarted, 0, "100"), told16(TransactionEnded, 2, "99")}},
		"a meter that falls within a message": {AnomalyMeterBackwards, []TransactionEvent{
			with(told2x(0, TransactionStarted, "100"), func(e *TransactionEvent) {
				e.Samples = append(e.Samples, Sample{Time: day.Add(time.Second), Value: "99.9"})
			})}},
		"1970": {AnomalyTime, []TransactionEvent{
			with(told2x(0, TransactionStarted, "1"), func(e *TransactionEvent) { e.Time = time.Unix(60, 0) })}},
		"a sample of 2100": {AnomalyTime, []TransactionEvent{
			with(told2x(0, TransactionStarted, "1"), func(e *TransactionEvent) { e.Samples[0].Time = farthest })}},
		"a negative number":           {AnomalySequence, []TransactionEvent{told2x(-5, TransactionStarted, "1"), told2x(4, TransactionUpdated, "1")}},
		"an end of a negative number": {AnomalySequence, []TransactionEvent{told2x(-5, TransactionEnded, "1")}},
		"only negative numbers":       {AnomalySequence, []TransactionEvent{told2x(-9, TransactionStarted, "1"), told2x(-5, TransactionUpdated, "1")}},
	} {
		t.Run(name, func(t *testing.T) {
			var got Anomalies
			var j judged
			for _, e := range test.events {
				got |= j.add(t, e)
			}
			var x Transaction
			j.Transaction(&x)
			if got != test.want || x.Anomalies != test.want {
				t.Errorf("found %v, kept %v, want %v", got.Kinds(), x.Anomalies.Kinds(), test.want.Kinds())
			}
			if test.want&AnomalySequence != 0 && x.Missing != 0 {
				t.Errorf("%d are missing", x.Missing)
			}
		})
	}
}

// Whatever the order of arrival, the same events have the same anomalies.
func TestR52AnomaliesFollowFromTheSetOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anySession(t)
		if rapid.Bool().Draw(t, "begun") {
			// In 1.6 nothing can precede the start, whose answer brings the id of all others.
			events = slices.DeleteFunc(events, func(e TransactionEvent) bool { return !e.Numbered && e.Kind == TransactionStarted })
		}
		var straight, mixed judged
		for _, e := range events {
			straight.add(t, e)
		}
		for _, e := range rapid.Permutation(events).Draw(t, "order") {
			mixed.add(t, e)
		}
		unknown := AnomalyUnknown
		if straight.Anomalies&^unknown != mixed.Anomalies&^unknown || !straight.Begun && straight.Anomalies != mixed.Anomalies {
			t.Fatalf("%v and %v", straight.Anomalies.Kinds(), mixed.Anomalies.Kinds())
		}
	})
}

func TestAnomaliesAreNamed(t *testing.T) {
	all := endOfAnomalies - 1
	if kinds := all.Kinds(); len(kinds) != len(anomalyKinds) || len(judges) != len(anomalyKinds) || 1<<len(kinds) != int(endOfAnomalies) {
		t.Errorf("%d names, %d rules: %v", len(anomalyKinds), len(judges), kinds)
	}
}

func TestDecimalsAreCompared(t *testing.T) {
	ordered := []Decimal{"-100", "-99.5", "-9", "-0.01", "0", "0.01", "0.1", "9", "9.5", "9.51", "10", "100"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Compare(b); got != cmp.Compare(i, j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
	if Decimal("-0.0").Compare("") != 0 || Decimal("007.50").Compare("7.5") != 0 {
		t.Error("zeros count")
	}
}
