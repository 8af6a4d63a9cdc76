package decode

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes a report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d: %s: %s\n", r.Line, r.title(), r.verdict())
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "    %-7s  %s\n", f.Severity, f.text(r.Line))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// title names the frame.
func (r *Report) title() string {
	if r.Type == "" {
		return "no message"
	}
	said := r.Type
	if r.Action != "" && r.Answers == 0 {
		said += " " + printable(r.Action)
	}
	if r.ID != "" {
		said += " " + shorten([]byte(r.ID))
	}
	if r.Answers > 0 {
		said += fmt.Sprintf(" to %s of line %d", printable(r.Action), r.Answers)
	}
	if r.Signed {
		said += ", signed"
	}
	switch r.SentBy {
	case "station":
		said += ", from the station"
	case "CSMS":
		said += ", from the CSMS"
	}
	return said
}

// verdict says in which versions it is fine, or how much is wrong.
func (r *Report) verdict() string {
	if !r.Wrong() && len(r.Fits) > 0 {
		fine := "fine in OCPP " + strings.Join(r.Fits, ", ")
		if n := count(r.Findings, Odd); n > 0 {
			fine += ", with " + plural(n, "warning")
		}
		return fine
	}
	if !r.Wrong() {
		return "not checked, for its CALL is of none of the versions tried"
	}
	said := plural(count(r.Findings, Wrong), "error")
	if n := count(r.Findings, Odd); n > 0 {
		said += ", " + plural(n, "warning")
	}
	if r.Version != "" && r.Type != "" {
		said += " in OCPP " + r.Version
	}
	return said
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// text writes a finding of a frame that begins on a line.
func (f *Finding) text(begin int) string {
	var parts []string
	if f.Line != begin && f.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", f.Line))
	}
	if f.In != inPayload && f.In != "" && f.Severity != Note {
		parts = append(parts, f.In)
	}
	if f.Pointer != "" && f.Severity != Note {
		parts = append(parts, printable(f.Pointer))
	}
	said := f.Detail
	if len(parts) > 0 {
		said = strings.Join(parts, " ") + ": " + said
	}
	if f.Expected != "" {
		said += "; expected " + f.Expected
	}
	if f.Found != "" {
		said += "; found " + f.Found
	}
	if f.Rule != "" && f.Severity != Note {
		said += " (" + f.Rule + ")"
	}
	return said
}

// WriteText writes a summary for people.
func (s Summary) WriteText(w io.Writer) error {
	if s.Frames == 0 {
		_, err := fmt.Fprintf(w, "There is no frame in %s. A frame is a list such as [2,\"id\",\"Heartbeat\",{}].\n", plural(s.Text, "line"))
		return err
	}
	said := []string{fmt.Sprintf("%s: %d fine", plural(s.Frames, "frame"), s.Frames-s.Wrong-s.Odd)}
	if s.Odd > 0 {
		said[0] += fmt.Sprintf(", %d with warnings", s.Odd)
	}
	if s.Wrong > 0 {
		said[0] += fmt.Sprintf(", %d wrong", s.Wrong)
	}
	for _, p := range protocols {
		if n := s.Fits[p.Version().String()]; n > 0 {
			said = append(said, fmt.Sprintf("OCPP %s fits %d", p.Version(), n))
		}
	}
	if s.Unanswered > 0 {
		said = append(said, fmt.Sprintf("Without an answer: %d", s.Unanswered))
	}
	if s.Text > 0 {
		said = append(said, fmt.Sprintf("Lines without a frame: %d", s.Text))
	}
	_, err := fmt.Fprintln(w, strings.Join(said, ". ")+".")
	return err
}
