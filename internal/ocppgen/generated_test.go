package ocppgen_test

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/internal/ocppgen"
)

const root = "../.."

// schemas returns the folder of the official schemas, or skips the test. In CI their absence is a failure.
func schemas(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("OCPP_SCHEMAS")
	switch {
	case dir != "":
	case os.Getenv("CI") == "true":
		t.Fatal("OCPP_SCHEMAS is not set: CI needs the schemas that the Open Charge Alliance publishes")
	default:
		t.Skip("OCPP_SCHEMAS is not set; it names the folder of the schemas that the Open Charge Alliance publishes")
	}
	return dir
}

func TestCommittedCodeIsWhatTheSchemasGive(t *testing.T) {
	want, err := ocppgen.GenerateFrom(os.DirFS(schemas(t)), "overlay.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ocppgen.Generated(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("%s is not what the generator writes: run go generate ./internal/ocppgen", name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is generated code of something that is gone", name)
	}
}

func TestDirectionsAndBlocksAreThoseOfTheActionList(t *testing.T) {
	f, err := os.Open(filepath.Join(schemas(t), "actions.csv"))
	if err != nil {
		t.Skip("the folder has no actions.csv: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]string{"CP->CSMS": "station", "CSMS->CP": "CSMS", "both": "both"}
	for _, r := range rows[1:] {
		version := strings.TrimSuffix(r[0], "-security")
		a, ok := msgdoc.Lookup(version, r[1])
		if !ok {
			t.Errorf("OCPP %s %s is missing", version, r[1])
			continue
		}
		if a.SentBy != ends[r[2]] || a.Block != r[3] || (a.Response == nil) != (r[4] == "SEND") {
			t.Errorf("%v is described as sent by %s in block %s", r, a.SentBy, a.Block)
		}
	}
	if len(rows) != 195 {
		t.Errorf("the list has %d actions", len(rows)-1)
	}
}

func TestAVersionLinksNoOther(t *testing.T) {
	for _, v := range []string{"ocpp16", "ocpp201", "ocpp21"} {
		out, err := exec.Command("go", "list", "-deps", "github.com/chargeyard/chargeyard/"+v).Output()
		if err != nil {
			t.Fatal(err)
		}
		for dep := range strings.Lines(string(out)) {
			name, ours := strings.CutPrefix(strings.TrimSpace(dep), "github.com/chargeyard/chargeyard/")
			if ours && name != v && name != "ocpp" && name != "internal/jsonwire" {
				t.Errorf("%s links %s", v, name)
			}
		}
	}
}
