package fleet

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// derive adds events, each key once, and returns what they say. After each event the history travels as JSON, as
// it does in a store.
func derive(t *rapid.T, events []TransactionEvent) Transaction {
	var h History
	seen := map[string]bool{}
	for _, e := range events {
		content, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		key := e.Key(content)
		if seen[key] {
			continue
		}
		seen[key] = true
		h.Add(e, content)
		h = throughJSON(t, h)
	}
	var x Transaction
	h.Transaction(&x)
	return x
}

func throughJSON(t *rapid.T, h History) (back History) {
	b, err := json.Marshal(h)
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// anySample draws a sample that may or may not count as a meter reading.
func anySample(t *rapid.T) Sample {
	return Sample{
		Time:      time.Unix(rapid.Int64Range(0, 5).Draw(t, "time"), 0).In(time.FixedZone("", rapid.IntRange(-1, 1).Draw(t, "zone")*3600)),
		Value:     rapid.SampledFrom([]Decimal{"", "1", "2.0", "30"}).Draw(t, "value"),
		Measurand: rapid.SampledFrom([]string{"", EnergyRegister, "SoC"}).Draw(t, "measurand"),
		Phase:     rapid.SampledFrom([]string{"", "L1"}).Draw(t, "phase"),
		Context:   rapid.SampledFrom([]string{"", contextBegin, contextEnd}).Draw(t, "context"),
		Unit:      rapid.SampledFrom([]string{"", "kWh"}).Draw(t, "unit"),
	}
}

// anyEvent draws an event with the number seq, or for OCPP 1.6 with the content alone as its key.
func anyEvent(t *rapid.T, numbered bool, seq int64) TransactionEvent {
	e := TransactionEvent{
		Station: "A", TransactionID: "x", Numbered: numbered, SeqNo: seq,
		Kind:          rapid.SampledFrom([]TransactionKind{TransactionStarted, TransactionUpdated, TransactionEnded}).Draw(t, "kind"),
		Time:          time.Unix(rapid.Int64Range(0, 5).Draw(t, "time"), 0),
		Trigger:       rapid.SampledFrom([]string{"", "StopAuthorized", "CostLimitReached"}).Draw(t, "trigger"),
		ChargingState: rapid.SampledFrom([]string{"", "Idle", "Charging"}).Draw(t, "state"),
		StopReason:    rapid.SampledFrom([]string{"", "Remote"}).Draw(t, "reason"),
		EVSE:          rapid.IntRange(0, 2).Draw(t, "evse"),
		Connector:     rapid.IntRange(0, 2).Draw(t, "connector"),
		MeterStart:    rapid.SampledFrom([]Decimal{"", "5.0"}).Draw(t, "meter start"),
		MeterStop:     rapid.SampledFrom([]Decimal{"", "6"}).Draw(t, "meter stop"),
		Samples:       rapid.SliceOfN(rapid.Custom(anySample), 0, 2).Draw(t, "samples"),
	}
	if rapid.Bool().Draw(t, "token") {
		e.Token = &IDToken{Value: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "value")}
	}
	if rapid.Bool().Draw(t, "limit") {
		e.Limit = TransactionLimit{rapid.SampledFrom(LimitKinds()).Draw(t, "limited"): rapid.SampledFrom([]Decimal{"1", "2"}).Draw(t, "limit value")}
	}
	if rapid.Bool().Draw(t, "remote") {
		n := rapid.Int64Range(0, 2).Draw(t, "id")
		e.RemoteStartID, e.ReservationID = &n, &n
	}
	return e
}

// anySession draws events of one transaction with different keys: contradictions are the store's business.
func anySession(t *rapid.T) []TransactionEvent {
	numbered := rapid.Bool().Draw(t, "2.x")
	seen := map[string]bool{}
	var events []TransactionEvent
	for _, seq := range rapid.SliceOfNDistinct(rapid.Int64Range(-3, 20), 1, 8, rapid.ID[int64]).Draw(t, "numbers") {
		e := anyEvent(t, numbered, seq)
		content, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		if key := e.Key(content); !seen[key] {
			seen[key] = true
			events = append(events, e)
		}
	}
	return events
}

