package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// fill sets everything that v says to something that is not zero; n makes it another one.
func fill(v reflect.Value, n int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon.Add(time.Duration(n) * time.Minute)))
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"n":[%d,"ü"]}`, n))))
		return
	case fleet.Decimal:
		v.SetString(fmt.Sprintf("-%d.50", n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d 'ü", n))
	case reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n+i)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, n)
		}
	default:
		panic(v.Kind())
	}
}

// full returns a record of the kind of r with everything set.
func full(r fleet.Record, n int) fleet.Record {
	v := reflect.New(reflect.TypeOf(r)).Elem()
	fill(v, n)
	return v.Interface().(fleet.Record)
}

func (f *fixture) tell(station string, at time.Time, records ...fleet.Record) fleet.Result {
	f.Helper()
	return f.submit(fleet.Told{Station: station, Received: at, Records: records})
}

// text returns a record as its notice tells it.
func (f *fixture) text(r fleet.Record) string {
	f.Helper()
	b, err := json.Marshal(r)
	f.ok(err)
	return string(b)
}

func (f *fixture) records(q store.RecordQuery) []fleet.KeptRecord {
	f.Helper()
	return all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.KeptRecord], error) {
		q.Cursor = cursor
		return f.ListRecords(ctx, q)
	})
}

// testRecordFields: whatever a record says comes back, after a restart, too, and its notice says the same.
func testRecordFields(f *fixture) {
	for i, none := range fleet.EveryRecord() {
		f.reserveFor(none, full(none, i+1))
		f.tell("A", noon, none)
		f.tell("A", noon.Add(time.Hour), full(none, i+1))
	}
	f.restart(store.Options{})
	for i, none := range fleet.EveryRecord() {
		got := f.records(store.RecordQuery{Kind: none.Kind(), Station: "A", Limit: 1})
		if len(got) != 2 {
			f.Fatalf("%s: %d records", none.Kind(), len(got))
		}
		if want := full(none, i+1); !reflect.DeepEqual(got[0].Record, want) {
			f.Errorf("%s: got %+v, want %+v", none.Kind(), got[0].Record, want)
		}
		equal(f, "an empty one", f.text(got[1].Record), f.text(none))
		equal(f, "station", got[0].Station, "A")
		equalTime(f, "received", got[0].Received, noon.Add(time.Hour))
		equal(f, "of another station", len(f.records(store.RecordQuery{Kind: none.Kind(), Station: "B"})), 0)
	}
	f.checkRecordNotices()
}

// reserveFor makes the reservations that records tell of: news of others contradict something.
func (f *fixture) reserveFor(records ...fleet.Record) {
	f.Helper()
	for _, r := range records {
		if update, ok := r.(fleet.ReservationUpdate); ok {
			f.reserve(reservation("A", update.ReservationID, "Card"), "Accepted")
		}
	}
}

func (f *fixture) checkRecordNotices() {
	f.Helper()
	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{Limit: 1000})
	f.ok(err)
	told := map[fleet.RecordKind]int{}
	for _, n := range notices {
		told[fleet.RecordKind(n.Kind)]++
		var data map[string]any
		f.ok(json.Unmarshal(n.Data, &data))
	}
	for _, none := range fleet.EveryRecord() {
		want := 2
		if none.Kind() == fleet.RecordStreamValue {
			want = 0
		}
		equal(f, "notices of "+string(none.Kind()), told[none.Kind()], want)
	}
}

// testRecordRepetitions: what is sent again, at once or much later, changes nothing. A question counts each time.
func testRecordRepetitions(f *fixture) {
	for _, none := range fleet.EveryRecord() {
		first, second := full(none, 1), full(none, 2)
		f.reserveFor(first, second)
		want := 2
		for i, r := range []fleet.Record{first, first, second, second} {
			got := f.tell("A", noon.Add(time.Duration(i)*time.Second), r)
			equal(f, fmt.Sprint(none.Kind(), " is a repetition"), got.Duplicate, i%2 == 1 && none.Alike() != fleet.AlikeNever)
		}
		if none.Alike() == fleet.AlikeEver {
			equal(f, fmt.Sprint(none.Kind(), " is a late repetition"), f.tell("A", noon.Add(time.Hour), first).Duplicate, true)
		}
		if none.Alike() == fleet.AlikeNever {
			want = 4
		}
		equal(f, fmt.Sprint(none.Kind()), len(f.records(store.RecordQuery{Kind: none.Kind(), Station: "A"})), want)
	}
	alarm := fleet.DERAlarm{ControlType: "WattVar", Time: noon}
	ended := fleet.DERAlarm{ControlType: "WattVar", Time: noon.Add(time.Minute), Ended: true}
	f.tell("A", noon, alarm)
	f.tell("A", noon, ended)
	equal(f, "an alarm again after its end", f.tell("A", noon, alarm).Duplicate, true)
	equal(f, "two records, one of them new", f.tell("A", noon, fleet.EventStream{StreamID: 1}, fleet.EventStream{StreamID: 3}).Duplicate, false)
	equal(f, "none of them new", f.tell("A", noon, fleet.EventStream{StreamID: 3}, fleet.EventStream{StreamID: 1}).Duplicate, true)
}

// testLatestRecords: of each subject one record counts: the one that says that it is the latest, in whatever order they come.
func testLatestRecords(f *fixture) {
	yes, no := true, false
	count := func(what string, kind fleet.RecordKind, want ...string) {
		f.Helper()
		var got []string
		for _, k := range f.records(store.RecordQuery{Kind: kind, Station: "A", Latest: &yes}) {
			if !k.Latest {
				f.Errorf("%s: %+v is not the latest", what, k)
			}
			got = append(got, f.text(k.Record))
		}
		equal(f, what, fmt.Sprint(got), fmt.Sprint(want))
	}
	limit := fleet.ChargingLimit{EVSE: 1, Source: "EMS"}
	cleared := limit
	cleared.Cleared = true
	f.tell("A", noon, limit)
	f.tell("B", noon, limit)
	f.tell("A", noon.Add(time.Second), fleet.ChargingLimit{Source: "SO"})
	f.tell("A", noon.Add(2*time.Second), cleared)
	count("limits", fleet.RecordLimit, `{"evse":1,"source":"EMS","cleared":true,"localGeneration":false}`, `{"evse":0,"source":"SO","cleared":false,"localGeneration":false}`)
	equal(f, "those that do not count", len(f.records(store.RecordQuery{Kind: fleet.RecordLimit, Station: "A", Latest: &no})), 1)

	ended := fleet.DERAlarm{ControlType: "VoltVar", Time: noon.Add(time.Minute), Ended: true}
	f.tell("A", noon.Add(time.Hour), ended)
	f.tell("A", noon.Add(2*time.Hour), fleet.DERAlarm{ControlType: "VoltVar", Time: noon}) // it was on its way for long
	count("alarms", fleet.RecordDERAlarm, `{"controlType":"VoltVar","time":"2026-05-04T12:01:00Z","ended":true}`)

	// A clock that is far ahead must not make its record count for ever.
	f.tell("A", noon, fleet.DERAlarm{ControlType: "WattVar", Time: noon.AddDate(70, 0, 0)})
	f.tell("A", noon.Add(time.Hour), fleet.DERAlarm{ControlType: "WattVar", Time: noon.Add(time.Hour)})
	for _, k := range f.records(store.RecordQuery{Kind: fleet.RecordDERAlarm, Station: "A", Latest: &yes}) {
		if r := k.Record.(fleet.DERAlarm); r.ControlType == "WattVar" && !r.Time.Equal(noon.Add(time.Hour)) {
			f.Errorf("the record of 2096 counts: %+v", r)
		}
	}
}

// testRecordFilters: by EVSE; and what has none has none of it.
func testRecordFilters(f *fixture) {
	for evse := range int64(3) {
		f.tell("A", noon, fleet.ChargingLimit{EVSE: evse, Source: "EMS"}, fleet.EventStream{StreamID: evse})
	}
	zero, one := int64(0), int64(1)
	equal(f, "of the station", len(f.records(store.RecordQuery{Kind: fleet.RecordLimit, Station: "A", EVSE: &zero})), 1)
	equal(f, "of EVSE 1", len(f.records(store.RecordQuery{Kind: fleet.RecordLimit, Station: "A", EVSE: &one})), 1)
	equal(f, "streams of EVSE 1", len(f.records(store.RecordQuery{Kind: fleet.RecordStream, Station: "A", EVSE: &one})), 0)
	if _, err := f.ListRecords(f.Context(), store.RecordQuery{Kind: "nonsense", Station: "A"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of no kind: %v", err)
	}
	if _, err := f.ListRecords(f.Context(), store.RecordQuery{Kind: fleet.RecordLimit, Station: "A", Cursor: "x"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("a cursor that is none: %v", err)
	}
	for _, r := range []fleet.Record{fleet.ChargingLimit{EVSE: -1}, fleet.DataTransfer{Data: []byte("{")}, fleet.DERControl{Settings: []byte("x")}} {
		if _, err := f.Submit(f.Context(), fleet.Told{Station: "A", Received: noon, Records: []fleet.Record{r}}); !errors.Is(err, fleet.ErrInvalidEvent) {
			f.Errorf("%+v: %v", r, err)
		}
	}
}

// testRecordsAreBounded: a station that talks without end fills only its own shelf, and what counts stays longest.
func testRecordsAreBounded(f *fixture) {
	f.restart(store.Options{KeepRecords: 32})
	f.tell("B", noon, fleet.EventStream{StreamID: 1})
	f.tell("A", noon, fleet.EventStream{StreamID: 1, Open: true})
	for i := range int64(200) {
		f.tell("A", noon, fleet.EventStream{StreamID: 2, Interval: &i})
		f.tell("A", noon, fleet.StreamValue{StreamID: 2, Time: noon.Add(time.Duration(i)), Value: []byte("1")})
	}
	got := f.records(store.RecordQuery{Kind: fleet.RecordStream, Station: "A"})
	if n := len(got); n < 32 || n > 34 {
		f.Errorf("%d records are kept", n)
	}
	equal(f, "the newest", *got[0].Record.(fleet.EventStream).Interval, 199)
	equal(f, "the one of stream 1 counts", got[len(got)-1].Record.(fleet.EventStream).StreamID, 1)
	equal(f, "of another station", len(f.records(store.RecordQuery{Kind: fleet.RecordStream, Station: "B"})), 1)
	equal(f, "values", len(f.records(store.RecordQuery{Kind: fleet.RecordStreamValue, Station: "A"})), 200) // of these more are kept
	f.tell("A", noon, fleet.EventStream{StreamID: math.MaxInt64})
}
