package codectest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// raw is a JSON value as it stands.
type raw string

// member is one member of an object; a list of them keeps order and duplicates.
type member struct {
	name  string
	value any
}

type object struct{ members []member }

type list struct{ items []any }

// generator makes documents that fit a schema.
type generator struct {
	*rand.Rand
	root *node
	all  bool // every optional property
	none bool // no optional property
}

func (g *generator) resolve(n *node) *node {
	for n.Ref != "" {
		n = g.root.Definitions[strings.TrimPrefix(n.Ref, "#/definitions/")]
	}
	return n
}

// value makes a value of a schema; depth bounds what is optional.
func (g *generator) value(n *node, depth int) any {
	n = g.resolve(n)
	switch n.Type {
	case "object":
		return g.object(n, depth)
	case "array":
		count := max(n.MinItems, 1)
		if !g.all && g.IntN(3) == 0 {
			count += g.IntN(3)
		}
		if n.MaxItems != 0 {
			count = min(count, n.MaxItems)
		}
		l := &list{}
		for range count {
			l.items = append(l.items, g.value(n.Items, depth+1))
		}
		return l
	case "string":
		return g.text(n)
	case "integer":
		return g.integer(n)
	case "number":
		return g.number(n)
	case "boolean":
		return raw(strconv.FormatBool(g.IntN(2) == 0))
	}
	return g.anything(0)
}

func (g *generator) object(n *node, depth int) any {
	o := &object{}
	for _, name := range sortedKeys(n.Properties) {
		optional := !slices.Contains(n.Required, name)
		if optional && (g.none || !g.all && (depth > 5 || g.IntN(2+depth/2) > 0)) {
			continue
		}
		o.members = append(o.members, member{name, g.value(n.Properties[name], depth+1)})
	}
	if n.Additional == nil || *n.Additional {
		if g.IntN(2) == 0 {
			o.members = append(o.members, member{"x-" + strconv.Itoa(g.IntN(100)), g.anything(0)})
		}
	}
	g.Shuffle(len(o.members), func(i, j int) { o.members[i], o.members[j] = o.members[j], o.members[i] })
	return o
}

func sortedKeys(m map[string]*node) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var goodTimes = []string{
	"2026-11-22T10:15:30Z", "2026-11-22T10:15:30.123Z", "2026-11-22T10:15:30.1234567+03:00", "2024-02-29T23:59:59-00:30",
	"1970-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-11-22t10:15:30z", "0001-01-01T00:00:00Z",
}

// quote writes s as a JSON string, sometimes with more escapes than needed.
func (g *generator) quote(s string) raw {
	if g.IntN(8) == 0 {
		var b strings.Builder
		b.WriteByte('"')
		for _, r := range s {
			if r > 0xffff {
				r -= 0x10000
				fmt.Fprintf(&b, `\u%04x\u%04X`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		}
		return raw(b.String() + `"`)
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return raw(b)
}

func (g *generator) text(n *node) any {
	switch {
	case len(n.Enum) > 0:
		return g.quote(n.Enum[g.IntN(len(n.Enum))])
	case n.Format == "date-time":
		return g.quote(goodTimes[g.IntN(len(goodTimes))])
	case n.Format == "uri":
		return g.quote("https://example.com/firmware.bin")
	}
	length := g.IntN(20)
	if n.MaxLength != 0 {
		length = min(length, n.MaxLength)
		if n.MaxLength < 300 && g.IntN(4) == 0 {
			length = n.MaxLength
		}
	}
	return g.quote(g.characters(length))
}

var alphabet = []rune(`abcXYZ019 -_.:/\"` + "\n\téß€漢😀\u007f")

func (g *generator) characters(n int) string {
	r := make([]rune, n)
	simple := g.IntN(2) == 0
	for i := range r {
		r[i] = alphabet[g.IntN(len(alphabet))]
		if simple {
			r[i] = 'a' + rune(g.IntN(26))
		}
	}
	return string(r)
}

func (g *generator) integer(n *node) any {
	if n.Minimum == nil && n.Maximum == nil {
		return raw([]string{
			"0", "-0", "1", "-1", "42", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "-9223372036854775808",
		}[g.IntN(10)])
	}
	lo, hi := int64(-1000), int64(1000)
	if n.Minimum != nil {
		lo = int64(*n.Minimum)
		hi = lo + 1000
	}
	if n.Maximum != nil {
		hi = int64(*n.Maximum)
	}
	return raw(strconv.FormatInt(lo+g.Int64N(hi-lo+1), 10))
}

func (g *generator) number(n *node) any {
	if n.MultipleOf != 0 {
		return raw(fmt.Sprintf("%d.%d", g.IntN(1000), g.IntN(10)))
	}
	sign := 1
	if n.Maximum != nil && *n.Maximum <= 0 {
		sign = -1
	}
	switch g.IntN(3) {
	case 0:
		return raw(strconv.Itoa(sign * g.IntN(100)))
	case 1:
		return raw(fmt.Sprintf("%d.%02d", sign*(1+g.IntN(99)), g.IntN(100)))
	}
	return raw(fmt.Sprintf("%de-%d", sign*g.IntN(1000), 1+g.IntN(5)))
}

// anything makes a value of any kind.
func (g *generator) anything(depth int) any {
	switch k := g.IntN(8); {
	case k == 0 && depth < 4:
		return &list{[]any{g.anything(depth + 1), g.anything(depth + 1)}}
	case k == 1 && depth < 4:
		return &object{[]member{{"a", g.anything(depth + 1)}, {"b~/", g.anything(depth + 1)}}}
	case k == 2:
		return raw("null")
	case k == 3:
		return raw("true")
	case k == 4:
		return raw("-12.5e3")
	case k == 5:
		return &object{}
	case k == 6:
		return &list{}
	}
	return g.quote(g.characters(g.IntN(12)))
}

// write appends a value as JSON, with white space here and there.
func (g *generator) write(b []byte, v any) []byte {
	switch v := v.(type) {
	case raw:
		return append(b, v...)
	case *list:
		b = append(b, '[')
		for i, x := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = g.write(g.space(b), x)
		}
		return append(g.space(b), ']')
	case *object:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(g.space(b), g.quote(m.name)...)
			b = append(g.space(b), ':')
			b = g.space(g.write(g.space(b), m.value))
		}
		return append(b, '}')
	}
	panic(fmt.Sprintf("%T", v))
}

func (g *generator) space(b []byte) []byte {
	if g.IntN(10) == 0 {
		return append(b, " \n\t\r"[g.IntN(4)])
	}
	return b
}
