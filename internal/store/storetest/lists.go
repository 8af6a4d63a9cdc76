package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func testTransactionPages(f *fixture) {
	for i := range 20 {
		station := fmt.Sprintf("s%d", i%2)
		at := noon.Add(time.Duration(i/2%7) * time.Minute) // several at one time
		id := f.submit(start16(station, fmt.Sprint("t", i), "1", at)).TransactionID
		if i%4 == 0 {
			f.submit(stop16(station, id, "2", noon.Add(time.Hour)))
		}
	}
	yes, no := true, false
	for _, test := range []struct {
		q    store.TransactionQuery
		want int
	}{
		{store.TransactionQuery{}, 20},
		{store.TransactionQuery{Station: "s0"}, 10},
		{store.TransactionQuery{Station: "s1", Active: &yes}, 10},
		{store.TransactionQuery{Active: &no}, 5},
		{store.TransactionQuery{Active: &yes}, 15},
		{store.TransactionQuery{Station: "nobody"}, 0},
	} {
		for _, limit := range []int{1, 3, 20} {
			test.q.Limit = limit
			got := all(f, limit, func(ctx context.Context, cursor string) (store.Page[fleet.Transaction], error) {
				test.q.Cursor = cursor
				return f.ListTransactions(ctx, test.q)
			})
			equal(f, fmt.Sprintf("%+v", test.q), len(got), test.want)
			seen := map[string]bool{}
			for i, x := range got {
				seen[x.ID] = true
				if i > 0 && x.StartedAt.After(got[i-1].StartedAt) {
					f.Errorf("%v comes after %v", x.StartedAt, got[i-1].StartedAt)
				}
			}
			equal(f, "different ones", len(seen), test.want)
		}
	}
	if _, err := f.Transaction(f.Context(), "s0", "nothing"); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a transaction that is not there: %v", err)
	}
	f.submit(session2x("s0", "same")[0])
	f.submit(session2x("s1", "same")[0])
	if _, err := f.Transaction(f.Context(), "", "same"); !errors.Is(err, store.ErrAmbiguous) {
		f.Errorf("one of two: %v", err)
	}
	equal(f, "station", f.transaction("s1", "same").Station, "s1")
}

func testSamplePages(f *fixture) {
	for _, e := range session2x("A", "x-1") {
		f.submit(e)
	}
	for _, limit := range []int{1, 2, 5, 6, 7} {
		got := all(f, 0, func(ctx context.Context, cursor string) (store.Page[fleet.TransactionSample], error) {
			return f.Samples(ctx, store.SampleQuery{Station: "A", ID: "x-1", Cursor: cursor, Limit: limit})
		})
		equal(f, "samples", len(got), 6)
		for i, seq := range []int64{0, 0, 3, 3, 5, 5} {
			equal(f, "sequence number", got[i].SeqNo, seq)
		}
	}
	if _, err := f.Samples(f.Context(), store.SampleQuery{ID: "nothing"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("of no transaction: %v", err)
	}
	id := f.submit(start16("A", "Driver", "1", noon)).TransactionID
	for _, minute := range []int{3, 1, 2} {
		f.submit(meter16("A", id, minute, noon.Add(time.Duration(minute)*time.Minute)))
	}
	p, err := f.Samples(f.Context(), store.SampleQuery{ID: id})
	f.ok(err)
	for i, s := range p.Items {
		equal(f, "value", s.Value, fleet.Decimal(fmt.Sprint(i+1)))
	}
	equal(f, "samples", len(p.Items), 3)
}

func testSampleFields(f *fixture) {
	e := session2x("A", "x-1")[0]
	want := fleet.Sample{
		Time: noon.Add(123 * time.Microsecond), Value: "12345678901234567890.12340", Text: "x", Measurand: "Voltage", Phase: "L1-N",
		Context: "Trigger", Location: "Body", Unit: "V", Multiplier: -3,
		Signed: &fleet.SignedValue{Data: "OCMF|{\"x\":\"ü\"}", Method: "ECDSA", Encoding: "OCMF", PublicKey: "key"},
	}
	e.Samples = []fleet.Sample{want}
	e.Rest = []byte(`{"customData":{"vendorId":"x","b":[1,2.50,"<é>"]}}`)
	f.submit(e)
	p, err := f.Samples(f.Context(), store.SampleQuery{Station: "A", ID: "x-1"})
	f.ok(err)
	got := p.Items[0].Sample
	equal(f, "signed", *got.Signed, *want.Signed)
	got.Signed, want.Signed = nil, nil
	equal(f, "sample", got, want)
	equalTime(f, "received", p.Items[0].Received, e.Received)
}

func testMetered(f *fixture) {
	e := fleet.Metered{Station: "A", Received: noon, EVSE: 1, Samples: []fleet.Sample{{Time: noon, Value: "1"}}}
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	equal(f, "duplicate", f.submit(e).Duplicate, true)
	e.Samples[0].Value = "2"
	equal(f, "duplicate", f.submit(e).Duplicate, false)
	e.Samples = nil
	f.submit(e)
}

// testOddTimes: whatever a station's clock says is kept, and no time makes an event unacceptable.
func testOddTimes(f *fixture) {
	far := time.FixedZone("", 23*3600)
	for name, at := range map[string]time.Time{
		"none":            {},
		"epoch":           time.Unix(0, 0),
		"before 1970":     time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
		"first":           time.Date(1, 1, 1, 0, 0, 0, 0, far),
		"year 0":          time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		"last":            time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		"beyond the last": time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -23*3600)),
		"beyond int64 ns": time.Date(2400, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		e := session2x("A", name)[0]
		e.Time = at
		e.Samples[0].Time = at
		f.submit(e)
		x := f.transaction("A", name)
		equalTime(f, name, x.StartedAt, fleet.Instant(at))
		p, err := f.Samples(f.Context(), store.SampleQuery{Station: "A", ID: name})
		f.ok(err)
		equalTime(f, name+", sample", p.Items[0].Time, fleet.Instant(at))
		equal(f, name+", again", f.submit(e).Duplicate, true)
	}
	f.submit(fleet.StatusReported{Station: "A", Received: noon, Time: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), Status: "Available"})
}

