package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	whole  = regexp.MustCompile(`"\$([A-Za-z][A-Za-z0-9]*)"`)       // a string that is a name
	inside = regexp.MustCompile(`\$\{([A-Za-z][A-Za-z0-9]*)\}`)     // a name in a string
	bare   = regexp.MustCompile(`\$([A-Za-z][A-Za-z0-9]*)`)         // a name in a path
	moment = regexp.MustCompile(`^(now|(in|ago)([0-9]+)([smhd]))$`) // the time, or before or after it
	units  = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
)

// Values are what the names of a case stand for, as JSON.
type Values map[string]json.RawMessage

// Set gives a name a value: JSON, or else a string.
func (v Values) Set(name, text string) {
	if json.Valid([]byte(text)) {
		v[name] = json.RawMessage(text)
		return
	}
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings can be marshaled
	}
	v[name] = quoted
}

// Message replaces the names in a message that is sent. A name without a value gets a new one.
func (v Values) Message(text string) string {
	text = whole.ReplaceAllStringFunc(text, func(s string) string { return string(v.value(s[2 : len(s)-1])) })
	return inside.ReplaceAllStringFunc(text, func(s string) string { return plain(v.value(s[2 : len(s)-1])) })
}

// Path replaces the names in a path.
func (v Values) Path(text string) string {
	text = inside.ReplaceAllString(text, "$$$1")
	return bare.ReplaceAllStringFunc(text, func(s string) string { return plain(v.value(s[1:])) })
}

// plain is a value without the quotes of a string.
func plain(value json.RawMessage) string { return strings.Trim(string(value), `"`) }

func (v Values) value(name string) json.RawMessage {
	if m := moment.FindStringSubmatch(name); m != nil {
		return json.RawMessage(strconv.Quote(at(m).UTC().Format(time.RFC3339)))
	}
	if name == "seq" || name == "count" {
		n, _ := strconv.Atoi(string(v[name])) // none is 0
		v[name] = json.RawMessage(strconv.Itoa(n + 1))
		return json.RawMessage(strconv.Itoa(n))
	}
	if _, ok := v[name]; !ok {
		v[name] = fresh(name)
	}
	return v[name]
}

// at is the moment that the parts of a name mean.
func at(parts []string) time.Time {
	n, _ := strconv.Atoi(parts[3]) // "" is now
	d := time.Duration(n) * units[parts[4]]
	if parts[2] == "ago" {
		d = -d
	}
	return time.Now().Add(d)
}

func fresh(name string) json.RawMessage {
	if strings.HasPrefix(name, "int") {
		return json.RawMessage(strconv.Itoa(rand.IntN(1 << 30)))
	}
	return json.RawMessage(fmt.Sprintf(`"%s-%08x"`, name[:min(len(name), 10)], rand.Uint32()))
}

// bind gives a name the value got, or compares it with the one that it has. It says what is expected instead, "" when got
// will do.
func (v Values) bind(name string, got any) string {
	raw := shown(got)
	have, ok := v[name]
	switch {
	case name == "any":
		return ""
	case moment.MatchString(name):
		return misfit(name, got)
	case ok && shown(parsed(have)) != raw:
		return string(have) + " ($" + name + ")"
	case ok:
		return ""
	}
	if want := misfit(name, got); want != "" {
		return want
	}
	v[name] = json.RawMessage(raw)
	return ""
}

// misfit says what a name stands for, if got is something else.
func misfit(name string, got any) string {
	s, isString := got.(string)
	switch {
	case strings.HasPrefix(name, "time"), moment.MatchString(name):
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return "a date-time"
		}
	case strings.HasPrefix(name, "int"):
		n, isNumber := got.(json.Number)
		if _, err := n.Int64(); err != nil || !isNumber {
			return "an integer"
		}
	case !isString || s == "":
		return "a string"
	}
	return ""
}
