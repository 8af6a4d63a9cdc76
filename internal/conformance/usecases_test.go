package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// used are the names of the cases that play a use case, or an operation of OCPP 1.6, in a version.
type used map[use][]string

type use struct {
	version ocpp.Version
	id      string
}

// uses notes which cases play what.
func uses(files []*File) used {
	u := used{}
	for _, f := range files {
		for _, c := range f.Cases {
			name, _, _ := strings.Cut(c.Name, "@")
			if c.Waiting != "" {
				name += " (waiting)"
			}
			for _, id := range c.Uses {
				u[use{c.Version, id}] = append(u[use{c.Version, id}], name)
			}
		}
	}
	return u
}

// TestEveryUseCaseHasAScript demands a script of each use case in each of its versions and of each operation of OCPP 1.6, or a
// reason; and that scripts name what there is.
func TestEveryUseCaseHasAScript(t *testing.T) {
	played := uses(scripts(t))
	for _, row := range useCases(t) {
		for v := range versionsOf(t, row) {
			at := use{v, row["id"]}
			switch scripted := len(played[at]) > 0; {
			case !scripted && row["why"] == "-":
				t.Errorf("%s (%s) has no script in OCPP %s, and no reason why", row["id"], row["title"], v)
			case scripted && row["why"] != "-":
				t.Errorf("%s has scripts in OCPP %s, and a reason why it has none", row["id"], v)
			}
			delete(played, at)
		}
	}
	for action := range operations() {
		if len(played[use{ocpp.V16, action}]) == 0 {
			t.Errorf("%s of OCPP 1.6 has no script", action)
		}
		delete(played, use{ocpp.V16, action})
	}
	for at, names := range played {
		t.Errorf("OCPP %s has no %s, which %s plays", at.version, at.id, names[0])
	}
}

func useCases(t *testing.T) []Row {
	t.Helper()
	rows, err := ReadTable("testdata/tables/use-cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func versionsOf(t *testing.T, row Row) map[ocpp.Version]bool {
	t.Helper()
	all := map[ocpp.Version]bool{}
	for word := range strings.FieldsSeq(row["versions"]) {
		v, ok := ocpp.ParseVersion(word)
		if !ok {
			t.Fatalf("%s: there is no version %q", row["id"], word)
		}
		all[v] = true
	}
	return all
}

// operations are those of OCPP 1.6, with who sends them.
func operations() map[string]string {
	all := map[string]string{}
	for a := range ocpp16.Protocol.Actions() {
		switch a.SentBy {
		case ocpp.StationEnd:
			all[a.Name] = "station"
		case ocpp.CSMSEnd:
			all[a.Name] = "CSMS"
		default:
			all[a.Name] = "both"
		}
	}
	return all
}

// useCaseTables lists who plays what.
func useCaseTables(t *testing.T) string {
	t.Helper()
	played := uses(scripts(t))
	var b strings.Builder
	b.WriteString("\n## The use cases of OCPP 2.0.1 and 2.1\n\n| use case | what it is about | OCPP 2.0.1 | OCPP 2.1 |\n|---|---|---|---|\n")
	for _, row := range useCases(t) {
		in := versionsOf(t, row)
		cellOf := func(v ocpp.Version) string {
			switch names := played[use{v, row["id"]}]; {
			case !in[v]:
				return ""
			case len(names) == 0:
				return row["why"]
			default:
				return strings.Join(names, ", ")
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row["id"], row["title"], cellOf(ocpp.V201), cellOf(ocpp.V21))
	}
	b.WriteString("\n## The operations of OCPP 1.6\n\n| operation | sent by | conversations |\n|---|---|---|\n")
	sentBy := operations()
	for _, action := range slices.Sorted(maps.Keys(sentBy)) {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", action, sentBy[action], strings.Join(played[use{ocpp.V16, action}], ", "))
	}
	return b.String()
}