func testNotices(f *fixture) {
	f.submit(fleet.Booted{Station: "A", Received: noon, Vendor: "V"})
	f.tell("A", noon, fleet.DataTransfer{VendorID: "x", Data: []byte(`{"a":"ü"}`)})
	f.submit(fleet.SecurityReported{Station: "A", Received: noon, Type: "x"})
	f.submit(fleet.Commanded{Station: "A", Received: noon, Action: "Reset", Outcome: fleet.CommandAnswered, Response: []byte(`{"status":"Accepted"}`)})
	for _, e := range session2x("A", "x-1") {
		f.submit(e)
		f.submit(e)
	}
	var got []fleet.Notice
	for after := int64(0); ; {
		list, err := f.ListNotices(f.Context(), store.NoticeQuery{After: after, Limit: 3})
		f.ok(err)
		if len(list) == 0 {
			break
		}
		got = append(got, list...)
		after = list[len(list)-1].Number
	}
	kinds := []fleet.NoticeKind{
		fleet.NoticeBooted, fleet.NoticeKind(fleet.RecordDataTransfer), fleet.NoticeSecurityEvent, fleet.NoticeCommand, fleet.NoticeTransactionStarted,
		fleet.NoticeTransactionUpdated, fleet.NoticeTransactionUpdated, fleet.NoticeTransactionUpdated,
		fleet.NoticeTransactionUpdated, fleet.NoticeTransactionEnded,
	}
	equal(f, "notices", len(got), len(kinds))
	for i, n := range got {
		equal(f, fmt.Sprint("kind of ", i), n.Kind, kinds[i])
		if i > 0 && n.Number <= got[i-1].Number {
			f.Errorf("number %d after %d", n.Number, got[i-1].Number)
		}
	}
	equal(f, "data", string(got[1].Data), `{"vendorId":"x","data":{"a":"ü"}}`)
}

// testRetention: what strangers and chatty stations do takes a bounded place, also when a backlog was there before.
func testRetention(f *fixture) {
	flood := func(from, to int) {
		for i := from; i < to; i++ {
			f.submit(fleet.Refused{Station: fmt.Sprint(i), Received: noon, Reason: "unknown"})
			f.submit(fleet.SecurityReported{Station: "A", Received: noon, Type: fmt.Sprint(i)})
		}
	}
	flood(0, 200)
	f.restart(store.Options{KeepNotices: 7, KeepRefusals: 5})
	flood(200, 210)
	p, err := f.ListRefusals(f.Context(), store.RefusalQuery{})
	f.ok(err)
	equal(f, "refusals", len(p.Items), 5)
	equal(f, "latest", p.Items[0].Station, "209")
	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	equal(f, "notices", len(notices), 7)
	for i, n := range notices {
		equal(f, "notice", string(n.Data), fmt.Sprintf(`{"type":"%d","critical":false}`, 203+i))
	}
	f.restart(store.Options{KeepNotices: -1, KeepRefusals: -1})
	flood(210, 230)
	notices, err = f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	equal(f, "all notices", len(notices), 27)
}

func testRefusals(f *fixture) {
	for i := range 5 {
		f.submit(fleet.Refused{
			Station: fmt.Sprint("s", i), Received: noon.Add(time.Duration(i) * time.Minute), Address: "10.0.0.1:1", Reason: "unknown", Detail: "d",
		})
	}
	got := all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Refused], error) {
		return f.ListRefusals(ctx, store.RefusalQuery{Cursor: cursor, Limit: 2})
	})
	equal(f, "refusals", len(got), 5)
	equal(f, "latest", got[0], fleet.Refused{
		Station: "s4", Received: noon.Add(4 * time.Minute), Address: "10.0.0.1:1", Reason: "unknown", Detail: "d", Times: 1,
	})
	p, err := f.ListRefusals(f.Context(), store.RefusalQuery{Since: noon.Add(3 * time.Minute)})
	f.ok(err)
	equal(f, "since", len(p.Items), 2)
	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	equal(f, "notices of what strangers do", len(notices), 0)
}

func testCursors(f *fixture) {
	ctx := f.Context()
	for _, bad := range []string{"x", "!!", "W10", "WyJhIiwiYiIsImMiXQ", "bnVsbA"} {
		_, err1 := f.ListStations(ctx, store.StationQuery{Cursor: bad})
		_, err2 := f.ListTransactions(ctx, store.TransactionQuery{Cursor: bad})
		_, err3 := f.ListTokens(ctx, store.TokenQuery{Cursor: bad})
		_, err4 := f.ListRefusals(ctx, store.RefusalQuery{Cursor: bad})
		for i, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, store.ErrCursor) {
				f.Errorf("cursor %q of list %d: %v", bad, i, err)
			}
		}
	}
	for _, limit := range []int{-1, 0, 1 << 40, math.MaxInt} {
		if n := store.Limit(limit); n < 1 || n > store.MaxLimit {
			f.Errorf("limit %d becomes %d", limit, n)
		}
	}
}
