package codectest

import (
	"bytes"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// seed makes the documents; another one makes others.
const seed = 20261122

// documents is how many documents each of the 387 messages is tried with.
const documents = 200

// differences lists where the strict verdict differs from the schema's, and why it should.
var differences = map[string]string{
	"integer form":  "1.0 and 1e3 are integers for a schema; strict is stricter, RuleIntegerForm can be tolerated",
	"duplicate key": "a schema sees an object after duplicates are gone; here they are an error (codec.md)",
	"64 bits":       "integers are int64",
	"magnitude":     "numbers of more than 128 digits do not fit a Decimal",
	"units":         "1.6 errata v4: Celsius, Celcius and Hertz are units in StopTransaction and MeterValues alike", //nolint:misspell // the schema's word
	"exiResponse":   "2.0.1: contract certificates outgrew 5600; 17000 are received, as in 2.1",
	"stream value":  "2.1: the schema has CustomDataType for the value of a stream element, where the text has a value",
}

func TestStrictVerdictIsThatOfTheSchemas(t *testing.T) {
	all := withSchemas(t)
	if len(all) != 387 {
		t.Errorf("%d messages, want 387", len(all))
	}
	count := documents
	if testing.Short() {
		count = 40
	}
	t.Logf("seed %d, %d random documents for each of %d messages, and each field broken in each way", seed, count, len(all))
	tally, done := map[string]int{}, map[*node]bool{}
	slices.SortStableFunc(all, func(a, b message) int { return a.size - b.size }) // shared definitions first in small documents
	for _, m := range all {
		h := fnv.New64a()
		h.Write([]byte(m.String()))
		g := &generator{Rand: rand.New(rand.NewPCG(seed, h.Sum64())), root: m.node}
		if !compare(t, m, g, count, tally) || !testing.Short() && !compareFields(t, m, g, done, tally) {
			break
		}
	}
	t.Logf("accepted by both %d, refused by both %d", tally["accepted"], tally["refused"])
	for reason, why := range differences {
		t.Logf("%6d x %s: %s", tally[reason], reason, why)
		if tally[reason] == 0 && !t.Failed() && !testing.Short() {
			t.Errorf("the difference %q never showed: take it off the list", reason)
		}
	}
}

// compare tries one message with random documents, of which a third are valid.
func compare(t *testing.T, m message, g *generator, count int, tally map[string]int) bool {
	for i := range count {
		g.all, g.none = i%7 == 0, i%7 == 1
		doc := g.value(m.node, 0)
		what := "nothing"
		if i%3 != 0 {
			what = g.mutate(doc)
		}
		text := g.write(nil, doc)
		reason := verdict(t, m, text)
		if what == "nothing" && reason == "refused" {
			t.Errorf("a valid document is refused")
			reason = ""
		}
		if reason == "" {
			t.Errorf("%s, document %d, changed: %s:\n%.1500s", m, i, what, text)
			return false
		}
		tally[reason]++
		if v := m.new(); i%4 == 0 && ocpp.Unmarshal(text, v, ocpp.DecodeOptions{Policy: tolerant}) == nil {
			checkRoundTrip(t, m, v, text)
		}
	}
	return true
}

// compareFields breaks each value of one document that has every property, one at a time, in each way there is. What is
// done already, a definition that another message shares, is left out.
func compareFields(t *testing.T, m message, g *generator, done map[*node]bool, tally map[string]int) bool {
	g.all, g.none = true, false
	doc := g.value(m.node, 0)
	for _, s := range append(g.sites(doc, m.node, nil), site{}) {
		if done[s.node] && s.node != nil {
			continue
		}
		done[s.node] = true
		for change := range g.changes(s, doc.(*object)) {
			text := g.write(nil, doc)
			reason := verdict(t, m, text)
			if reason == "" {
				t.Errorf("%s, changed: %s:\n%.1500s", m, change, text)
				return false
			}
			tally[reason]++
		}
	}
	return true
}

// verdict compares the two judgements of one document: "accepted" or "refused" by both, the key of an explained
// difference, or "" after reporting an unexplained one.
func verdict(t *testing.T, m message, text []byte) string {
	ours := ocpp.Unmarshal(text, m.make(), ocpp.DecodeOptions{})
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: the document is no JSON: %v\n%s", m, err, text)
	}
	theirs := m.oracle.Validate(value)
	if !validateAgrees(t, m, text) {
		return ""
	}
	var mine *ocpp.ValidationError
	var other *jsonschema.ValidationError
	switch {
	case ours == nil && theirs == nil:
		return "accepted"
	case ours != nil && !errors.As(ours, &mine):
		t.Errorf("%s: %T is no *ocpp.ValidationError", m, ours)
		return ""
	case theirs != nil && !errors.As(theirs, &other):
		t.Fatal(theirs)
	}
	if reason := explain(m, mine, other); reason != "" {
		return reason
	}
	if mine == nil || other == nil || !sameplace(mine.Pointer, leaves(other, nil)) {
		t.Errorf("%s: ours: %v; schema: %v", m, ours, theirs)
		return ""
	}
	return "refused"
}

