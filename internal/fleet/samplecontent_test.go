package fleet

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// oddText draws text of all kinds that stations may send.
func oddText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "", "Wh", `"`, `\`, "é", "a\nb", "<&>", "\u2028", "}", "]", ","}), rapid.String()).Draw(t, label)
}

func anyContent(t *rapid.T) TransactionEvent {
	e := anyEvent(t, true, 1)
	e.Trigger = oddText(t, "trigger")
	e.Token = &IDToken{Value: oddText(t, "token")}
	for i := range e.Samples {
		s := &e.Samples[i]
		s.Text, s.Phase, s.Location = oddText(t, "text"), oddText(t, "phase"), oddText(t, "location")
		s.Multiplier = rapid.IntRange(-1, 1).Draw(t, "multiplier")
		if rapid.Bool().Draw(t, "signed") {
			s.Signed = &SignedValue{Data: oddText(t, "data")}
		}
	}
	if rapid.Bool().Draw(t, "rest") {
		rest, err := json.Marshal(map[string]any{"samples": oddText(t, "more"), "n": []any{1.5, nil, true, map[string]any{"}": "]"}}})
		if err != nil {
			t.Fatal(err)
		}
		e.Rest = rest
	}
	return e
}

// Whatever an event says, its samples are read as encoding/json reads them.
func TestSamplesOfContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content, err := anyContent(t).Content()
		if err != nil {
			t.Fatal(err)
		}
		sameSamples(t, content)
	})
}

// What is no content that we wrote is read as encoding/json reads it, too, or refused by both.
func TestSamplesOfDamagedContent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content, err := anyContent(t).Content()
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(content)-1).Draw(t, "at")
		content[at] = rapid.SampledFrom([]byte(` "{}[],:0a\`)).Draw(t, "byte")
		var e TransactionEvent
		if json.Unmarshal(content, &e) == nil {
			sameSamples(t, content)
		}
	})
}

func sameSamples(t *rapid.T, content []byte) {
	var want TransactionEvent
	if err := json.Unmarshal(content, &want); err != nil {
		t.Fatal(err)
	}
	got, err := SamplesOf(content)
	if err != nil || len(got)+len(want.Samples) > 0 && !reflect.DeepEqual(got, want.Samples) {
		t.Fatalf("%s\ngot  %+v\nwant %+v %v", content, got, want.Samples, err)
	}
}

// Ordinary contents are read the fast way.
func TestOrdinarySamplesAreReadFast(t *testing.T) {
	content, err := TransactionEvent{
		Kind: TransactionUpdated, Time: day, Trigger: "MeterValuePeriodic", EVSE: 1, Token: &IDToken{Value: "CAFE"}, Rest: []byte(`{"numberOfPhasesUsed":3}`),
		Samples: []Sample{{Time: day.Add(time.Second / 2), Value: "16.01", Measurand: "Current.Import", Phase: "L1", Context: "Sample.Periodic", Location: "Outlet", Unit: "A"}},
	}.Content()
	s := contentScanner{text: string(content)}
	if samples, ok := s.event(); err != nil || !ok || len(samples) != 1 || samples[0].Unit != "A" {
		t.Errorf("%v %v %v", samples, ok, err)
	}
	if _, err := SamplesOf([]byte(`{"samples":[{]`)); err == nil {
		t.Error("nonsense is read")
	}
}

func BenchmarkSamplesOf(b *testing.B) {
	content, err := TransactionEvent{Kind: TransactionUpdated, Time: day, Samples: []Sample{
		{Time: day, Value: "1000", Unit: "Wh"}, {Time: day, Value: "16.01", Measurand: "Current.Import", Phase: "L1", Unit: "A"},
		{Time: day, Value: "52", Measurand: "SoC", Unit: "Percent"},
	}}.Content()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := SamplesOf(content); err != nil {
			b.Fatal(err)
		}
	}
}
