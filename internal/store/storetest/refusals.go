package storetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// submitRefusals submits five entries, a minute apart, whose details are a to e: not in this order, as repeats are told late.
func submitRefusals(f *fixture) {
	list := []fleet.Refused{
		{Station: "A", Address: "10.0.0.1:1", Reason: "unknown", Detail: "a"},
		{Station: "A", Address: "10.0.0.1:2", Reason: "credential", Times: 5, Detail: "b"},
		{Station: "B", Address: "[2001:db8::1]:1", Reason: "unknown", Detail: "c"},
		{Station: "C", Address: "10.0.0.1:3", Reason: "unknown", Detail: "d"},
		{Address: "pipe", Reason: "certificate", Detail: "e"},
	}
	for _, i := range []int{0, 3, 1, 4, 2} {
		r := list[i]
		r.Received = noon.Add(time.Duration(i) * time.Minute)
		f.submit(r)
	}
}

// testRefusalFilters: each filter leaves its entries, also across pages.
func testRefusalFilters(f *fixture) {
	submitRefusals(f)
	for _, test := range []struct {
		q    store.RefusalQuery
		want string // details, latest first
	}{
		{store.RefusalQuery{}, "edcba"},
		{store.RefusalQuery{Station: "A"}, "ba"},
		{store.RefusalQuery{Reason: "unknown"}, "dca"},
		{store.RefusalQuery{Address: "10.0.0.1"}, "dba"},
		{store.RefusalQuery{Address: "10.0.0.1:2"}, "b"},
		{store.RefusalQuery{Address: "2001:db8::1"}, "c"},
		{store.RefusalQuery{Address: "pipe"}, "e"},
		{store.RefusalQuery{Station: "A", Since: noon.Add(time.Second)}, "b"},
		{store.RefusalQuery{Station: "a"}, ""},
	} {
		var got strings.Builder
		test.q.Limit = 2
		for _, r := range all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Refused], error) {
			test.q.Cursor = cursor
			return f.ListRefusals(ctx, test.q)
		}) {
			got.WriteString(r.Detail)
		}
		equal(f, fmt.Sprintf("%+v", test.q), got.String(), test.want)
	}
}

// testRefusalSummary: attempts are counted, not entries, and the most frequent come first.
func testRefusalSummary(f *fixture) {
	submitRefusals(f)
	s, err := f.SummarizeRefusals(f.Context(), store.RefusalQuery{})
	f.ok(err)
	equal(f, "attempts", s.Times, 9)
	counts := func(list []fleet.RefusalCount) string {
		var b strings.Builder
		for _, c := range list {
			fmt.Fprintf(&b, "%s:%d:%s ", c.Key, c.Times, c.Detail)
		}
		return b.String()
	}
	equal(f, "reasons", counts(s.Reasons), "credential:5:b unknown:3:d certificate:1:e ")
	equal(f, "stations", counts(s.Stations), "A:6:b :1:e B:1:c C:1:d ")
	equal(f, "addresses", counts(s.Addresses), "10.0.0.1:7:d 2001:db8::1:1:c pipe:1:e ")
	equal(f, "reason of the latest", s.Stations[0].Reason, "credential")
	equalTime(f, "latest", s.Stations[0].Latest, noon.Add(time.Minute))
	s, err = f.SummarizeRefusals(f.Context(), store.RefusalQuery{Reason: "unknown", Since: noon.Add(time.Second), Limit: 1})
	f.ok(err)
	equal(f, "narrowed, and cut", counts(s.Reasons)+counts(s.Stations)+counts(s.Addresses), "unknown:2:d B:1:c 10.0.0.1:1:d ")
}
