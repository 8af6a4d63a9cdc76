package fleet

import (
	"cmp"
	"errors"
	"math/big"
	"strings"
)

// Decimal is a decimal number as exact text in plain notation: an optional minus sign, digits, and optionally a
// point and digits. The zero Decimal "" is no number. Make one from foreign text with ParseDecimal.
type Decimal string

// ErrDecimal says that a text is no decimal number, or one with an absurd exponent.
var ErrDecimal = errors.New("fleet: not a decimal number")

// maxShift bounds exponents: no meter value needs more, and text must not grow with a number in it.
const maxShift = 30

// ParseDecimal reads a decimal number with an optional exponent of at most 30 places and spaces around it, as
// stations write them, and returns it tidy, see Tidy. Its digits stay: "12.50" keeps its zero.
func ParseDecimal(s string) (Decimal, error) {
	s = strings.TrimSpace(s)
	mantissa, exponent, hasExponent := cutAny(s, "eE")
	d := Decimal(strings.TrimPrefix(mantissa, "+")).Tidy()
	if d == "" {
		return "", ErrDecimal
	}
	if !hasExponent {
		return d, nil
	}
	n, ok := smallInt(exponent)
	if !ok {
		return "", ErrDecimal
	}
	return d.Shift(n)
}

// Tidy returns d as JSON writes numbers: no needless zero at the front, a digit before the point, and no point without a
// digit after it. Zeros at the end stay. It returns "" for what is no number.
func (d Decimal) Tidy() Decimal {
	if !d.plain() {
		return ""
	}
	sign, digits := d.cutSign()
	whole, fraction, _ := strings.Cut(digits, ".")
	return join(sign, whole, fraction)
}

// join writes a number; whole may have zeros too many, or no digit at all.
func join(sign, whole, fraction string) Decimal {
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return Decimal(sign + whole)
}

// Shift returns d times ten to the power of n. It fails when n is beyond 30 either way.
func (d Decimal) Shift(n int) (Decimal, error) {
	if n < -maxShift || n > maxShift || !d.plain() {
		return "", ErrDecimal
	}
	sign, digits := d.cutSign()
	whole, fraction, _ := strings.Cut(digits, ".")
	if n >= 0 {
		fraction += strings.Repeat("0", max(0, n-len(fraction)))
		whole, fraction = whole+fraction[:n], fraction[n:]
	} else {
		whole = strings.Repeat("0", max(0, 1-n-len(whole))) + whole
		whole, fraction = whole[:len(whole)+n], whole[len(whole)+n:]+fraction
	}
	return join(sign, whole, fraction), nil
}

// Trim returns the shortest way to write d: without needless zeros and without the sign of zero.
func (d Decimal) Trim() Decimal {
	sign, digits := d.cutSign()
	whole, fraction, _ := strings.Cut(digits, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	switch {
	case d == "":
		return ""
	case whole == "" && fraction == "":
		return "0"
	}
	return join(sign, whole, fraction)
}

// Compare returns -1, 0 or +1 as d is less than, equal to or greater than other. Both are numbers in plain notation, as
// ParseDecimal makes them; "" counts as zero.
func (d Decimal) Compare(other Decimal) int {
	sign, digits := d.Trim().cutSign()
	otherSign, otherDigits := other.Trim().cutSign()
	switch {
	case sign != otherSign && sign == "-":
		return -1
	case sign != otherSign:
		return 1
	case sign == "-":
		return compareDigits(otherDigits, digits)
	}
	return compareDigits(digits, otherDigits)
}

// Negative returns d with the other sign.
func (d Decimal) Negative() Decimal {
	sign, digits := d.cutSign()
	switch {
	case digits == "":
		return ""
	case sign == "-":
		return Decimal(digits)
	}
	return Decimal("-" + digits)
}

// Sum returns what numbers are together, "" when none of them is one, to six decimals. One alone stays as it is.
func Sum(numbers ...Decimal) Decimal {
	var last Decimal
	var sum big.Rat
	count := 0
	for _, d := range numbers {
		if n, ok := new(big.Rat).SetString(string(d)); ok && d.plain() {
			sum.Add(&sum, n)
			last, count = d, count+1
		}
	}
	if count < 2 {
		return last
	}
	return Decimal(sum.FloatString(maxSumDecimals)).Trim()
}

const maxSumDecimals = 6

func compareDigits(a, b string) int {
	wholeA, fractionA, _ := strings.Cut(a, ".")
	wholeB, fractionB, _ := strings.Cut(b, ".")
	wholeA, wholeB = strings.TrimLeft(wholeA, "0"), strings.TrimLeft(wholeB, "0")
	return cmp.Or(cmp.Compare(len(wholeA), len(wholeB)), strings.Compare(wholeA, wholeB), strings.Compare(fractionA, fractionB))
}

// plain reports whether d is in plain notation with at least one digit.
func (d Decimal) plain() bool {
	_, digits := d.cutSign()
	whole, fraction, _ := strings.Cut(digits, ".")
	return len(whole)+len(fraction) > 0 && allDigits(whole) && allDigits(fraction)
}

func (d Decimal) cutSign() (sign, digits string) {
	if rest, ok := strings.CutPrefix(string(d), "-"); ok {
		return "-", rest
	}
	return "", string(d)
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// smallInt reads an integer of at most two digits.
func smallInt(s string) (n int, ok bool) {
	sign := 1
	if rest, minus := strings.CutPrefix(s, "-"); minus {
		sign, s = -1, rest
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	if !allDigits(s) || s == "" || len(strings.TrimLeft(s, "0")) > 2 {
		return 0, false
	}
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return sign * n, true
}
