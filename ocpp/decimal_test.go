package ocpp_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/jsonwire"
	"github.com/chargeyard/chargeyard/ocpp"
)

func TestDecimalIsExact(t *testing.T) {
	for text, want := range map[string]string{
		"22.20": "22.20", "22.2": "22.2", "0": "0", "-0": "0", "-0.0": "0.0", "0.10": "0.10", "-1.5": "-1.5", "1e3": "1000",
		"1.5e1": "15", "12e-3": "0.012", "123456789012345678": "123456789012345678", "0.000000000000000001": "0.000000000000000001",
		"9007199254740993": "9007199254740993", "0.1234567890123456789": "0.1234567890123456789",
	} {
		x, err := ocpp.ParseDecimal(text)
		if err != nil || x.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, x, err, want)
		}
	}
	for _, text := range []string{"", " ", "x", "1.", "01", "1e400", "NaN", "1 2", `"1"`, "true"} {
		if x, err := ocpp.ParseDecimal(text); err == nil {
			t.Errorf("%q: %s", text, x)
		}
	}
}

// Checking a multiple of 0.1 by float division refuses 134 of these limits.
func TestAll401LimitsOfOneDecimalAreAccepted(t *testing.T) {
	for i := range 401 {
		text := fmt.Sprintf("%d.%d", i/10, i%10)
		var x ocpp.Decimal
		var d jsonwire.Decoder
		d.Reset([]byte(text), jsonwire.Options{})
		if !x.DecodeTenths(&d) || ocpp.CheckTenths("", x) != nil || x != ocpp.Dec(int64(i), -1) || x.String() != text {
			t.Errorf("%s: %v", text, x)
		}
	}
}

func TestDecimalCmp(t *testing.T) {
	ascending := []string{
		"-1e140", "-123456789012345678901", "-9223372036854775808", "-22.21", "-22.2", "-1", "-0.5", "-1e-128", "0", "1e-128",
		"1.1e-20", "0.1", "0.3333333333333333333", "0.333333333333333334", "1", "22.2", "22.21", "9223372036854775807", "1e19", "1e140",
	}
	for i, a := range ascending {
		for j, b := range ascending {
			x, errX := ocpp.ParseDecimal(a)
			y, errY := ocpp.ParseDecimal(b)
			want := min(max(i-j, -1), 1)
			if got := x.Cmp(y); got != want || errX != nil || errY != nil {
				t.Errorf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
	if ocpp.Dec(2220, -2).Cmp(ocpp.Dec(222, -1)) != 0 || ocpp.Dec(5, 3).Cmp(ocpp.Dec(50000, -1)) != 0 {
		t.Error("equal values differ")
	}
}

func TestDecimalConversions(t *testing.T) {
	if n, ok := ocpp.Dec(12300, -2).Int64(); !ok || n != 123 {
		t.Error(n, ok)
	}
	if _, ok := ocpp.Dec(12301, -2).Int64(); ok {
		t.Error("123.01 is no integer")
	}
	if _, ok := ocpp.Dec(1, 19).Int64(); ok {
		t.Error("10^19 does not fit")
	}
	if f := ocpp.Dec(222, -1).Float64(); f != 22.2 {
		t.Error(f)
	}
	for _, f := range []float64{0, 0.1, 22.2, -1234.5678, 1e20, 5e-20} {
		if x, ok := ocpp.DecFloat(f); !ok || x.Float64() != f {
			t.Errorf("%g became %s", f, x)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), 1e300} {
		if _, ok := ocpp.DecFloat(f); ok {
			t.Errorf("%g", f)
		}
	}
	b, err := json.Marshal(map[string]ocpp.Decimal{"a": ocpp.Dec(2220, -2)})
	if err != nil || string(b) != `{"a":22.20}` {
		t.Errorf("%s, %v", b, err)
	}
	var back map[string]ocpp.Decimal
	if err := json.Unmarshal(b, &back); err != nil || back["a"] != ocpp.Dec(2220, -2) {
		t.Errorf("%v, %v", back, err)
	}
}

// FuzzDecimal compares with math/big: up to eighteen digits are exact, more are off by half a unit of the last kept
// digit at most; limits and multiples of 0.1 are judged exactly; what is sent is read back.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{
		"0", "-0.00", "22.20", "1e3", "0.1", "9223372036854775808", "0.30000000000000004", "1E-5", "123456789012345678901.5e-3",
		"99.99999999999999999999999", "100.0000000000000000000001",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 || !json.Valid([]byte(s)) || !strings.ContainsAny(s[:1], "-0123456789") {
			if x, err := ocpp.ParseDecimal(s); err == nil && !json.Valid([]byte(s)) {
				t.Fatalf("%q: %s", s, x)
			}
			return
		}
		if i := strings.IndexAny(s, "eE"); i >= 0 && len(s)-i > 5 {
			return // more than math/big should be asked for
		}
		exact, ok := new(big.Rat).SetString(strings.TrimSpace(s))
		if !ok {
			return
		}
		if exact.Sign() != 0 && new(big.Rat).Abs(exact).Cmp(ten(-127)) < 0 {
			return // too small a number becomes zero
		}
		checkLimits(t, s, exact)
		x, err := ocpp.ParseDecimal(s)
		if err != nil {
			if new(big.Rat).Abs(exact).Cmp(ten(100)) < 0 {
				t.Fatalf("%s: %v", s, err)
			}
			return
		}
		got, _ := new(big.Rat).SetString(x.String())
		off := new(big.Rat).Abs(new(big.Rat).Sub(got, exact))
		unit := ten(int(x.Exp))
		if off.Add(off, off).Cmp(unit) > 0 && x.Coef != math.MaxInt64 && x.Coef != -math.MaxInt64 {
			t.Fatalf("%s became %s", s, x)
		}
		if back, err := ocpp.ParseDecimal(x.String()); err != nil || back.Cmp(x) != 0 || back != x {
			t.Fatalf("%s: %v was sent as %s and came back as %v: %v", s, x, x, back, err)
		}
	})
}

func checkLimits(t *testing.T, s string, exact *big.Rat) {
	t.Helper()
	var x ocpp.Decimal
	var d jsonwire.Decoder
	d.Reset([]byte(s), jsonwire.Options{})
	inside := exact.Sign() >= 0 && exact.Cmp(big.NewRat(100, 1)) <= 0
	if got := x.DecodeWithin(&d, 0, 100); got != inside {
		t.Fatalf("%s in 0..100: %v", s, got)
	}
	d.Reset([]byte(s), jsonwire.Options{})
	multiple := new(big.Rat).Mul(exact, big.NewRat(10, 1)).IsInt()
	if got := x.DecodeTenths(&d); got != multiple && new(big.Rat).Abs(exact).Cmp(ten(17)) < 0 {
		t.Fatalf("%s as a multiple of 0.1: %v", s, got)
	}
}

func ten(exp int) *big.Rat {
	x := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil))
	if exp < 0 {
		return x.Inv(x)
	}
	return x
}
