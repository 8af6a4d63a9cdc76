package fleet

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]Decimal{
		"0": "0", "12.50": "12.50", " 7 ": "7", "+3": "3", "-0.5": "-0.5", ".5": ".5", "5.": "5.",
		"1e3": "1000", "1.25E+1": "12.5", "125e-4": "0.0125", "-1e-1": "-0.1", "9007199254740993": "9007199254740993",
	} {
		if got, err := ParseDecimal(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", " ", ".", "-", "1,5", "0x10", "1e", "1e99", "1e-31", "1e999999999999", "NaN", "Inf", "1 2", "--1", "1.2.3", "٣", "e5", "1e+-2"} {
		if got, err := ParseDecimal(in); !errors.Is(err, ErrDecimal) {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}

func TestTrim(t *testing.T) {
	for in, want := range map[Decimal]Decimal{
		"": "", "0": "0", "-0": "0", "000": "0", "0.00": "0", "-0.0": "0", ".50": "0.5", "5.": "5", "-012.340": "-12.34", "100": "100",
	} {
		if got := in.Trim(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestShiftIsExact compares with rational arithmetic.
func TestShiftIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,25}(\.[0-9]{0,25})?`).Draw(t, "text")
		n := rapid.IntRange(-maxShift, maxShift).Draw(t, "n")
		got, err := Decimal(text).Shift(n)
		if err != nil {
			t.Fatal(err)
		}
		scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
		if n < 0 {
			scale.Inv(scale)
		}
		want := new(big.Rat).Mul(rational(t, text), scale)
		if rational(t, string(got)).Cmp(want) != 0 || rational(t, string(got.Trim())).Cmp(want) != 0 {
			t.Fatalf("%s times 10^%d: got %s", text, n, got)
		}
	})
	for _, n := range []int{maxShift + 1, -maxShift - 1, 1 << 40} {
		if _, err := Decimal("1").Shift(n); err == nil {
			t.Errorf("shifted by %d", n)
		}
	}
}

func rational(t *rapid.T, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(strings.TrimSuffix(s, "."))
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return r
}

func TestWattHours(t *testing.T) {
	for _, test := range []struct {
		sample Sample
		want   Decimal
	}{
		{Sample{Value: "1500"}, "1500"},
		{Sample{Value: "1.50", Unit: "kWh"}, "1500"},
		{Sample{Value: "15", Unit: "Wh", Multiplier: 2}, "1500"},
		{Sample{Value: "15", Unit: "kWh", Multiplier: -1}, "1500"},
		{Sample{Value: "0.0001", Unit: "kWh", Measurand: EnergyRegister, Location: "Outlet"}, "0.1"},
		{Sample{Value: "1", Unit: "W"}, ""},
		{Sample{Value: "1", Phase: "L1"}, ""},
		{Sample{Value: "1", Location: "Inlet"}, ""},
		{Sample{Value: "1", Measurand: "SoC"}, ""},
		{Sample{Text: "x"}, ""},
		{Sample{Value: "1", Multiplier: 1 << 40}, ""},
	} {
		if got, ok := test.sample.WattHours(); got != test.want || ok != (test.want != "") {
			t.Errorf("%+v: got %q, %v, want %q", test.sample, got, ok, test.want)
		}
	}
}
