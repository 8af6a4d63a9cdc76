package ocpp

import (
	"cmp"
	"math"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
)

// Decimal is the exact number Coef * 10^Exp. A decoded 22.20 stays 22.20: Coef 2220, Exp -2; compare values with
// Cmp, not with ==. The zero Decimal is 0. Minus zero becomes zero.
//
// At least eighteen digits of a decoded number are kept exactly; digits that do not fit into Coef are rounded, half
// away from zero, because a meter that writes twenty digits does not mean the last ones. A number of more than
// 128 digits is refused.
type Decimal struct {
	Coef int64
	Exp  int8
}

// Dec returns coef * 10^exp.
func Dec(coef int64, exp int8) Decimal { return Decimal{coef, exp} }

// DecFloat returns the decimal with the fewest digits that f is read back from. It is false for infinities, for
// what is no number, and for magnitudes that a Decimal cannot hold.
func DecFloat(f float64) (Decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Decimal{}, false
	}
	x, err := ParseDecimal(strconv.FormatFloat(f, 'g', -1, 64))
	return x, err == nil
}

// ParseDecimal reads a number as JSON writes it.
func ParseDecimal(s string) (Decimal, error) {
	var x Decimal
	return x, unmarshalValue([]byte(s), &x)
}

// DecodeOCPP reads the number at the cursor.
func (x *Decimal) DecodeOCPP(d *jsonwire.Decoder) bool {
	return x.DecodeWithin(d, jsonwire.MinInt, jsonwire.MaxInt)
}

// DecodeWithin reads a number between lo and hi.
func (x *Decimal) DecodeWithin(d *jsonwire.Decoder, lo, hi int64) bool {
	coef, exp, ok := d.Number(lo, hi, false)
	if ok {
		x.Coef, x.Exp = coef, exp
	}
	return ok
}

// DecodeTenths reads a multiple of 0.1.
func (x *Decimal) DecodeTenths(d *jsonwire.Decoder) bool {
	coef, exp, ok := d.Number(jsonwire.MinInt, jsonwire.MaxInt, true)
	if ok {
		x.Coef, x.Exp = coef, exp
	}
	return ok
}

// AppendOCPP appends the number, never with an exponent.
func (x Decimal) AppendOCPP(b []byte) []byte { return jsonwire.AppendNumber(b, x.Coef, x.Exp) }

// String returns the number, never with an exponent.
func (x Decimal) String() string { return string(x.AppendOCPP(nil)) }

// Float64 returns the nearest float64.
func (x Decimal) Float64() float64 {
	f, err := strconv.ParseFloat(x.String(), 64)
	if err != nil {
		return math.NaN() // cannot be: 10^127 and what AppendNumber writes are in range
	}
	return f
}

// Int64 returns the number when it is an integer that fits.
func (x Decimal) Int64() (int64, bool) {
	c, e := x.Coef, int(x.Exp)
	for ; e < 0 && c != 0; e++ {
		if c%10 != 0 {
			return 0, false
		}
		c /= 10
	}
	for ; e > 0 && c != 0; e-- {
		if c > math.MaxInt64/10 || c < math.MinInt64/10 {
			return 0, false
		}
		c *= 10
	}
	return c, true
}

// Cmp compares the values: -1 for x < y, 0 for equal, 1 for x > y. 22.2 and 22.20 are equal.
func (x Decimal) Cmp(y Decimal) int {
	if n, ok := y.Int64(); ok {
		return jsonwire.CompareInt(x.Coef, int(x.Exp), false, n)
	}
	if n, ok := x.Int64(); ok {
		return -jsonwire.CompareInt(y.Coef, int(y.Exp), false, n)
	}
	return cmpDigits(x, y)
}

// cmpDigits compares two numbers of which neither is an integer that fits 64 bits.
func cmpDigits(x, y Decimal) int {
	if s := cmp.Compare(x.sign(), y.sign()); s != 0 {
		return s
	}
	a, b := x, y
	for a.Exp != b.Exp { // take trailing zeros off the finer one, or give some to the coarser one
		fine, coarse := &a, &b
		if a.Exp > b.Exp {
			fine, coarse = &b, &a
		}
		switch {
		case coarse.Coef <= math.MaxInt64/10 && coarse.Coef >= math.MinInt64/10:
			coarse.Coef *= 10
			coarse.Exp--
		case fine.Coef%10 == 0:
			fine.Coef /= 10
			fine.Exp++
		case coarse == &a: // the coarser one has too many digits to be the smaller in magnitude
			return a.sign()
		default:
			return -a.sign()
		}
	}
	return cmp.Compare(a.Coef, b.Coef)
}

func (x Decimal) sign() int { return cmp.Compare(x.Coef, 0) }

// MarshalJSON encodes the number.
func (x Decimal) MarshalJSON() ([]byte, error) { return x.AppendOCPP(nil), nil }

// UnmarshalJSON reads a JSON number. Null leaves x as it is.
func (x *Decimal) UnmarshalJSON(b []byte) error { return unmarshalValue(b, x) }
