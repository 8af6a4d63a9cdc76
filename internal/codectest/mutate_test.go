package codectest

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// site is one value in a document: where it hangs, and its schema (nil where there is none).
type site struct {
	node   *node
	in     *object // or
	inList *list
	index  int
}

func (s site) get() any {
	if s.in != nil {
		return s.in.members[s.index].value
	}
	return s.inList.items[s.index]
}

func (s site) set(v any) {
	if s.in != nil {
		s.in.members[s.index].value = v
	} else {
		s.inList.items[s.index] = v
	}
}

// sites lists all values below v.
func (g *generator) sites(v any, n *node, out []site) []site {
	if n != nil {
		n = g.resolve(n)
	}
	switch v := v.(type) {
	case *object:
		for i, m := range v.members {
			var child *node
			if n != nil {
				child = n.Properties[m.name]
			}
			out = append(out, site{node: child, in: v, index: i})
			out = g.sites(m.value, child, out)
		}
	case *list:
		for i, x := range v.items {
			var child *node
			if n != nil {
				child = n.Items
			}
			out = append(out, site{node: child, inList: v, index: i})
			out = g.sites(x, child, out)
		}
	}
	return out
}

// mutate changes one thing about a document and says what.
func (g *generator) mutate(doc any) string {
	all := append(g.sites(doc, g.root, nil), site{})
	s := all[g.IntN(len(all))]
	if s == (site{}) { // the document itself
		return g.mutateObject(doc.(*object))
	}
	if s.node == nil {
		s.set(g.anything(0))
		return "another value where anything goes"
	}
	if g.IntN(5) == 0 {
		return g.mutateAnyType(s)
	}
	n := g.resolve(s.node)
	switch v := s.get().(type) {
	case *object:
		return g.mutateObject(v)
	case *list:
		return g.mutateList(v, n)
	}
	switch n.Type {
	case "string":
		return g.mutateText(s, n)
	case "integer", "number":
		return g.mutateNumber(s, n)
	}
	return g.mutateAnyType(s)
}

// changes makes one change after the other to a value of doc (the zero site: to doc itself), undoing each.
func (g *generator) changes(s site, doc *object) iter.Seq[string] {
	return func(yield func(string) bool) {
		o := doc
		if s != (site{}) {
			old := s.get()
			for _, v := range g.variants(s) {
				s.set(v)
				if !yield(fmt.Sprintf("%T set", v)) {
					return
				}
			}
			s.set(old)
			o, _ = old.(*object)
		}
		if o == nil {
			return
		}
		members := o.members
		for i := range members {
			o.members = slices.Concat(members[:i], members[i+1:])
			if !yield("without " + members[i].name) {
				return
			}
		}
		for _, name := range []string{"unknown", "a~/b", ""} {
			o.members = append(slices.Clip(members), member{name, raw("1")})
			if !yield("with " + name) {
				return
			}
		}
		o.members = members
	}
}

// variants returns other values for a site: all other types, and the values around its limits.
func (g *generator) variants(s site) []any {
	out := []any{raw("null"), raw("true"), raw("7"), raw("1.5"), raw(`"text"`), raw(`""`), &list{}, &object{}, &list{[]any{s.get()}}}
	if s.node == nil {
		return out
	}
	n := g.resolve(s.node)
	if l, ok := s.get().(*list); ok && len(l.items) > 0 {
		for _, count := range []int{n.MinItems - 1, n.MaxItems, n.MaxItems + 1} {
			if count > 0 && count <= 101 {
				out = append(out, &list{slices.Repeat(l.items[:1], count)})
			}
		}
	}
	for _, v := range g.numbers(n) {
		out = append(out, raw(v))
	}
	switch {
	case n.MaxLength > 0:
		out = append(out, g.quote(strings.Repeat("é", n.MaxLength)), g.quote(strings.Repeat("é", n.MaxLength+1)))
	case n.Format == "date-time":
		for _, v := range slices.Concat(badTimes, goodTimes) {
			out = append(out, g.quote(v))
		}
	}
	for i, v := range n.Enum {
		if out = append(out, g.quote(v)); i == 0 {
			out = append(out, g.quote(v+"x"), g.quote(strings.ToLower(v)), raw(`"Hertz"`))
		}
	}
	return out
}

