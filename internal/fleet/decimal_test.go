package fleet

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]Decimal{
		"0": "0", "12.50": "12.50", "+3": "3", "-0.5": "-0.5", ".5": "0.5", "5.": "5", "-.5": "-0.5",
		"0012.50": "12.50", "-007": "-7", "00": "0", "-0": "-0", "0.": "0",
		"1e3": "1000", "1.25E+1": "12.5", "125e-4": "0.0125", "-1e-1": "-0.1", "9007199254740993": "9007199254740993",
	} {
		if got, err := ParseDecimal(in); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	if got, err := ParseDecimal(" 7\n"); err != nil || got != "7" {
		t.Errorf("with spaces around it: %q, %v", got, err)
	}
	for _, in := range []string{"", " ", ".", "-", "1,5", "0x10", "1e", "1e99", "1e-31", "1e999999999999", "NaN", "Inf", "1 2", "--1", "1.2.3", "٣", "e5", "1e+-2"} {
		if got, err := ParseDecimal(in); !errors.Is(err, ErrDecimal) {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}

// TestParsedDecimalsAreJSON: what a station sends must not make a list of samples unreadable.
func TestParsedDecimalsAreJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[-+]?[0-9]{0,4}\.?[0-9]{0,4}([eE][-+]?[0-9]{1,2})?`).Draw(t, "text")
		d, err := ParseDecimal(text)
		if err != nil {
			return
		}
		got, err := json.Marshal(json.Number(d))
		if err != nil {
			t.Fatalf("%q became %q: %v", text, d, err)
		}
		if mantissa, _, exponent := cutAny(text, "eE"); !exponent && rational(t, string(got)).Cmp(rational(t, mantissa)) != 0 {
			t.Fatalf("%q became %s", text, got)
		}
	})
}

func FuzzParsedDecimalsAreJSON(f *testing.F) {
	for _, text := range []string{"0012.5", ".5", "5.", "-.5e3", "+1E-2", "-0", "00e1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil {
			return
		}
		if _, err := json.Marshal(json.Number(d)); err != nil {
			t.Errorf("%q became %q: %v", text, d, err)
		}
		if d.Tidy() != d {
			t.Errorf("%q became %q, which is not tidy", text, d)
		}
	})
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

func TestSum(t *testing.T) {
	for _, c := range []struct {
		numbers []Decimal
		want    Decimal
	}{
		{nil, ""}, {[]Decimal{"", "x"}, ""}, {[]Decimal{"", "11000.50", ""}, "11000.50"}, {[]Decimal{"3680", "3680.5", ""}, "7360.5"},
		{[]Decimal{"1", "-1"}, "0"}, {[]Decimal{"0.1", "0.2"}, "0.3"},
	} {
		if got := Sum(c.numbers...); got != c.want {
			t.Errorf("%q: %q, want %q", c.numbers, got, c.want)
		}
	}
}

func TestNegativeNumbers(t *testing.T) {
	for d, want := range map[Decimal]Decimal{"": "", "1.5": "-1.5", "-1.5": "1.5", "0": "-0"} {
		if got := d.Negative(); got != want {
			t.Errorf("%q: %q", d, got)
		}
	}
	if got := Sum("5", "", Decimal("0.96").Negative()); got != "4.04" {
		t.Errorf("%q", got)
	}
}
