package ocpptest

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/ocppj"
)

// anyValue matches every value.
const anyValue = "any"

// named finds the names of values in a text.
var named = regexp.MustCompile(`"\$[A-Za-z][A-Za-z0-9]*"`)

// values are what the names of a script stand for, as JSON.
type values map[string]json.RawMessage

// fill replaces the names in a text by their values. A name without one gets a new value.
func (v values) fill(text string) string {
	return named.ReplaceAllStringFunc(text, func(quoted string) string {
		name := quoted[2 : len(quoted)-1]
		if _, ok := v[name]; !ok {
			v[name] = newValue(name)
		}
		return string(v[name])
	})
}

func newValue(name string) json.RawMessage {
	switch {
	case strings.HasPrefix(name, "time"):
		return json.RawMessage(strconv.Quote(time.Now().UTC().Format(time.RFC3339)))
	case strings.HasPrefix(name, "int"):
		return json.RawMessage(strconv.Itoa(rand.IntN(1 << 31)))
	}
	// Short enough for an idTag of OCPP 1.6, too.
	return json.RawMessage(strconv.Quote(strings.ReplaceAll(ocppj.NewMessageID(), "-", "")[:20]))
}

// nameOf returns the name that a string of a script is.
func nameOf(s string) (string, bool) {
	if !named.MatchString(strconv.Quote(s)) {
		return "", false
	}
	return s[1:], true
}

// bind gives name the value got, or compares it with the one that it has. It returns what is expected instead, "" when
// got will do.
func (v values) bind(name string, got any) string {
	raw, err := json.Marshal(got)
	if err != nil {
		return "JSON"
	}
	switch have, ok := v[name]; {
	case name == anyValue:
		return ""
	case ok && string(have) != string(raw):
		return string(have) + " ($" + name + ")"
	case ok:
		return ""
	}
	if want := misfit(name, got); want != "" {
		return want
	}
	v[name] = raw
	return ""
}

// misfit says what a name stands for, if got is something else.
func misfit(name string, got any) string {
	s, isString := got.(string)
	switch {
	case strings.HasPrefix(name, "time"):
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return "a date-time"
		}
	case strings.HasPrefix(name, "int"):
		n, isNumber := got.(json.Number)
		if _, err := n.Int64(); err != nil || !isNumber {
			return "an integer"
		}
	case !isString || s == "" || utf8.RuneCountInString(s) > 36:
		return "a string of 1 to 36 characters"
	}
	return ""
}
