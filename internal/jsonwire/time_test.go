package jsonwire

import (
	"testing"
	"time"
)

func TestR65TimesAndTheirNearMisses(t *testing.T) {
	const at = "2026-11-22T10:15:30Z"
	for _, c := range []struct {
		text, want string
		form       TimeForm
	}{
		{"2026-11-22T10:15:30Z", at, TimeExact},
		{"2026-11-22t10:15:30z", at, TimeExact},
		{"2026-11-22T10:15:30+00:00", at, TimeExact},
		{"2026-11-22T10:15:30-00:00", at, TimeExact},
		{"2026-11-22T13:15:30+03:00", at, TimeExact},
		{"2026-11-21T10:30:30-23:45", at, TimeExact},
		{"2026-11-22T10:15:30.5Z", "2026-11-22T10:15:30.5Z", TimeExact},
		{"2026-11-22T10:15:30.123456789Z", "2026-11-22T10:15:30.123456789Z", TimeExact},
		{"2026-11-22T10:15:30.1234567891234Z", "2026-11-22T10:15:30.123456789Z", TimeExact},
		{"0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", TimeExact},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", TimeExact},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", TimeExact},
		{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z", TimeExact},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", TimeExact},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", TimeExact},
		{"2017-01-01T02:59:60+03:00", "2017-01-01T00:00:00Z", TimeExact},
		{"2016-12-31T23:58:60Z", "", TimeBad},
		{"2016-12-31T23:59:61Z", "", TimeBad},

		{"2026-11-22T10:15:30", at, TimeNear},
		{"2026-11-22T10:15:30.000", at, TimeNear},
		{"2026-11-22T13:15:30+03", at, TimeNear},
		{"2026-11-22T10:15:30+0000", at, TimeNear},
		{"2026-11-22T05:45:30-0430", at, TimeNear},
		{"2026-11-22 10:15:30Z", at, TimeNear},
		{"2026-11-22 10:15:30", at, TimeNear},
		{"2026-11-22T10:15:30,5Z", "2026-11-22T10:15:30.5Z", TimeNear},
		{"2026-11-22T10:15Z", "2026-11-22T10:15:00Z", TimeNear},
		{"2026-11-22T10:15", "2026-11-22T10:15:00Z", TimeNear},
		{"2026-11-22 10:15+03", "2026-11-22T07:15:00Z", TimeNear},

		{"", "", TimeBad},
		{"now", "", TimeBad},
		{"2026-11-22", "", TimeBad},
		{"2026-11-22T10", "", TimeBad},
		{"2026-11-22T10:15:", "", TimeBad},
		{"2026-11-22T10:15:3Z", "", TimeBad},
		{"2026-11-22T10:15:30.Z", "", TimeBad},
		{"2026-11-22T10:15:30ZZ", "", TimeBad},
		{"2026-11-22T10:15:30Z ", "", TimeBad},
		{" 2026-11-22T10:15:30Z", "", TimeBad},
		{"2026-11-22T10:15:30 Z", "", TimeBad},
		{"2026-11-22T10:15:30+3", "", TimeBad},
		{"2026-11-22T10:15:30+03:0", "", TimeBad},
		{"2026-11-22T10:15:30+24:00", "", TimeBad},
		{"2026-11-22T10:15:30+03:60", "", TimeBad},
		{"2026-11-22T10:15:30+03:00Z", "", TimeBad},
		{"2026-11-22T24:00:00Z", "", TimeBad},
		{"2026-11-22T10:60:00Z", "", TimeBad},
		{"2026-00-22T10:15:30Z", "", TimeBad},
		{"2026-13-22T10:15:30Z", "", TimeBad},
		{"2026-11-00T10:15:30Z", "", TimeBad},
		{"2026-11-31T10:15:30Z", "", TimeBad},
		{"2026-02-29T10:15:30Z", "", TimeBad},
		{"1900-02-29T10:15:30Z", "", TimeBad},
		{"2026/11/22T10:15:30Z", "", TimeBad},
		{"2026-11-22_10:15:30Z", "", TimeBad},
		{"2O26-11-22T10:15:30Z", "", TimeBad},
		{"22026-11-22T10:15:30Z", "", TimeBad},
		{"٢٠٢٦-11-22T10:15:30Z", "", TimeBad},
	} {
		got, form := ParseTime(c.text, nil)
		if form != c.form || form != TimeBad && got.Format(time.RFC3339Nano) != c.want {
			t.Errorf("%q: %s, form %d; want %s, form %d", c.text, got.Format(time.RFC3339Nano), form, c.want, c.form)
		}
	}
}

