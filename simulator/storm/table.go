package storm

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// row is a name and what it has to say; a row without a name continues the one above.
type row struct {
	name  string
	value string
}

// section is a part of the summary.
type section struct {
	title string
	rows  []row
}

// WriteTo writes the summary as a table for people.
func (r *Result) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, s := range r.sections() {
		fmt.Fprintf(t, "%s\n", s.title)
		for _, row := range s.rows {
			fmt.Fprintf(t, "  %s\t%s\n", row.name, row.value)
		}
	}
	if err := t.Flush(); err != nil {
		return 0, err
	}
	b.WriteString(r.Verdict() + "\n")
	for _, p := range r.Problems {
		b.WriteString("  - " + p + "\n")
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// Verdict is the result in one sentence.
func (r *Result) Verdict() string {
	switch {
	case !r.OK():
		return fmt.Sprintf("The storm was not survived (%d problems).", len(r.Problems))
	case r.Variant == Idle:
		return fmt.Sprintf("All %d stations stayed connected.", r.Stations)
	case r.Back.Answering.All == nil:
		return "Nothing was struck."
	}
	return fmt.Sprintf("All %d stations were back and answering after %s, none refused, none closed as a duplicate.", r.Struck, *r.Back.Answering.All)
}

func (r *Result) sections() []section {
	list := []section{r.stormSection(), r.latencySection()}
	if r.Slow != nil && len(r.Parts) > 0 {
		list = append(list, r.partSection())
	}
	if r.Calls.Before.Ordered+r.Calls.During.Ordered+r.Calls.After.Ordered > 0 {
		list = append(list, r.callSection())
	}
	if r.Library.Stations > 0 {
		list = append(list, r.librarySection())
	}
	if r.Server.Loaded.RSS > 0 || r.Server.Loaded.Goroutines > 0 {
		list = append(list, r.serverSection())
	}
	return list
}

func (r *Result) stormSection() section {
	s := section{title: fmt.Sprintf("Storm: %s, %d stations, OCPP %s, %s", r.Variant, r.Stations, r.Version, r.URL)}
	add := func(name, format string, args ...any) {
		s.rows = append(s.rows, row{name, fmt.Sprintf(format, args...)})
	}
	add("connecting all before", "%s", r.Setup)
	if r.Variant == Idle {
		return s
	}
	add("struck / stayed", "%d / %d", r.Struck, r.Stayed)
	milestone := func(name string, m Milestone) {
		add(name, "%d   half %s   99 %% %s   all %s", m.Count, orNever(m.P50), orNever(m.P99), orNever(m.All))
	}
	milestone("connected again", r.Back.Connected)
	milestone("booted", r.Back.Booted)
	milestone("answering", r.Back.Answering)
	if r.Calls.During.Ordered > 0 {
		milestone("reached by a call", r.Back.Called)
	}
	add("handshake", "%s", r.Handshake)
	if r.Resumed > 0 {
		add("TLS sessions resumed", "%d", r.Resumed)
	}
	add("refused", "%s", orNone(r.Refused))
	add("closed as duplicate", "%d", r.Duplicates)
	add("lost otherwise", "%s", orNone(r.Lost))
	if r.Ghosts.Left > 0 {
		add("old sockets", "%d left silent, the server closed %s and holds %d", r.Ghosts.Left, orNone(r.Ghosts.Closed), r.Ghosts.Open)
	}
	if r.Slow != nil {
		add("stopped reading", "%d, cut off after %s", r.Slow.Stations, r.Slow.CutOff)
		add("large calls to them", "%s", r.Slow.Calls)
		add("while they still read", "%s", r.Slow.Control)
		if r.Slow.Queued > 0 {
			add("waiting for sockets", "at most %s, for one station %s", size(r.Slow.Queued), size(r.Slow.QueuedMost))
		}
	}
	return s
}

// partSection has what the storm itself used beside the latency: it is the judge of how far that is the server's.
func (r *Result) partSection() section {
	s := section{title: "Heartbeats of the stations that stayed, by phase"}
	for _, p := range r.Parts {
		s.rows = append(s.rows, row{string(p.Phase), fmt.Sprintf("%.1f s   p50 %s   p99 %s, typically %s   cores: server %.2f, storm %.2f",
			p.Seconds, p.Latency.P50, p.Latency.P99, p.Typical, p.ServerCores, p.StormCores)})
	}
	s.rows = append(s.rows, row{"p99 of storm to", fmt.Sprintf("before %.2f, control %.2f; typically %.2f, %.2f",
		r.Slow.ToBefore, r.Slow.ToControl, r.Slow.TypicalToBefore, r.Slow.TypicalToControl)})
	return s
}

func (r *Result) latencySection() section {
	return section{"Heartbeats of the stations that stayed", []row{
		{"before", r.Latency.Before.String()}, {"during", r.Latency.During.String()}, {"after", r.Latency.After.String()},
	}}
}

func (r *Result) callSection() section {
	return section{"Calls of the server to its stations", []row{
		{"before", r.Calls.Before.String()}, {"during", r.Calls.During.String()}, {"after", r.Calls.After.String()},
	}}
}

func (r *Result) librarySection() section {
	l := r.Library
	s := section{title: "Clients of package station"}
	add := func(name, format string, args ...any) {
		s.rows = append(s.rows, row{name, fmt.Sprintf(format, args...)})
	}
	add("back", "%d of %d, %d reconnects, waits %s", l.Back, l.Stations, l.Reconnects, l.FirstWait)
	add("queued messages", "%d, delivered %d, given up %d, told twice %d, waiting %d", l.Enqueued, l.Delivered, l.GivenUp, l.Repeated, l.Waiting)
	add("calls", "%d, without an answer: %s", l.Calls, orNone(l.Failed))
	add("failed attempts", "%s", orNone(l.Unreached))
	return s
}

func (r *Result) serverSection() section {
	s := section{title: "The server's process"}
	for _, look := range r.looks() {
		s.rows = append(s.rows, row{look.name, look.String()})
	}
	if r.Server.PerStation > 0 {
		s.rows = append(s.rows, row{"memory per station", size(r.Server.PerStation)})
	}
	if r.Server.StormCPU > 0 {
		s.rows = append(s.rows, row{"CPU for the storm", fmt.Sprintf("%.2f s", r.Server.StormCPU)})
	}
	if len(r.Server.Left.Ended) > 0 {
		s.rows = append(s.rows, row{"connections ended", counted(r.Server.Left.Ended)})
	}
	if len(r.Log) > 0 {
		s.rows = append(s.rows, row{"logged", counted(r.Log)})
	}
	return s
}

type look struct {
	name string
	Process
}

func (r *Result) looks() []look {
	s := r.Server
	return []look{{"without stations", s.Before}, {"with all", s.Loaded}, {"peak", s.Peak}, {"after the storm", s.After}, {"all gone", s.Left}}
}

// String writes what is known.
func (p Process) String() string {
	var parts []string
	if p.RSS > 0 {
		parts = append(parts, size(p.RSS))
	}
	if p.Goroutines > 0 {
		parts = append(parts, fmt.Sprintf("%d goroutines", p.Goroutines))
	}
	if p.Descriptors > 0 {
		parts = append(parts, fmt.Sprintf("%d descriptors", p.Descriptors))
	}
	return strings.Join(parts, ", ")
}

// String writes the percentiles.
func (l Latency) String() string {
	if l.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%d   p50 %s   p90 %s   p99 %s   max %s", l.Count, l.P50, l.P90, l.P99, l.Max)
}

// String writes the counts that are not zero.
func (c Calls) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d, %d sent, %d answered", c.Ordered, c.Sent, c.Answered)
	for _, n := range []struct {
		count int
		what  string
	}{{c.Refused, "refused"}, {c.Timeout, "timed out"}, {c.Offline, "offline"}, {c.Failed, "lost with the connection or busy"}} {
		if n.count > 0 {
			fmt.Fprintf(&s, ", %d %s", n.count, n.what)
		}
	}
	return s.String()
}

func size(bytes int64) string {
	switch {
	case bytes >= 10<<20:
		return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(bytes)/1024)
}

func orNever(m *Millis) string {
	if m == nil {
		return "never"
	}
	return m.String()
}

func orNone(m map[string]int) string {
	if len(m) == 0 {
		return "none"
	}
	return counted(m)
}
