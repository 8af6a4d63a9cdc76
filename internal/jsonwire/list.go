package jsonwire

import "strconv"

// List reads a list whose elements dec reads. minItems and maxItems of 0 are no limits. Elements that count as
// absent are left out. An empty list is not nil.
func List[T any](d *Decoder, v *[]T, minItems, maxItems int, dec func(*T, *Decoder) bool) bool {
	if d.space() != '[' {
		return d.wrongType("is not a list")
	}
	d.p++
	out := []T{}
	if d.space() == ']' {
		d.p++
	} else {
		var ok bool
		if out, ok = elements(d, maxItems, dec); !ok {
			return false
		}
	}
	if len(out) < minItems && !d.tooFew(len(out), minItems) {
		return false
	}
	*v = out
	return true
}

// elements reads the elements of a list that has some, and its closing bracket.
func elements[T any](d *Decoder, maxItems int, dec func(*T, *Decoder) bool) ([]T, bool) {
	var zero T
	start := d.p
	out := make([]T, 0, 1)
	for {
		if len(out) == maxItems && maxItems != 0 && !d.tooMany(maxItems) {
			return nil, false
		}
		if len(out) == cap(out) {
			grown := make([]T, len(out), d.estimate(len(out), start, maxItems))
			copy(grown, out)
			out = grown
		}
		out = out[:len(out)+1]
		if !dec(&out[len(out)-1], d) {
			if d.failed {
				return nil, false
			}
			out[len(out)-1] = zero
			out = out[:len(out)-1]
		}
		switch d.space() {
		case ',':
			d.p++
		case ']':
			d.p++
			return out, true
		default:
			return nil, d.syntax("a comma or a closing bracket is missing")
		}
	}
}

// estimate returns a capacity for a list of which n elements took the text since start: as many as the rest of the
// text could hold at that size, within bounds.
func (d *Decoder) estimate(n, start, maxItems int) int {
	size := max((d.p-start)/max(n, 1), 1)
	guess := n + (len(d.s)-d.p)/size + 1
	guess = min(guess, 4*n+8)
	if n < maxItems {
		guess = min(guess, maxItems)
	}
	return guess
}

// tooFew handles a list just read.
func (d *Decoder) tooFew(n, minItems int) bool {
	if n == 0 {
		return d.behind(RuleEmptyList, "is an empty list")
	}
	return d.behind(RuleItems, "has fewer than "+strconv.Itoa(minItems)+" items")
}

// tooMany handles the first item beyond the limit, before it is read, so that a hostile list costs no memory.
func (d *Decoder) tooMany(maxItems int) bool {
	return d.violate(finding{
		rule: RuleItems, place: placeAround, offset: d.p, detail: "has more than " + strconv.Itoa(maxItems) + " items",
	})
}

// Strings reads a list of strings of at most maxLen characters.
func (d *Decoder) Strings(v *[]string, minItems, maxItems, maxLen int) bool {
	return List(d, v, minItems, maxItems, func(s *string, d *Decoder) bool { return d.Str(s, maxLen) })
}

// Ints reads a list of integers between lo and hi.
func (d *Decoder) Ints(v *[]int, minItems, maxItems int, lo, hi int64) bool {
	return List(d, v, minItems, maxItems, func(n *int, d *Decoder) bool { return d.Int(n, lo, hi) })
}
