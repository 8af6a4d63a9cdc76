package simulator_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/simulator"
)

// docs/scenarios.md has every scenario with its description, every key, and an example that is one.
func TestTheScenarioPageIsTrue(t *testing.T) {
	text, err := os.ReadFile("../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, name := range simulator.Scenarios() {
		s, err := simulator.LoadScenario(name)
		if err != nil {
			t.Fatal(err)
		}
		if row := "| `" + name + "` | " + s.Description + " |"; !strings.Contains(page, row) {
			t.Errorf("the page lacks %s", row)
		}
	}
	keys := keysOf(reflect.TypeFor[simulator.Scenario](), "")
	for _, key := range keys {
		if !strings.Contains(page, "\n| `"+key+"` |") {
			t.Errorf("the page lacks the key %s", key)
		}
	}
	if rows := strings.Count(page, "\n| `"); rows != len(keys)+len(simulator.Scenarios()) {
		t.Errorf("the page has %d rows; there are %d keys and %d scenarios", rows, len(keys), len(simulator.Scenarios()))
	}
	_, example, _ := strings.Cut(page, "```yaml\n")
	example, _, found := strings.Cut(example, "```")
	if _, err := simulator.ParseScenario(strings.NewReader(example)); err != nil || !found {
		t.Errorf("the example: %v", err)
	}
}

func keysOf(t reflect.Type, prefix string) (keys []string) {
	for f := range t.Fields() {
		name := f.Tag.Get("yaml")
		switch {
		case name == "-":
		case f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[simulator.Range]():
			keys = append(keys, keysOf(f.Type, prefix+name+".")...)
		default:
			keys = append(keys, prefix+name)
		}
	}
	return keys
}
