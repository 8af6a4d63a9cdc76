package adapter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/msgdoc"
)

// rawOnly are the requests of the CSMS that no verb makes, and why. POST /stations/{id}/commands sends them.
var rawOnly = map[string]string{
	"CertificateSigned": "it answers a request of the station for a certificate",
}

// reached are the requests that the tables of testdata make of verbs: by version and verb, and by version and action.
type reached struct{ byVerb, byAction map[[2]string][]string }

func (r reached) add(version, verb, action string) {
	for _, list := range []struct {
		in    map[[2]string][]string
		key   [2]string
		value string
	}{{r.byVerb, [2]string{version, verb}, action}, {r.byAction, [2]string{version, action}, verb}} {
		if !slices.Contains(list.in[list.key], list.value) {
			list.in[list.key] = append(list.in[list.key], list.value)
		}
	}
}

// readTables reads the tables.
func readTables(t *testing.T) reached {
	r := reached{map[[2]string][]string{}, map[[2]string][]string{}}
	paths, err := filepath.Glob(filepath.Join("testdata", "verbs-*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		verb := ""
		for line := range strings.Lines(string(content)) {
			words := strings.Fields(line)
			switch {
			case len(words) == 0 || words[0] == "#":
			case !strings.HasPrefix(line, " "):
				verb = words[0]
			case words[0] != "any" && words[1] != "-":
				r.add(words[0], verb, words[1])
			}
		}
	}
	return r
}

// docs/verbs.md says what each verb is in each version. Every request of the CSMS is made by a verb, or is listed with the
// reason why not.
func TestTheTableOfVerbsIsWholeAndUpToDate(t *testing.T) {
	r := readTables(t)
	for _, version := range msgdoc.Versions() {
		for _, a := range msgdoc.Actions(version) {
			made := len(r.byAction[[2]string{version, a.Name}]) > 0
			switch {
			case a.SentBy == "station" || a.Response == nil:
			case !made && rawOnly[a.Name] == "":
				t.Errorf("OCPP %s: no verb makes a %s: give it one, or say in rawOnly why not", version, a.Name)
			}
		}
	}
	path := filepath.Join("..", "..", "docs", "verbs.md")
	want := verbsDoc(r)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("docs/verbs.md is not what the code says (%v): go test ./internal/adapter -update", err)
	}
}

const verbsHead = `# Verbs

What can be wanted of a station, in words of no version of OCPP, and the request that it becomes. "—" means that the version
has nothing of the kind: it is refused with the reason, and nothing is sent. Arguments that a version lacks are refused, too.

    POST /api/v1/stations/CP-001/start   {"evse":1,"idToken":{"value":"CAFE0123"}}
    chargeyard do CP-001 start evse=1 idToken=CAFE0123

For many stations, it becomes the request of the version of each when its turn comes, and what a version does not have is the
result of that station:

    POST /api/v1/bulks   {"verb":"reset","arguments":{"mode":"hard"},"select":{"tag":"carpark"},"pace":5}
    chargeyard do --tag carpark --pace 5 reset mode=hard

` + "`chargeyard verbs VERB`" + ` and /openapi.json explain each with its arguments. This table is made from the code by
` + "`go test ./internal/adapter -update`" + `.

`

func verbsDoc(r reached) string {
	var b strings.Builder
	b.WriteString(verbsHead + "| Verb | What it does | 1.6 | 2.0.1 | 2.1 |\n|---|---|---|---|---|\n")
	for _, kind := range fleet.VerbKinds() {
		fmt.Fprintf(&b, "| `%s` | %s |", kind.Name, kind.Summary)
		for _, version := range msgdoc.Versions() {
			actions := r.byVerb[[2]string{version, kind.Name}]
			slices.Sort(actions)
			cell := strings.Join(actions, ", ")
			if cell == "" {
				cell = "—"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Requests without a verb\n\n" + "`POST /stations/{id}/commands` and `chargeyard call` send them by their own names.\n\n")
	names := []string{}
	for name := range rawOnly {
		if !made(r, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "- %s: %s\n", name, rawOnly[name])
	}
	if len(names) == 0 {
		b.WriteString("None.\n")
	}
	return b.String()
}

func made(r reached, action string) bool {
	for _, version := range msgdoc.Versions() {
		if len(r.byAction[[2]string{version, action}]) > 0 {
			return true
		}
	}
	return false
}
