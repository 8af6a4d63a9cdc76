package fleet

import (
	"fmt"
	"testing"
	"time"
)

func TestContradictionsOutsideTransactions(t *testing.T) {
	at := func(year int) time.Time { return time.Date(year, 5, 1, 10, 0, 0, 0, time.UTC) }
	metered := func(year int, values ...Decimal) Metered {
		m := Metered{EVSE: 2}
		for _, v := range values {
			m.Samples = append(m.Samples, Sample{Time: at(year), Value: v})
		}
		return m
	}
	for name, c := range map[string]struct {
		got  []Contradiction
		want ContradictionKind
	}{
		"a status of now":         {StatusReported{Time: at(2026)}.Contradictions(), ""},
		"a status without a time": {StatusReported{}.Contradictions(), ""},
		"a status of 1970":        {StatusReported{EVSE: 2, Time: at(1970)}.Contradictions(), ContradictsTime},
		"a status of 2100":        {StatusReported{EVSE: 2, Time: at(2100)}.Contradictions(), ContradictsTime},
		"values":                  {metered(2026, "0", "1").Contradictions(), ""},
		"values of 1970":          {metered(1970, "1", "2").Contradictions(), ContradictsTime},
		"negative values":         {metered(2026, "1", "-0.1", "-3").Contradictions(), ContradictsNegative},
		"a meter that falls":      {metered(2026, "5").Falls(metered(2026, "3", "5.1")), ContradictsBackwards},
		"a meter that stays":      {metered(2026, "5.0").Falls(metered(2026, "5")), ""},
		"no reading before":       {metered(2026, "5").Falls(Metered{}), ""},
		"no reading":              {Metered{Samples: []Sample{{Text: "x"}}}.Falls(metered(2026, "5")), ""},
		"a foreign EVSE":          {[]Contradiction{UnknownPlace("Metered", 2)}, ContradictsPlace},
	} {
		var kinds []ContradictionKind
		for _, x := range c.got {
			kinds = append(kinds, x.What)
			if x.Detail == "" || x.EVSE == nil || *x.EVSE != 2 || x.Subject() != fmt.Sprintf("%s/%s/2", x.Message, x.What) {
				t.Errorf("%s: %+v", name, x)
			}
		}
		want := []ContradictionKind{c.want}
		if c.want == "" {
			want = nil
		}
		if fmt.Sprint(kinds) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", name, kinds, want)
		}
	}
}
