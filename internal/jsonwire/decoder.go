package jsonwire

import (
	"time"
	"unsafe"
)

// Options says how a Decoder treats a message. The zero Options is strict in every rule, copies, and takes times
// without a zone as UTC.
type Options struct {
	// Policy is an ocpp.Policy: bit 1<<rule is set for a tolerant rule.
	Policy uint32

	// Owned promises that nobody changes the data after Reset: strings then point into it. Otherwise they are
	// copied.
	Owned bool

	// Location is the zone of times that name none. Nil is UTC.
	Location *time.Location

	// OnViolation is told, after decoding, each violation that the policy tolerated, at most MaxViolations of
	// one message. Nil is nobody.
	OnViolation func(rule Rule, pointer, detail string)
}

// MaxViolations is how many tolerated violations of one message are reported; a hostile message must not buy
// itself unbounded work.
const MaxViolations = 100

// Decoder reads one message. It is a plain value for one goroutine at a time, and is used again by Reset. The
// zero Decoder has nothing to read.
type Decoder struct {
	s      string // the whole text
	p      int    // the cursor
	base   int    // where the payload begins; pointers count from there
	failed bool
	opts   Options
	chunk  []byte // strings are copied into it when the text is not owned
	bad    finding
	found  []finding // what was tolerated, in the order of offsets
}

// Reset makes d read data from its beginning.
func (d *Decoder) Reset(data []byte, o Options) {
	d.s = unsafe.String(unsafe.SliceData(data), len(data))
	d.p, d.base, d.failed = 0, 0, false
	d.opts, d.chunk = o, nil
	if d.found != nil {
		d.found = d.found[:0]
	}
}

// Release drops every reference to the data and to what was found in it, so that an idle Decoder holds no memory.
func (d *Decoder) Release() { *d = Decoder{} }

// Failed reports whether the message is refused. Violation says why.
func (d *Decoder) Failed() bool { return d.failed }

// Offset returns the position of the cursor in the data.
func (d *Decoder) Offset() int { return d.p }

// Rewind puts the cursor on an offset that Offset returned and forgets a failure.
func (d *Decoder) Rewind(offset int) { d.p, d.failed = offset, false }

// Payload marks the cursor as the beginning of the payload, which pointers count from.
func (d *Decoder) Payload() { d.base = d.p }

// spaces has a 1 for each white space character of JSON.
const spaces uint64 = 1<<' ' | 1<<'\t' | 1<<'\n' | 1<<'\r'

// space moves the cursor over white space and returns the byte there, 0 at the end of the text.
func (d *Decoder) space() byte {
	if d.p < len(d.s) {
		if c := d.s[d.p]; c > ' ' {
			return c
		}
	}
	return d.spaceSlow()
}

func (d *Decoder) spaceSlow() byte {
	s, p := d.s, d.p
	for p < len(s) && s[p] <= ' ' && spaces&(1<<s[p]) != 0 {
		p++
	}
	d.p = p
	if p < len(s) {
		return s[p]
	}
	return 0
}

// Kind returns the first byte of the next value, with '0' for each digit: '{', '[', '"', 't', 'f', 'n', '-' or
// '0'. It returns 0 when no value begins here.
func (d *Decoder) Kind() byte {
	switch c := d.space(); c {
	case '{', '[', '"', 't', 'f', 'n', '-':
		return c
	default:
		if isDigit(c) {
			return '0'
		}
		return 0
	}
}

func isDigit(c byte) bool { return c-'0' < 10 }