// TestR52OrderAndRepetitionChangeNothing: any permutation, duplication and truncation of the messages of any
// session, however senseless, gives what the same messages give in another order.
func TestR52OrderAndRepetitionChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anySession(t)
		events = events[:rapid.IntRange(1, len(events)).Draw(t, "kept")]
		repeated := rapid.SliceOfN(rapid.SampledFrom(events), 0, 6).Draw(t, "repeated")
		mixed := rapid.Permutation(slices.Concat(events, repeated)).Draw(t, "order")
		got, want := derive(t, mixed), derive(t, events)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

// TestR52TransactionIsWhatItsEventsSay compares with a second derivation that sorts first.
func TestR52TransactionIsWhatItsEventsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anySession(t)
		got := derive(t, events)
		slices.SortStableFunc(events, func(a, b TransactionEvent) int { return compareInt(a.Position(), b.Position()) })
		var want Transaction
		want.Active = true
		for _, e := range events {
			want.follow(e)
		}
		if got.Active != want.Active || got.Begun != want.Begun || got.Events != int64(len(events)) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if events[0].Numbered && (got.EVSE != want.EVSE || got.Token != want.Token || got.StopToken != want.StopToken ||
			got.ChargingState != want.ChargingState || got.StopReason != want.StopReason || !got.EndedAt.Equal(want.EndedAt)) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func compareInt(a, b int64) int {
	if a < b {
		return -1
	}
	return 1
}

// follow takes an event that is later than all before.
func (t *Transaction) follow(e TransactionEvent) {
	t.Begun = t.Begun || e.Kind == TransactionStarted
	if t.EVSE == 0 {
		t.EVSE = e.EVSE
	}
	if e.ChargingState != "" {
		t.ChargingState = e.ChargingState
	}
	stops := e.Kind == TransactionEnded || e.Trigger == "StopAuthorized"
	switch {
	case e.Token != nil && stops:
		t.StopToken = *e.Token
	case e.Token != nil && t.Token.IsZero():
		t.Token = *e.Token
	}
	if e.Kind == TransactionEnded {
		t.Active, t.EndedAt, t.StopReason = false, e.Time, orString(e.StopReason, "Local")
	}
}

func TestMissingNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seqs := rapid.SliceOfNDistinct(rapid.Int64Range(-maxSeqNo, maxSeqNo), 1, 10, rapid.ID[int64]).Draw(t, "numbers")
		var events []TransactionEvent
		for _, n := range seqs {
			events = append(events, TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: n, Kind: TransactionUpdated})
		}
		var want int64
		if can := slices.DeleteFunc(slices.Clone(seqs), func(n int64) bool { return n < 0 }); len(can) > 0 {
			want = slices.Max(can) - slices.Min(can) + 1 - int64(len(can))
		}
		if got := derive(t, events).Missing; got != want {
			t.Fatalf("%v: got %d, want %d", seqs, got, want)
		}
	})
}

func TestMeterReadingsThatCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reading := func(seq int64, kind TransactionKind, wh Decimal, context string) TransactionEvent {
			return TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: seq, Kind: kind,
				Samples: []Sample{{Value: wh, Context: context}}}
		}
		events := rapid.Permutation([]TransactionEvent{
			reading(0, TransactionStarted, "90", ""),
			reading(1, TransactionUpdated, "100", contextBegin), // may come in an Updated event, E01.FR.17
			reading(2, TransactionUpdated, "150", ""),
			reading(3, TransactionEnded, "210", "Sample.Clock"),
		}).Draw(t, "order")
		x := derive(t, events)
		if x.MeterStart != "100" || x.MeterStop != "210" || x.MeterLast != "210" {
			t.Fatalf("got %+v", x)
		}
		x = derive(t, append(events, reading(4, TransactionUpdated, "200", contextEnd)))
		if x.MeterStop != "200" {
			t.Fatalf("got %+v", x)
		}
		x = derive(t, []TransactionEvent{reading(2, TransactionUpdated, "150", ""), reading(1, TransactionUpdated, "140", "")})
		if x.MeterStop != "" || x.MeterStart != "140" || x.MeterLast != "150" || !x.Active {
			t.Fatalf("got %+v", x)
		}
	})
}

