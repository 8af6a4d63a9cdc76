package sqlite

import (
	"math/rand/v2"
	"strconv"
)

// newNumber takes the next number for a transaction of OCPP 1.6 that the station does not use already, for one
// that another management system gave it.
func (w *writer) newNumber(station string) (int64, error) {
	next := func(step int64) (int64, error) { return w.next("transaction", step) }
	return freeNumber(next, func(n int64) (bool, error) {
		var ref int64
		return w.queryRow("SELECT ref FROM transactions WHERE station = ? AND id = ?",
			[]any{station, strconv.FormatInt(n, 10)}, []any{&ref})
	})
}

// patience is how many numbers are tried one after the other.
const patience = 10

// freeNumber takes numbers until one is not taken. A station can take as many as it likes by naming them, and every other
// station waits meanwhile: after some failures the steps are drawn from a range that doubles. So the work grows with
// the logarithm of how many are taken, and, as nobody can foresee the steps, the numbers grow by about as many: a
// station cannot use them up.
func freeNumber(next func(step int64) (int64, error), isTaken func(int64) (bool, error)) (n int64, err error) {
	step, reach := int64(1), int64(1)
	for tries, taken := 1, true; taken; tries++ {
		if n, err = next(step); err != nil {
			return 0, err
		}
		if taken, err = isTaken(n); err != nil {
			return 0, err
		}
		if tries >= patience {
			reach *= 2
			step = 1 + rand.Int64N(reach)
		}
	}
	return n, nil
}