// validateAgrees decodes a document tolerantly, so that the violations are kept, and compares what Validate says with
// what the schema says of the message as it would be sent.
func validateAgrees(t *testing.T, m message, text []byte) bool {
	v := m.new()
	keep := ocpp.Strict.Tolerating(ocpp.RuleUnknownProperty, ocpp.RuleNull, ocpp.RuleType, ocpp.RuleIntegerForm, ocpp.RuleLength,
		ocpp.RuleEnum, ocpp.RuleRange, ocpp.RuleEmptyList, ocpp.RuleItems, ocpp.RuleTimeForm)
	if ocpp.Unmarshal(text, v, ocpp.DecodeOptions{Policy: keep}) != nil {
		return true
	}
	sent := v.AppendOCPP(nil)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(sent))
	if err != nil {
		t.Errorf("%s: sends what is no JSON: %v\n%s", m, err, sent)
		return false
	}
	ours := v.(interface{ Validate() error }).Validate()
	theirs := m.oracle.Validate(value)
	var mine *ocpp.ValidationError
	var other *jsonschema.ValidationError
	errors.As(ours, &mine)
	errors.As(theirs, &other)
	switch {
	case ours == nil && theirs == nil:
	case mine != nil && mine.Rule == ocpp.RuleMissing && bytes.Contains(sent, []byte(`"0001-01-01T00:00:00Z"`)):
		// the zero Time cannot be told from none
	case mine != nil && other != nil && sameplace(mine.Pointer, leaves(other, nil)):
	case mine == nil && explain(m, nil, other) != "":
	default:
		t.Errorf("%s: Validate says %v, the schema %v of\n%.1500s", m, ours, theirs, sent)
		return false
	}
	return true
}

func explain(m message, mine *ocpp.ValidationError, other *jsonschema.ValidationError) string {
	if mine != nil {
		switch {
		case mine.Rule == ocpp.RuleIntegerForm:
			return "integer form"
		case mine.Rule == ocpp.RuleDuplicateKey:
			return "duplicate key"
		case mine.Detail == "does not fit 64 bits":
			return "64 bits"
		case mine.Detail == "is too large a number":
			return "magnitude"
		}
		return ""
	}
	for _, l := range leaves(other, nil) {
		last := ""
		if n := len(l.at); n > 0 {
			last = l.at[n-1]
		}
		switch {
		case m.version == ocpp.V16 && last == "unit":
			return "units"
		case m.name == "Get15118EVCertificateResponse" && last == "exiResponse":
			return "exiResponse"
		case m.name == "NotifyPeriodicEventStreamRequest" && slices.Contains(l.at, "v"):
			return "stream value"
		}
	}
	return ""
}

// leaf is one violation by the schema.
type leaf struct {
	at    []string
	names []string // missing or additional properties
}

func leaves(e *jsonschema.ValidationError, out []leaf) []leaf {
	if len(e.Causes) == 0 {
		l := leaf{at: e.InstanceLocation}
		switch k := e.ErrorKind.(type) {
		case *kind.Required:
			l.names = k.Missing
		case *kind.AdditionalProperties:
			l.names = k.Properties
		}
		return append(out, l)
	}
	for _, c := range e.Causes {
		out = leaves(c, out)
	}
	return out
}

var escapeSegment = strings.NewReplacer("~", "~0", "/", "~1")

// sameplace reports whether a pointer is that of one of the violations. The name of an unknown property may have been
// withheld.
func sameplace(pointer string, all []leaf) bool {
	for _, l := range all {
		var b strings.Builder
		for _, s := range l.at {
			b.WriteString("/" + escapeSegment.Replace(s))
		}
		if pointer == b.String() {
			return true
		}
		for _, name := range l.names {
			if pointer == b.String()+"/"+escapeSegment.Replace(name) {
				return true
			}
		}
	}
	return false
}