func TestContentIgnoresTheJourney(t *testing.T) {
	e := TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, SeqNo: 1, Kind: TransactionUpdated, Time: time.Unix(5, 999)}
	f := e
	f.Offline, f.Received, f.Time = true, time.Unix(9, 0), e.Time.In(time.FixedZone("", 3600))
	g := e
	g.Trigger = "Other"
	contents := make([]string, 3)
	for i, e := range []TransactionEvent{e, f, g} {
		b, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		contents[i] = string(b)
	}
	if contents[0] != contents[1] || contents[0] == contents[2] {
		t.Errorf("%q", contents)
	}
}

func TestCheck(t *testing.T) {
	good := TransactionEvent{Station: "A", TransactionID: "x", Numbered: true, Kind: TransactionStarted}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for i, spoil := range []func(*TransactionEvent){
		func(e *TransactionEvent) { e.Station = "" },
		func(e *TransactionEvent) { e.TransactionID = "" },
		func(e *TransactionEvent) { e.Kind = "" },
		func(e *TransactionEvent) { e.SeqNo = maxSeqNo + 1 },
		func(e *TransactionEvent) { e.SeqNo = -maxSeqNo - 1 },
		func(e *TransactionEvent) { e.EVSE = -1 },
		func(e *TransactionEvent) { e.Connector = -1 },
		func(e *TransactionEvent) { e.Rest = []byte("{") },
		func(e *TransactionEvent) { e.Numbered, e.Kind, e.TransactionID = false, TransactionEnded, "" },
	} {
		e := good
		spoil(&e)
		if err := e.Check(); err == nil {
			t.Errorf("spoiled event %d is accepted", i)
		}
	}
	for _, e := range []Event{Booted{}, StatusReported{Station: "A", EVSE: -1}, Metered{}, AuthorizationAsked{}, Told{}, SecurityReported{}, Commanded{}} {
		if e.Check() == nil {
			t.Errorf("%T without a station is accepted", e)
		}
	}
}

func TestInstantsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns"))
		kept := Instant(at)
		b, err := json.Marshal(kept)
		var back time.Time
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || back != kept || FromMicros(Micros(at)) != kept {
			t.Fatal(fmt.Sprint(at, kept, back, err))
		}
	})
}

func TestMeterReadingsOfOneMessage(t *testing.T) {
	at := func(second int64, value Decimal, context string) Sample {
		return Sample{Time: time.Unix(second, 0), Value: value, Context: context}
	}
	for name, test := range map[string]struct {
		event             TransactionEvent
		start, stop, last Decimal
	}{
		"the end alone": {
			TransactionEvent{Numbered: true, Samples: []Sample{at(9, "700", contextEnd)}}, "", "700", "700",
		},
		"both ends": {
			TransactionEvent{Numbered: true, Samples: []Sample{at(1, "100", contextBegin), at(9, "700", contextEnd)}}, "100", "700", "700",
		},
		"a stop of 1.6 with its data": {
			TransactionEvent{TransactionID: "7", MeterStop: "9000", Samples: []Sample{at(1, "100", contextBegin)}}, "100", "9000", "9000",
		},
	} {
		e := test.event
		e.Kind, e.Time = TransactionEnded, time.Unix(9, 0)
		content, err := e.Content()
		if err != nil {
			t.Fatal(err)
		}
		var h History
		h.Add(e, content)
		var x Transaction
		h.Transaction(&x)
		if x.MeterStart != test.start || x.MeterStop != test.stop || x.MeterLast != test.last {
			t.Errorf("%s: %s, %s, %s; want %s, %s, %s", name, x.MeterStart, x.MeterStop, x.MeterLast, test.start, test.stop, test.last)
		}
	}
}
