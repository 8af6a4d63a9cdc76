package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// report is what a run has found out.
type report struct {
	Quick      bool   `json:"quick"`
	LoadBefore string `json:"loadBefore"`
	LoadAfter  string `json:"loadAfter"`
	Rows       []row  `json:"rows"`
}

// row is one line of the table. A figure that was not measured is 0.
type row struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Ours   float64 `json:"ours"`
	Naive  float64 `json:"naive,omitempty"`
	Other  float64 `json:"reference,omitempty"` // of the reference server
	Ref    string  `json:"referenceName,omitempty"`
	Target float64 `json:"target,omitempty"` // the most that Ours may be; with Ratio the least that Ours/Other may be
	Ratio  bool    `json:"ratio,omitempty"`
	Most   bool    `json:"most,omitempty"` // with Ratio: Target is the most that it may be
}

// add appends a row.
func (r *report) add(w row) { r.Rows = append(r.Rows, w) }

func (w row) verdict() string {
	switch {
	case w.Target == 0:
		return ""
	case w.met():
		return "met"
	}
	return "MISSED"
}

func (w row) met() bool {
	switch {
	case !w.Ratio:
		return w.Ours <= w.Target
	case w.Most:
		return w.Ours <= w.Target*w.Other
	}
	return w.Ours >= w.Target*w.Other
}

func (w row) target() string {
	switch {
	case w.Target == 0:
		return ""
	case w.Ratio && w.Most:
		return fmt.Sprintf("<= %gx of %s", w.Target, w.Ref)
	case w.Ratio:
		return fmt.Sprintf(">= %gx of %s", w.Target, w.Ref)
	}
	return fmt.Sprintf("<= %g", w.Target)
}

func (r *report) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "row\tunit\tcsms\tnaive\treference\tcsms/naive\tcsms/reference\ttarget\t")
	for _, line := range r.Rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", line.Name, line.Unit, figure(line.Ours), figure(line.Naive),
			reference(line), ratio(line.Ours, line.Naive), ratio(line.Ours, line.Other), line.target(), r.verdict(line))
	}
	fmt.Fprintf(t, "load average before: %s, after: %s\n", r.LoadBefore, r.LoadAfter)
	return t.Flush()
}

// verdict is empty in a quick run, whose numbers are too small to judge.
func (r *report) verdict(w row) string {
	if r.Quick {
		return ""
	}
	return w.verdict()
}

func figure(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v >= 1000:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// reference names the reference server behind its figure.
func reference(w row) string {
	if w.Other == 0 {
		return "-"
	}
	return figure(w.Other) + " " + w.Ref
}

func ratio(a, b float64) string {
	if a == 0 || b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2fx", a/b)
}
