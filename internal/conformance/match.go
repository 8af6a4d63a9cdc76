package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// more stands for "..." in a parsed pattern: a property of an object, or an element of a list.
const more = "\u2026"

var (
	moreMembers = regexp.MustCompile(`([,{])\s*\.\.\.\s*\}`)
	moreItems   = regexp.MustCompile(`([,\[])\s*\.\.\.\s*([,\]])`)
)

// Differences compares a document with a pattern and returns a line for each difference. In part: objects may have more
// properties than the pattern.
func (v Values) Differences(pattern, got string, part bool) []string {
	w, err := parse(spell(v.known(pattern)))
	if err != nil {
		return []string{"the script expects what is not JSON: " + err.Error()}
	}
	g, err := parse(got)
	if err != nil {
		return []string{"is not JSON: " + err.Error()}
	}
	return comparison{v, part}.values("", w, g)
}

// known replaces ${name} in a pattern.
func (v Values) known(pattern string) string {
	return inside.ReplaceAllStringFunc(pattern, func(s string) string { return plain(v.value(s[2 : len(s)-1])) })
}

// spell writes the dots of a pattern in JSON.
func spell(pattern string) string {
	pattern = moreMembers.ReplaceAllString(pattern, `$1"`+more+`":0}`)
	for moreItems.MatchString(pattern) {
		pattern = moreItems.ReplaceAllString(pattern, `$1"`+more+`"$2`)
	}
	return pattern
}

func parse(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the end")
	}
	return value, nil
}

// parsed is parse of what is certainly JSON.
func parsed(raw json.RawMessage) any {
	value, err := parse(string(raw))
	if err != nil {
		panic(err)
	}
	return value
}

func shown(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

type comparison struct {
	names Values
	part  bool
}

func (c comparison) values(pointer string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return c.objects(pointer, w, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			return c.lists(pointer, w, g)
		}
	case string:
		if instead, ok := c.text(w, got); ok {
			if instead == "" {
				return nil
			}
			return []string{pointer + ": got " + shown(got) + ", want " + instead}
		}
	}
	if shown(want) != shown(got) {
		return []string{pointer + ": got " + shown(got) + ", want " + shown(want)}
	}
	return nil
}

// text compares with a name or a regular expression. It reports false for any other text.
func (c comparison) text(want string, got any) (instead string, ok bool) {
	switch {
	case whole.MatchString(strconv.Quote(want)):
		return c.names.bind(want[1:], got), true
	case strings.HasPrefix(want, "~"):
		s, isString := got.(string)
		if !isString || !regexp.MustCompile(want[1:]).MatchString(s) {
			return want, true
		}
		return "", true
	}
	return "", false
}

func (c comparison) objects(pointer string, want, got map[string]any) (list []string) {
	_, open := want[more]
	for _, name := range slices.Sorted(maps.Keys(want)) {
		at := pointer + "/" + name
		g, there := got[name]
		switch {
		case name == more:
		case want[name] == "$absent":
			if there {
				list = append(list, at+": got "+shown(g)+", want nothing")
			}
		case !there:
			list = append(list, at+": is missing, want "+shown(want[name]))
		default:
			list = append(list, c.values(at, want[name], g)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok && !open && !c.part {
			list = append(list, pointer+"/"+name+": got "+shown(got[name])+", want nothing")
		}
	}
	return list
}

func (c comparison) lists(pointer string, want, got []any) (list []string) {
	if slices.Contains(want, any(more)) {
		return c.among(pointer, want, got)
	}
	for i := range min(len(want), len(got)) {
		list = append(list, c.values(pointer+"/"+strconv.Itoa(i), want[i], got[i])...)
	}
	if len(want) != len(got) {
		list = append(list, fmt.Sprintf("%s: got %d elements, want %d", pointer, len(got), len(want)))
	}
	return list
}

// among finds the elements of want in got, in that order.
func (c comparison) among(pointer string, want, got []any) []string {
	i := 0
	for _, w := range want {
		if w == more {
			continue
		}
		for i < len(got) && !c.fits(w, got[i]) {
			i++
		}
		if i == len(got) {
			return []string{pointer + ": no element is " + shown(w)}
		}
		i++
	}
	return nil
}

// fits compares and binds names only if everything is as expected.
func (c comparison) fits(want, got any) bool {
	trial := comparison{maps.Clone(c.names), c.part}
	if len(trial.values("", want, got)) > 0 {
		return false
	}
	maps.Copy(c.names, trial.names)
	return true
}