func TestR65ZonelessTimesTakeThePolicysZone(t *testing.T) {
	athens := time.FixedZone("Athens", 2*3600)
	got, form := ParseTime("2026-11-22T12:15:30", athens)
	if form != TimeNear || got.Format(time.RFC3339) != "2026-11-22T10:15:30Z" {
		t.Errorf("%v, form %d", got, form)
	}
	if got, _ = ParseTime("2026-11-22T12:15:30Z", athens); got.Hour() != 12 {
		t.Errorf("a time with a zone became %v", got)
	}
}

func TestR65TimesAreSentInUTCWithAtMostMilliseconds(t *testing.T) {
	zone := time.FixedZone("", 3*3600)
	for _, c := range []struct {
		t    time.Time
		want string
	}{
		{time.Date(2026, 11, 22, 13, 15, 30, 0, zone), `"2026-11-22T10:15:30Z"`},
		{time.Date(2026, 11, 22, 10, 15, 30, 999_999, time.UTC), `"2026-11-22T10:15:30Z"`},
		{time.Date(2026, 1, 2, 3, 4, 5, 67_999_999, time.UTC), `"2026-01-02T03:04:05.067Z"`},
		{time.Date(7, 1, 2, 3, 4, 5, 600_000_000, time.UTC), `"0007-01-02T03:04:05.600Z"`},
	} {
		if got := string(AppendTime(nil, c.t)); got != c.want {
			t.Errorf("%v: %s", c.t, got)
		}
	}
}

func TestEveryDayOfTheCalendar(t *testing.T) {
	day := time.Date(0, 1, 1, 12, 34, 56, 0, time.UTC)
	for day.Year() < 10000 {
		got, form := ParseTime(day.Format(time.RFC3339), nil)
		if form != TimeExact || !got.Equal(day) {
			t.Fatalf("%v became %v, form %d", day, got, form)
		}
		day = day.AddDate(0, 0, 1)
		if day.Year() > 100 && day.Year() < 1890 || day.Year() > 2110 && day.Year() < 9800 {
			day = day.AddDate(0, 0, 13)
		}
	}
}

func TestTimePolicy(t *testing.T) {
	const near = 1 << RuleTimeForm
	for _, c := range []struct {
		text   string
		policy uint32
		ok     bool
		rule   Rule
	}{
		{`"2026-11-22T10:15:30Z"`, 0, true, 0},
		{`"2026-11-22T10:15:30+03"`, 0, false, RuleTimeForm},
		{`"2026-11-22T10:15:30+03"`, near, true, 0},
		{`"yesterday"`, near, false, RuleTimeForm},
		{`""`, 0, false, RuleTimeForm},
		{`1234567890`, near, false, RuleType},
		{`null`, near, false, RuleNull},
	} {
		var got time.Time
		ok, d := read(c.text, c.policy, func(d *Decoder) bool { return d.Time(&got) })
		if ok != c.ok || !ok && d.bad.rule != c.rule {
			t.Errorf("%s: %v, rule %d", c.text, ok, d.bad.rule)
		}
	}
	var got time.Time
	if ok, d := read(`""`, near, func(d *Decoder) bool { return d.Time(&got) }); ok || d.failed {
		t.Error("a tolerated empty time must count as absent")
	}
}
