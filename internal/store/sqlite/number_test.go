package sqlite

import "testing"

// TestTakenNumbersCostLittle: neither much work nor many numbers, however many a station has taken.
func TestTakenNumbersCostLittle(t *testing.T) {
	for _, taken := range []int64{0, 1, patience, 1000, 1_000_000} {
		var value, looks int64
		n, err := freeNumber(
			func(step int64) (int64, error) { value += step; return value, nil },
			func(n int64) (bool, error) { looks++; return n <= taken, nil },
		)
		if err != nil || n <= taken {
			t.Errorf("with %d taken: %d, %v", taken, n, err)
		}
		if looks > 60 || n > 10*taken+1 {
			t.Errorf("with %d taken: number %d after %d looks", taken, n, looks)
		}
	}
}
