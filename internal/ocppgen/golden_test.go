package ocppgen

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tiny is the version that the schemas in testdata describe: one action of each direction, a SEND, and every
// kind of field. It is no part of OCPP.
func tiny() []*Version {
	return []*Version{{Name: "0.1", Const: "V21", Package: "tiny", Folders: []string{"tiny"}}}
}

func tinyOverlay(t *testing.T, more string) *Overlay {
	t.Helper()
	text, err := os.ReadFile("testdata/tiny.txt")
	if err != nil {
		t.Fatal(err)
	}
	o, err := ParseOverlay(strings.NewReader(string(text) + more))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestGolden(t *testing.T) {
	m, err := build(os.DirFS("testdata"), tinyOverlay(t, ""), tiny())
	if err != nil {
		t.Fatal(err)
	}
	files, err := Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		golden := filepath.Join("testdata", "golden", filepath.Base(filepath.Dir(name))+"_"+filepath.Base(name)+".txt")
		if *update {
			if err := os.WriteFile(golden, files[name], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(files[name]); got != string(want) {
			t.Errorf("%s differs from %s; look at what changed and run the test with -update:\n%s", name, golden, got)
		}
	}
	if all, _ := filepath.Glob("testdata/golden/*"); len(all) != len(files) {
		t.Errorf("%d golden files for %d generated ones", len(all), len(files))
	}
}
