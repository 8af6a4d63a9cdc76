package simulator

import "testing"

// A CSMS may send any number; a day is more than any of these settings is good for.
func TestNumbersThatNoTimeCanBeAreInvalid(t *testing.T) {
	for value, want := range map[string]setResult{
		"0": setAccepted, "86400": setAccepted, "86401": setInvalid, "9223372036854775807": setInvalid,
		"9223372036854775808": setInvalid, "-1": setInvalid, "1.5": setInvalid, "": setInvalid,
	} {
		f := &Fleet{}
		for key, base := range map[string]map[string]*variable{
			"MeterValueSampleInterval": newVariables16(f), "SampledDataCtrlr.TxUpdatedInterval": newVariables2(f),
		} {
			v := &variables{base: base}
			if got := v.set(key, value); got != want {
				t.Errorf("%s = %q: %d, want %d", key, value, got, want)
			}
		}
	}
	v := &variables{base: map[string]*variable{"x": {value: "9223372036854775807"}, "y": {value: "-5"}}}
	if x, y := v.seconds("x", 7), v.seconds("y", 7); x != maxSeconds || y != 0 {
		t.Errorf("%d and %d seconds", x, y)
	}
}
