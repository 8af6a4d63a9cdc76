package jsonwire

import "strconv"

// AppendNumber appends coef times ten to the power of exp, without an exponent.
func AppendNumber(b []byte, coef int64, exp int8) []byte {
	if exp >= 0 {
		b = strconv.AppendInt(b, coef, 10)
		for ; exp > 0 && coef != 0; exp-- {
			b = append(b, '0')
		}
		return b
	}
	u := uint64(coef)
	if coef < 0 {
		b = append(b, '-')
		u = -u
	}
	var tmp [20]byte
	digits := strconv.AppendUint(tmp[:0], u, 10)
	fraction := -int(exp)
	if whole := len(digits) - fraction; whole > 0 {
		b = append(b, digits[:whole]...)
		b = append(b, '.')
		return append(b, digits[whole:]...)
	}
	b = append(b, '0', '.')
	for range fraction - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...)
}
