// Package decode finds OCPP frames in text, such as a log, and says of each what is wrong and where.
package decode

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"

	"github.com/chargeyard/chargeyard/ocpp"
)

// DefaultMaxFrame is the largest frame that is looked at unless told otherwise, in bytes; CSMSs take no larger ones.
const DefaultMaxFrame = 1 << 20

// Options say how frames are judged.
type Options struct {
	// Version is the one that frames must fit. The zero Version tries all and says which fit.
	Version ocpp.Version

	// MaxFrame bounds a frame and a line, in bytes. Default DefaultMaxFrame.
	MaxFrame int
}

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Wrong Severity = "error"   // a message that is refused, or means something else
	Odd   Severity = "warning" // breaks the specification; a CSMS of this module tolerates it
	Note  Severity = "note"    // nothing is wrong
)

// Finding is one thing to say about a frame.
type Finding struct {
	Severity Severity `json:"severity"`
	Line     int      `json:"line"`               // of the input, from 1
	In       string   `json:"in"`                 // what the pointer points into: frame, payload, or signed payload
	Pointer  string   `json:"pointer"`            // JSON pointer; "" is the whole
	Rule     string   `json:"rule"`               // of docs/rules.md, such as R12, or of the schema, such as enum
	Detail   string   `json:"detail"`             // what is wrong
	Expected string   `json:"expected,omitempty"` //
	Found    string   `json:"found,omitempty"`    // shortened, and safe for a terminal
	Code     string   `json:"code,omitempty"`     // of the CALLERROR that answers it
}

// Report is what there is to say about one frame.
type Report struct {
	Line     int             `json:"line"`              // where it begins, from 1
	Type     string          `json:"type,omitempty"`    // CALL, CALLRESULT, ...; "" when it cannot be told
	ID       string          `json:"id,omitempty"`      // message id
	Action   string          `json:"action,omitempty"`  // of an answer that of its CALL; without -Signed
	SentBy   string          `json:"sentBy,omitempty"`  // station, CSMS or both
	Answers  int             `json:"answers,omitempty"` // line of the CALL
	Signed   bool            `json:"signed,omitempty"`  // the signature is not checked
	Version  string          `json:"version,omitempty"` // that the findings are about
	Fits     []string        `json:"fits"`              // versions in which nothing is wrong
	Payload  json.RawMessage `json:"payload,omitempty"` // as it is; of a signed message what was signed
	Findings []Finding       `json:"findings"`
}

// Wrong reports whether something is wrong with the frame.
func (r *Report) Wrong() bool { return count(r.Findings, Wrong) > 0 }

// Odd reports whether something would be tolerated.
func (r *Report) Odd() bool { return count(r.Findings, Odd) > 0 }

func count(findings []Finding, s Severity) (n int) {
	for _, f := range findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Summary counts what Next returned.
type Summary struct {
	Frames     int
	Wrong      int            // frames with an error
	Odd        int            // frames with warnings only
	Text       int            // lines without a frame
	Unanswered int            // CALLs whose answer was not found
	Fits       map[string]int // frames, by version
}

// Decoder reads frames. It is for one goroutine.
type Decoder struct {
	split    *splitter
	versions []*ocpp.Protocol
	waiting  waiting
	sum      Summary
}

// New makes a Decoder that reads r. Its memory does not grow with the input.
func New(r io.Reader, o Options) *Decoder {
	if o.MaxFrame <= 0 {
		o.MaxFrame = DefaultMaxFrame
	}
	d := &Decoder{split: newSplitter(r, o.MaxFrame), sum: Summary{Fits: map[string]int{}}}
	for _, p := range protocols {
		if o.Version == 0 || p.Version() == o.Version {
			d.versions = append(d.versions, p)
		}
	}
	return d
}

// Next returns what there is to say about the next frame, and io.EOF after the last.
func (d *Decoder) Next() (Report, error) {
	c, err := d.split.next()
	if err != nil {
		return Report{}, err
	}
	r := d.look(c)
	d.sum.Frames++
	switch {
	case r.Wrong():
		d.sum.Wrong++
	case r.Odd():
		d.sum.Odd++
	}
	for _, v := range r.Fits {
		d.sum.Fits[v]++
	}
	return r, nil
}

// Summary counts what was read so far.
func (d *Decoder) Summary() Summary {
	s := d.sum
	s.Text, s.Unanswered = d.split.textLines, d.waiting.n
	return s
}

// look judges one frame.
func (d *Decoder) look(c chunk) Report {
	if c.fault != "" {
		return Report{Line: c.line, Fits: []string{}, Findings: []Finding{{Severity: Wrong, Line: c.line, In: inFrame, Rule: "R24", Detail: c.fault}}}
	}
	if f, broken := syntax(c); broken {
		return Report{Line: c.line, Fits: []string{}, Findings: []Finding{f}}
	}
	e := openFrame(c)
	var best *attempt
	var fits []string
	for _, p := range d.versions {
		a := &attempt{frame: e, protocol: p, tried: d.versions, report: Report{Line: c.line, Version: p.Version().String()}}
		a.check(&d.waiting)
		if a.fits() {
			fits = append(fits, a.report.Version)
		}
		if best == nil || d.better(a, best) {
			best = a
		}
	}
	r := best.report
	r.Fits = append([]string{}, fits...)
	d.remember(best, r.Fits)
	return r
}

// better reports whether a tells more about a frame than b: it fits, or knows the action, or has less to complain about, or
// is of the version that the frames before fit.
func (d *Decoder) better(a, b *attempt) bool {
	rank := func(x *attempt) [5]int {
		class := 1
		switch {
		case x.fits():
			class = 0
		case x.foreign:
			class = 3
		case x.unknown:
			class = 2
		}
		return [5]int{class, count(x.report.Findings, Wrong), count(x.report.Findings, Odd), -d.sum.Fits[x.report.Version], int(x.version())}
	}
	x, y := rank(a), rank(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

// remember keeps a CALL for its answer, and forgets one that has it.
func (d *Decoder) remember(a *attempt, fits []string) {
	switch {
	case a.answered != nil:
		d.waiting.remove(a.answered)
	case a.typ == typeCall && a.report.ID != "" && a.report.Action != "" && len(a.report.ID)+len(a.report.Action) <= maxRemembered:
		d.waiting.add(&pendingCall{
			id: a.report.ID, line: a.report.Line, action: a.report.Action, sentBy: a.report.SentBy, fits: fits, best: a.report.Version, sum: sha256.Sum256(a.text),
		})
	}
}

// syntax checks that a chunk is JSON.
func syntax(c chunk) (Finding, bool) {
	f := Finding{Severity: Wrong, Line: c.line, In: inFrame, Rule: ocpp.RuleSyntax.String(), Code: string(ocpp.RuleSyntax.Code())}
	var wrong *json.SyntaxError
	if err := json.Unmarshal(c.text, new(json.RawMessage)); errors.As(err, &wrong) {
		f.Line = c.lineAt(int(wrong.Offset))
		f.Detail = "is not JSON: " + wrong.Error()
		f.Found = shorten(c.text[max(0, min(int(wrong.Offset), len(c.text))-30):min(int(wrong.Offset), len(c.text))])
		return f, true
	}
	err := ocpp.Unmarshal(c.text, new(json.RawMessage), ocpp.DecodeOptions{})
	if invalid, ok := errors.AsType[*ocpp.ValidationError](err); ok {
		f.Pointer, f.Detail = invalid.Pointer, invalid.Detail
	} else if err != nil {
		f.Detail = err.Error()
	}
	return f, err != nil
}
