package fleet

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// SamplesOf returns the samples of an event from its content, as Content made it. Reading them is most of what it takes to
// show a transaction, so the form that Content writes is read here without the detours of encoding/json, in a
// third of the time; whatever else is in the content is left to that.
func SamplesOf(content []byte) ([]Sample, error) {
	s := contentScanner{text: string(content)}
	if samples, ok := s.event(); ok {
		return samples, nil
	}
	var e struct{ Samples []Sample }
	if err := json.Unmarshal(content, &e); err != nil {
		return nil, fmt.Errorf("the content of an event: %w", err)
	}
	return e.Samples, nil
}

// contentScanner reads JSON as Content writes it: without spaces, and strings that it has to look into without escapes.
// Its methods report false for anything else; it may then stand anywhere.
type contentScanner struct {
	text string // what is left
}

// take takes a prefix off.
func (s *contentScanner) take(prefix string) bool {
	rest, ok := strings.CutPrefix(s.text, prefix)
	s.text = rest
	return ok
}

// str takes a string without escapes.
func (s *contentScanner) str() (string, bool) {
	if !s.take(`"`) {
		return "", false
	}
	value, rest, ok := strings.Cut(s.text, `"`)
	if !ok || strings.IndexByte(value, '\\') >= 0 {
		return "", false
	}
	s.text = rest
	return value, true
}

// fields takes an object and calls read for each name; read takes the value.
func (s *contentScanner) fields(read func(name string) bool) bool {
	if !s.take(`{`) {
		return false
	}
	for sep := ""; !s.take(`}`); sep = `,` {
		if !s.take(sep) {
			return false
		}
		name, ok := s.str()
		if !ok || !s.take(`:`) || !read(name) {
			return false
		}
	}
	return true
}

func (s *contentScanner) event() (samples []Sample, ok bool) {
	found := false
	ok = s.fields(func(name string) bool {
		if name != "samples" {
			return s.skip()
		}
		found = true
		return s.list(&samples)
	})
	return samples, ok && s.text == "" && (found || samples == nil)
}

func (s *contentScanner) list(samples *[]Sample) bool {
	if !s.take(`[`) {
		return false
	}
	for sep := ""; !s.take(`]`); sep = `,` {
		var sample Sample
		if !s.take(sep) || !s.fields(func(name string) bool { return s.field(&sample, name) }) {
			return false
		}
		*samples = append(*samples, sample)
	}
	return true
}

// field takes one field of a sample. A signed value, a multiplier and what is unknown are left to encoding/json.
func (s *contentScanner) field(sample *Sample, name string) (ok bool) {
	value, ok := s.str()
	if !ok {
		return false
	}
	switch name {
	case "time":
		t, err := time.Parse(time.RFC3339Nano, value)
		sample.Time = t
		return err == nil
	case "value":
		sample.Value = Decimal(value)
	case "text":
		sample.Text = value
	case "measurand":
		sample.Measurand = value
	case "phase":
		sample.Phase = value
	case "context":
		sample.Context = value
	case "location":
		sample.Location = value
	case "unit":
		sample.Unit = value
	default:
		return false
	}
	return true
}

// skip takes a value of any kind that nobody wants to know.
func (s *contentScanner) skip() bool {
	depth := 0
	for i := 0; i < len(s.text); i++ {
		switch s.text[i] {
		case '"':
			n := endOfString(s.text[i:])
			if n < 0 {
				return false
			}
			i += n
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth < 0 {
			return s.drop(i) // the end of a number or a word, and of the object around
		}
		if depth == 0 && strings.IndexByte(`"}]`, s.text[i]) >= 0 {
			return s.drop(i + 1)
		}
		if depth == 0 && s.text[i] == ',' {
			return s.drop(i)
		}
	}
	return false
}

func (s *contentScanner) drop(n int) bool {
	s.text = s.text[n:]
	return n > 0
}

// endOfString returns where the string at the begin of text ends: the place of its closing quote, or -1.
func endOfString(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
