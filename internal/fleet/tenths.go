package fleet

import "strconv"

// Tenths is a limit, in tenths of amperes per phase or of watts: stations know one decimal.
type Tenths int64

// MaxTenths is the largest limit: ten gigawatts.
const MaxTenths Tenths = 100_000_000_000

// ParseTenths reads a limit that has at most one decimal and is not negative nor above MaxTenths.
func ParseTenths(d Decimal) (Tenths, bool) {
	shifted, err := d.Shift(1)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(shifted.Trim()), 10, 64)
	return Tenths(n), err == nil && n >= 0 && Tenths(n) <= MaxTenths
}

// Decimal returns the limit as a number.
func (t Tenths) Decimal() Decimal {
	d, err := Decimal(strconv.FormatInt(int64(t), 10)).Shift(-1)
	if err != nil {
		return "" // cannot happen: it is a number
	}
	return d.Trim()
}
