package jsonwire

import (
	"math"
	"strconv"
)

// MinInt and MaxInt as limits mean that there is none.
const (
	MinInt = math.MinInt64
	MaxInt = math.MaxInt64
)

// Int reads an integer between lo and hi.
func (d *Decoder) Int(v *int, lo, hi int64) bool {
	n, ok := d.integer(max(lo, math.MinInt), min(hi, math.MaxInt))
	if ok {
		*v = int(n)
	}
	return ok
}

// Int64 reads an integer between lo and hi.
func (d *Decoder) Int64(v *int64, lo, hi int64) bool {
	n, ok := d.integer(lo, hi)
	if ok {
		*v = n
	}
	return ok
}

func (d *Decoder) integer(lo, hi int64) (int64, bool) {
	negative := d.space() == '-'
	s, p := d.s, d.p
	if negative {
		p++
	}
	start := p
	var n int64
	for p < len(s) && isDigit(s[p]) {
		n = n*10 + int64(s[p]-'0')
		p++
	}
	length := p - start
	if length == 0 || length > 18 || length > 1 && s[start] == '0' || p < len(s) && (s[p] == '.' || s[p]|0x20 == 'e') {
		return d.integerSlow(lo, hi)
	}
	if negative {
		n = -n
	}
	d.p = p
	if n < lo || n > hi {
		return n, d.outside(n < lo, lo, hi)
	}
	return n, true
}

// outside handles a number just read that is below lo or above hi.
func (d *Decoder) outside(below bool, lo, hi int64) bool {
	if below {
		return d.behind(RuleRange, "is less than "+strconv.FormatInt(lo, 10))
	}
	return d.behind(RuleRange, "is greater than "+strconv.FormatInt(hi, 10))
}

// integerSlow reads what integer leaves: other types, many digits, fractions and exponents.
func (d *Decoder) integerSlow(lo, hi int64) (int64, bool) {
	if k := d.Kind(); k != '-' && k != '0' {
		return 0, d.wrongType("is not an integer")
	}
	end, ok := d.numberEnd()
	if !ok {
		return 0, false
	}
	text := d.s[d.p:end]
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		x, ok := parseNumber(text)
		switch {
		case ok && !x.integral():
			if d.at(RuleType, "is not an integer") {
				d.p = end
			}
			return 0, false
		case !ok || x.exp > 0 || x.rest:
			return 0, d.refuse(RuleRange, "does not fit 64 bits")
		case !d.at(RuleIntegerForm, "is an integer that is not written as one"):
			return 0, false
		}
		n = x.int()
	}
	d.p = end
	if n < lo || n > hi {
		return n, d.outside(n < lo, lo, hi)
	}
	return n, true
}
