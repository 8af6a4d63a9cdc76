package storm

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// example is a result with something in every part.
func example() *Result {
	t := Millis(1234)
	back := Milestone{Count: 90, P50: &t, P99: &t, All: &t}
	res := &Result{
		URL: "ws://<host>/ocpp", Variant: HalfOpen, Version: "1.6", Stations: 100, Stayed: 10, Struck: 90,
		Back: Back{back, back, back, back}, Ghosts: Ghosts{Left: 90, Closed: map[string]int{"close 1008": 89}, Open: 1},
		Slow: &Slow{Stations: 1}, Library: Library{Stations: 5, Back: 5}, Problems: []string{},
		Log: map[string]int{"a warning": 2},
	}
	res.Calls.During = Calls{Ordered: 10, Sent: 8, Answered: 8, Offline: 2}
	res.Latency.During = Latency{Count: 10, P50: 0.4, P99: 3}
	res.Server = Server{Loaded: Process{RSS: 80 << 20, Descriptors: 120}, Peak: Process{RSS: 90 << 20, Inner: Inner{Goroutines: 100}}, PerStation: 6300}
	for i := range 60 {
		at := Millis(-3000 + 100*i)
		res.Timeline = append(res.Timeline, Point{At: at, Connected: 100, Booted: 100, Answering: 100, RSS: int64(70+i) << 20, Goroutines: 100 + i})
		res.Rate = append(res.Rate, Rate{at, float64(10 * i)})
		res.Bands = append(res.Bands, Band{at, 0.4, 2, 5})
	}
	return res
}

// wellFormed parses a page; its void elements are closed first.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	page = strings.NewReplacer(`<meta charset="utf-8">`, "", `initial-scale=1">`, `initial-scale=1"/>`, "<!doctype html>", "").Replace(page)
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
	}
}

func TestReportIsOnePageWithAllCharts(t *testing.T) {
	var b strings.Builder
	if err := example().WriteReport(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	wellFormed(t, page)
	if n := strings.Count(page, "<svg"); n != 5 {
		t.Errorf("%d charts", n)
	}
	for _, want := range []string{"ws://&lt;host&gt;/ocpp", "All 90 stations were back and answering after 1.23s", "close 1008 (89)", "6.2 KiB", "a warning (2)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", "NaN", "Inf"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
}

func TestReportShowsProblems(t *testing.T) {
	res := example()
	res.Back.Answering = Milestone{Count: 3}
	res.Timeline = nil
	res.Problems = problems(res, true)
	var b, text strings.Builder
	if err := res.WriteReport(&b); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, b.String())
	if _, err := res.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{b.String(), text.String()} {
		if !strings.Contains(page, "87 of 90 stations got no answer after the storm") || !strings.Contains(page, "not survived") {
			t.Errorf("no problem is shown:\n%s", page)
		}
	}
}

func TestEverythingThatMustNotHappenIsAProblem(t *testing.T) {
	fine := func() *Result {
		m := Milestone{Count: 90}
		return &Result{Struck: 90, Back: Back{m, m, m, m}, Library: Library{Stations: 5, Back: 5, Enqueued: 7, Delivered: 7}}
	}
	if got := problems(fine(), true); len(got) > 0 {
		t.Errorf("of nothing: %v", got)
	}
	for want, spoil := range map[string]func(*Result){
		"did not connect":   func(r *Result) { r.Back.Connected.Count = 89 },
		"reached by a call": func(r *Result) { r.Back.Called.Count = 0 },
		"HTTP 503 (2)":      func(r *Result) { r.Refused = map[string]int{"HTTP 503": 2} },
		"duplicates":        func(r *Result) { r.Duplicates = 1 },
		"left alone":        func(r *Result) { r.Lost = map[string]int{"close 1011": 1} },
		"strange":           func(r *Result) { r.Strange = map[string]int{"x": 1} },
		"not cut off":       func(r *Result) { r.Slow = &Slow{Stations: 1} },
		"did not come back": func(r *Result) { r.Library.Back = 4 },
		"1 of 7 queued":     func(r *Result) { r.Library.Delivered = 6 },
		"reported twice":    func(r *Result) { r.Library.Repeated = 1 },
		"given up":          func(r *Result) { r.Library.GivenUp = 1; r.Library.Delivered = 6 },
		"goroutines after":  func(r *Result) { r.Server.Left.Goroutines = 100 },
		"descriptors after": func(r *Result) { r.Server.Left.Descriptors = 100 },
	} {
		r := fine()
		spoil(r)
		if got := problems(r, true); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %v", want, got)
		}
	}
}

func TestMilestonesCountThoseWhoNeverCame(t *testing.T) {
	m := milestone([]int64{3e6, 1e6, 2e6}, 4)
	if m.Count != 3 || m.P50 == nil || *m.P50 != 2 || m.P99 != nil || m.All != nil {
		t.Errorf("%+v", m)
	}
	text, err := json.Marshal(m)
	if err != nil || string(text) != `{"count":3,"p50_ms":2,"p99_ms":null,"all_ms":null}` {
		t.Errorf("%s %v", text, err)
	}
}

func TestBinsBeginAtTheStrike(t *testing.T) {
	const at, width = 1_050, 100
	bins := binned([]sample{{949, 1}, {950, 2}, {1049, 3}, {1050, 4}, {1149, 5}, {1150, 6}}, at, 1200, width)
	i := slices.IndexFunc(bins, func(b []int64) bool { return slices.Contains(b, 4) })
	if !slices.Equal(bins[i], []int64{4, 5}) || !slices.Equal(bins[i-1], []int64{2, 3}) || binStart(i, at, width) != 0 {
		t.Errorf("%v; %v", bins, binStart(i, at, width))
	}
}

func TestAxesHaveRoundNumbers(t *testing.T) {
	for highest, want := range map[float64][2]float64{0: {1, 1}, 9500: {2000, 10000}, 3: {0.5, 3}, 1: {0.2, 1}, 61: {20, 80}} {
		if step, ceiling := scale(highest); step != want[0] || ceiling < highest || ceiling > want[1]*1.0001 {
			t.Errorf("%g: %g to %g", highest, step, ceiling)
		}
	}
}