// numbers returns numbers around the limits of a schema.
func (g *generator) numbers(n *node) []string {
	if n.Type != "integer" && n.Type != "number" {
		return nil
	}
	values := []string{
		"1.0", "2e0", "-1", "1.5", "0.15", "0.05", "1e400", "1e-400", "100.00000000000000000000001", "9223372036854775808",
		"-9223372036854775809", "3.0000000000000000000000001", "123456789012345678901234567890", "0.1e1", "10e-1",
	}
	for _, limit := range []*float64{n.Minimum, n.Maximum} {
		if limit != nil {
			x := int64(*limit)
			values = append(values, fmt.Sprint(x-1), fmt.Sprint(x), fmt.Sprint(x+1), fmt.Sprintf("%d.1", x), fmt.Sprintf("%d.9", x-1))
		}
	}
	return values
}

func (g *generator) mutateAnyType(s site) string {
	other := []any{
		raw("null"), raw("true"), raw("7"), raw("1.5"), raw(`"text"`), &list{}, &object{}, &list{[]any{s.get()}},
		&object{[]member{{"nested", s.get()}}},
	}
	s.set(other[g.IntN(len(other))])
	return "another type"
}

func (g *generator) mutateObject(o *object) string {
	switch g.IntN(4) {
	case 0:
		if len(o.members) > 0 {
			i := g.IntN(len(o.members))
			o.members = append(o.members[:i:i], o.members[i+1:]...)
			return "a property dropped"
		}
	case 1:
		if len(o.members) > 0 {
			i := g.IntN(len(o.members))
			name := o.members[i].name
			o.members[i].name = []string{
				strings.ToUpper(name), name + "s", name[:len(name)-1], "x/" + name, strings.Repeat(name, 20),
			}[g.IntN(5)]
			return "a property renamed"
		}
	case 2:
		if len(o.members) > 0 && g.IntN(4) == 0 {
			o.members = append(o.members, o.members[g.IntN(len(o.members))])
			return "a property twice"
		}
	}
	o.members = append(o.members, member{"unknown~/" + g.characters(g.IntN(3)), g.anything(0)})
	return "a property added"
}

func (g *generator) mutateList(l *list, n *node) string {
	switch g.IntN(3) {
	case 0:
		l.items = nil
		return "an empty list"
	case 1:
		if n.MaxItems == 0 || n.MaxItems > 120 || len(l.items) == 0 {
			break
		}
		count := n.MaxItems + g.IntN(2)
		for len(l.items) < count {
			l.items = append(l.items, l.items[0])
		}
		return "a list around its limit"
	}
	l.items = append(l.items, g.anything(0))
	return "another item"
}

var badTimes = []string{
	"", "now", "2026-11-22T10:15:30", "2026-11-22T10:15:30+03", "2026-11-22T10:15:30+0300", "2026-11-22 10:15:30Z",
	"2026-11-22T10:15Z", "2026-11-22T10:15:30,5Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
	"2016-12-31T23:58:60Z", "2026-11-22T10:15:30.Z", "2026-11-22", "2026-11-22T10:15:30+24:00", "2026-11-22T10:15:30Z ",
}

func (g *generator) mutateText(s site, n *node) string {
	switch {
	case n.Format == "date-time":
		s.set(g.quote(badTimes[g.IntN(len(badTimes))]))
		return "another date-time"
	case len(n.Enum) > 0:
		v := n.Enum[g.IntN(len(n.Enum))]
		bad := []string{"", "Bogus", strings.ToLower(v), v + " ", v[:len(v)-1], "Celsius", "Celcius", "Hertz"} //nolint:misspell // the schema's word
		s.set(g.quote(bad[g.IntN(len(bad))]))
		return "another enum value"
	case n.MaxLength > 0:
		s.set(g.quote(g.characters(n.MaxLength + g.IntN(3) - 1)))
		return "a string around its limit"
	}
	s.set(g.quote(g.characters(100)))
	return "another string"
}

func (g *generator) mutateNumber(s site, n *node) string {
	values := g.numbers(n)
	s.set(raw(values[g.IntN(len(values))]))
	return "another number"
}
