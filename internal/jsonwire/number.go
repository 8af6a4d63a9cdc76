package jsonwire

import "math"

// Number reads a number as coef times ten to the power of exp. lo and hi are its inclusive limits; with tenths it
// must be a multiple of 0.1.
//
// Eighteen digits are always kept as they are written, trailing zeros of a fraction included; what no longer fits
// into coef is rounded, half away from zero. Limits see the exact number. A number too large for exp is refused,
// one too small becomes zero, for limits as well.
func (d *Decoder) Number(lo, hi int64, tenths bool) (coef int64, exp int8, ok bool) {
	x, end, ok := d.numberFast()
	if !ok {
		if x, end, ok = d.numberSlow(); !ok {
			return 0, 0, false
		}
	}
	d.p = end
	if lo != MinInt && x.cmp(lo) < 0 && !d.outside(true, lo, hi) ||
		hi != MaxInt && x.cmp(hi) > 0 && !d.outside(false, lo, hi) ||
		tenths && !x.tenths() && !d.behind(RuleRange, "is not a multiple of 0.1") {
		return 0, 0, false
	}
	if x.rest {
		x.round()
	}
	return x.coef, int8(x.exp), true
}

// numberFast reads a number of at most 18 digits without an exponent.
func (d *Decoder) numberFast() (x number, end int, ok bool) {
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
	if length == 0 || length > 1 && s[start] == '0' {
		return x, p, false
	}
	fraction := 0
	if p < len(s) && s[p] == '.' {
		p++
		dot := p
		for p < len(s) && isDigit(s[p]) {
			n = n*10 + int64(s[p]-'0')
			p++
		}
		if fraction = p - dot; fraction == 0 {
			return x, p, false
		}
	}
	if length+fraction > 18 || p < len(s) && s[p]|0x20 == 'e' {
		return x, p, false
	}
	if negative {
		n = -n
	}
	return number{coef: n, exp: -fraction}, p, true
}

func (d *Decoder) numberSlow() (x number, end int, ok bool) {
	if k := d.Kind(); k != '-' && k != '0' {
		return x, 0, d.wrongType("is not a number")
	}
	if end, ok = d.numberEnd(); !ok {
		return x, end, false
	}
	if x, ok = parseNumber(d.s[d.p:end]); !ok {
		return x, end, d.refuse(RuleRange, "is too large a number")
	}
	return x, end, true
}

// number is coef times ten to the power of exp, cut off towards zero.
type number struct {
	coef int64
	exp  int
	rest bool // digits other than 0 were cut off
	up   bool // the first of them was 5 or more
}

// parseNumber reads a number whose grammar is right. It returns false when the exponent does not fit 8 bits.
func parseNumber(s string) (number, bool) {
	negative := s[0] == '-'
	if negative {
		s = s[1:]
	}
	var x number
	fraction, cut, i := false, false, 0
	for ; i < len(s) && s[i]|0x20 != 'e'; i++ {
		if s[i] == '.' {
			fraction = true
			continue
		}
		cut = x.digit(int64(s[i]-'0'), cut, fraction)
	}
	if i < len(s) {
		x.exp += exponent(s[i+1:])
	}
	ok := x.normalize()
	if negative {
		x.coef = -x.coef
	}
	return x, ok
}

// digit appends one digit; cut says that the ones before did not all fit.
func (x *number) digit(c int64, cut, fraction bool) bool {
	if !cut && (x.coef < math.MaxInt64/10 || x.coef == math.MaxInt64/10 && c <= math.MaxInt64%10) {
		x.coef = x.coef*10 + c
		if fraction {
			x.exp--
		}
		return false
	}
	if !cut {
		x.up = c >= 5
	}
	x.rest = x.rest || c != 0
	if !fraction {
		x.exp++
	}
	return true
}

// maxExponent bounds the exponents that are told apart; no number of a message needs more.
const maxExponent = 1 << 30

func exponent(s string) int {
	negative := s[0] == '-'
	if negative || s[0] == '+' {
		s = s[1:]
	}
	n := 0
	for i := range len(s) {
		n = min(n*10+int(s[i]-'0'), maxExponent)
	}
	if negative {
		return -n
	}
	return n
}

// normalize brings exp into 8 bits, and to 0 or below where coef allows. coef is not negative.
func (x *number) normalize() bool {
	if x.coef == 0 {
		x.exp = max(min(x.exp, 0), math.MinInt8)
		return true
	}
	for x.exp > 0 && x.coef <= math.MaxInt64/10 && !x.rest {
		x.coef *= 10
		x.exp--
	}
	for x.exp < math.MinInt8 && x.coef != 0 {
		c := x.coef % 10
		x.rest, x.up = x.rest || c != 0, c >= 5
		x.coef /= 10
		x.exp++
	}
	if x.coef == 0 {
		x.exp, x.up = math.MinInt8, false
	}
	return x.exp <= math.MaxInt8
}

// round takes the digits that were cut off into account.
func (x *number) round() {
	switch {
	case !x.up || x.coef == math.MaxInt64 || x.coef == -math.MaxInt64:
	case x.coef < 0:
		x.coef--
	default:
		x.coef++
	}
}

// integral reports whether the number is an integer.
func (x number) integral() bool {
	c, e := x.coef, x.exp
	for e < 0 && c%10 == 0 && c != 0 {
		c /= 10
		e++
	}
	return (e >= 0 || c == 0) && (!x.rest || x.exp > 0)
}

// int returns the value of an integral number with exp <= 0.
func (x number) int() int64 {
	c := x.coef
	for e := x.exp; e < 0 && c != 0; e++ {
		c /= 10
	}
	return c
}

// tenths reports whether the number is a multiple of 0.1.
func (x number) tenths() bool {
	if x.rest && x.exp <= 0 {
		return false
	}
	c, e := x.coef, x.exp
	for e < -1 && c%10 == 0 && c != 0 {
		c /= 10
		e++
	}
	return e >= -1 || c == 0
}

// cmp compares the number, before rounding, with n.
func (x number) cmp(n int64) int {
	return CompareInt(x.coef, x.exp, x.rest, n)
}

// CompareInt compares coef times ten to the power of exp with n. With rest the number is a little further from
// zero than that.
func CompareInt(coef int64, exp int, rest bool, n int64) int {
	for ; exp > 0 && coef != 0; exp-- {
		if coef > math.MaxInt64/10 || coef < math.MinInt64/10 {
			return sign(coef) // beyond any int64
		}
		coef *= 10
	}
	low := false // digits other than 0 are cut off
	negative := coef < 0
	for ; exp < 0 && coef != 0; exp++ {
		low = low || coef%10 != 0
		coef /= 10
	}
	switch {
	case coef != n:
		return sign2(coef < n)
	case !low && !rest:
		return 0
	}
	return sign2(negative)
}

func sign(n int64) int { return sign2(n < 0) }

func sign2(negative bool) int {
	if negative {
		return -1
	}
	return 1
}
