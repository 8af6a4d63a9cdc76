package storm

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed report.html
var reportText string

var reportPage = template.Must(template.New("report").Parse(reportText))

// WriteReport writes the result as an HTML page that needs nothing else: no script, no font, no network.
func (r *Result) WriteReport(w io.Writer) error {
	type figure struct{ Name, Value, Note string }
	page := struct {
		*Result
		Summary string
		Figures []figure
		Charts  []chart
		Tables  []tableView
	}{Result: r, Summary: r.Verdict(), Charts: r.charts()}
	for _, f := range r.figures() {
		page.Figures = append(page.Figures, figure(f))
	}
	for _, s := range r.sections() {
		t := tableView{Title: s.title}
		for _, row := range s.rows {
			t.Rows = append(t.Rows, rowView{row.name, row.value})
		}
		page.Tables = append(page.Tables, t)
	}
	return reportPage.Execute(w, page)
}

type tableView struct {
	Title string
	Rows  []rowView
}

type rowView struct{ Name, Value string }

// figures are what a reader wants to know first.
func (r *Result) figures() []struct{ Name, Value, Note string } {
	type f = struct{ Name, Value, Note string }
	list := []f{}
	if r.Variant != Idle {
		list = append(list,
			f{"99 % answering", orNever(r.Back.Answering.P99), "after the strike"},
			f{"All answering", orNever(r.Back.Answering.All), fmt.Sprintf("%d of %d", r.Back.Answering.Count, r.Struck)},
			f{"Refused", fmt.Sprint(sum(r.Refused)), "attempts to connect"},
			f{"Duplicates", fmt.Sprint(r.Duplicates), "closed with 1008"},
		)
	}
	list = append(list, f{"Heartbeat p99, untouched", r.Latency.During.P99.String(), "before: " + r.Latency.Before.P99.String()})
	if r.Server.PerStation > 0 {
		list = append(list, f{"Memory per station", size(r.Server.PerStation), "peak " + size(r.Server.Peak.RSS)})
	}
	return list
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// charts are drawn over the same span of time.
func (r *Result) charts() []chart {
	if len(r.Timeline) == 0 {
		return nil
	}
	span := func(c chart) chart {
		c.from, c.to, c.strike = r.from(), r.until(), r.Variant != Idle
		if all := r.Back.Answering.All; all != nil {
			c.back = seconds(*all)
		}
		return c
	}
	series := func(name, class string, value func(Point) float64) line {
		l := line{Name: name, Class: class}
		for _, p := range r.Timeline {
			if at := seconds(p.At); at >= r.from() && at <= r.until() {
				l.points = append(l.points, point{at, value(p)})
			}
		}
		return l
	}
	list := []chart{
		span(chart{Title: "Stations", Lines: []line{
			series("connected", "a", func(p Point) float64 { return float64(p.Connected) }),
			series("booted", "b", func(p Point) float64 { return float64(p.Booted) }),
			series("answering", "c", func(p Point) float64 { return float64(p.Answering) }),
		}}),
		span(chart{Title: "Handshakes", Unit: "per second", Lines: []line{r.rateLine()}}),
		span(chart{Title: "Heartbeat latency of the stations that stayed", Unit: "ms", Lines: r.bandLines()}),
	}
	if r.Server.Peak.RSS > 0 {
		list = append(list, span(chart{Title: "Memory of the server", Unit: "MiB resident", Lines: []line{
			series("resident", "a", func(p Point) float64 { return float64(p.RSS) / (1 << 20) }),
		}}))
	}
	if r.Server.Peak.Goroutines > 0 {
		list = append(list, span(chart{Title: "Goroutines of the server", Lines: []line{
			series("goroutines", "a", func(p Point) float64 { return float64(p.Goroutines) }),
		}}))
	}
	return list
}

func seconds(m Millis) float64 { return float64(m) / 1000 }

// from is where the charts begin: with the calm before the storm, without the connecting.
func (r *Result) from() float64 {
	for _, p := range r.Timeline {
		if p.Answering == r.Stations {
			return seconds(p.At)
		}
	}
	return seconds(r.Timeline[0].At)
}

// until is where they end: before all leave.
func (r *Result) until() float64 {
	end := 0.0
	for _, p := range r.Timeline {
		if p.Connected > 0 {
			end = seconds(p.At)
		}
	}
	return end
}

func (r *Result) rateLine() line {
	l := line{Name: "completed", Class: "a", bars: true}
	for _, p := range r.Rate {
		if at := seconds(p.At); at >= r.from() && at <= r.until() {
			l.points = append(l.points, point{at, p.PerSecond})
		}
	}
	return l
}

func (r *Result) bandLines() []line {
	lines := []line{{Name: "max", Class: "c"}, {Name: "p99", Class: "b"}, {Name: "p50", Class: "a"}}
	for _, b := range r.Bands {
		at := seconds(b.At)
		if at < r.from() || at > r.until() {
			continue
		}
		for i, v := range []Millis{b.Max, b.P99, b.P50} {
			lines[i].points = append(lines[i].points, point{at, float64(v)})
		}
	}
	return lines
}
