package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// testMeterValues: what was measured outside of transactions comes back by place and time, whole.
func testMeterValues(f *fixture) {
	measured := func(station string, evse, connector int, at time.Time, values ...fleet.Decimal) fleet.Metered {
		m := fleet.Metered{Station: station, Received: noon, EVSE: evse, Connector: connector}
		for _, v := range values {
			m.Samples = append(m.Samples, fleet.Sample{Time: at, Value: v, Unit: "Wh", Signed: &fleet.SignedValue{Data: "s"}})
		}
		return m
	}
	for _, m := range []fleet.Metered{
		measured("A", 2, 1, noon, "5"), measured("A", 1, 1, noon.Add(time.Hour), "2", "3"), measured("A", 1, 1, noon, "1"), measured("A", 1, 2, noon, "4"),
		measured("B", 1, 1, noon, "9"), measured("A", 1, 1, noon, "1"), measured("A", 0, 0, noon, "0"),
	} {
		f.submit(m)
	}
	for _, c := range []struct {
		q    store.MeterQuery
		want string
	}{
		{store.MeterQuery{Station: "A"}, "0 1 2+3 4 5"},
		{store.MeterQuery{Station: "A", Limit: 2}, "0 1 2+3 4 5"},
		{store.MeterQuery{Station: "A", EVSE: new(int64(1))}, "1 2+3 4"},
		{store.MeterQuery{Station: "A", EVSE: new(int64(0))}, "0"},
		{store.MeterQuery{Station: "A", EVSE: new(int64(1)), Connector: new(int64(1)), Limit: 1}, "1 2+3"},
		{store.MeterQuery{Station: "A", Since: noon.Add(time.Second)}, "2+3"},
		{store.MeterQuery{Station: "A", Until: noon}, ""},
		{store.MeterQuery{Station: "B", Until: noon.Add(time.Second)}, "9"},
		{store.MeterQuery{Station: "C"}, ""},
	} {
		list := all(f, c.q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.Metered], error) {
			c.q.Cursor = cursor
			return f.MeterValues(ctx, c.q)
		})
		names := make([]string, len(list))
		for i, m := range list {
			values := make([]string, len(m.Samples))
			for j, s := range m.Samples {
				values[j] = string(s.Value)
				equal(f, "the sample", s.Unit == "Wh" && s.Signed.Data == "s" && m.Received.Equal(noon) && m.Station == c.q.Station, true)
			}
			names[i] = strings.Join(values, "+")
		}
		equal(f, fmt.Sprintf("%+v", c.q), strings.Join(names, " "), c.want)
	}
	if _, err := f.MeterValues(f.Context(), store.MeterQuery{Station: "A", Cursor: "x"}); !errors.Is(err, store.ErrCursor) {
		f.Errorf("a cursor that is none: %v", err)
	}
}
