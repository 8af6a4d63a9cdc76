package decode

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"github.com/chargeyard/chargeyard/internal/msgdoc"
	"github.com/chargeyard/chargeyard/ocpp"
)

var update = flag.Bool("update", false, "write the golden files")

// told writes all reports and the summary.
func told(t *testing.T, r io.Reader, o Options) string {
	t.Helper()
	var b strings.Builder
	d := New(r, o)
	for {
		report, err := d.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, report.WriteText(&b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Summary().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		input, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := told(t, strings.NewReader(string(input)), Options{})
		if slow := told(t, iotest.OneByteReader(strings.NewReader(string(input))), Options{}); slow != got {
			t.Errorf("%s: read in other pieces it is told otherwise", file)
		}
		golden := strings.TrimSuffix(file, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: %v; go test -update writes\n%s", golden, err, got)
		}
	}
}

// reports returns all reports on a text.
func reports(t *testing.T, text string, o Options) (list []Report) {
	t.Helper()
	d := New(strings.NewReader(text), o)
	for {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
}

func TestOnlyTheVersionAskedForIsTried(t *testing.T) {
	const frame = `[2,"1","RemoteStartTransaction",{"idTag":"CAFE"}]`
	for v, fits := range map[ocpp.Version][]string{ocpp.V16: {"1.6"}, ocpp.V201: {}, 0: {"1.6"}} {
		list := reports(t, frame, Options{Version: v})
		if len(list) != 1 || !slices.Equal(list[0].Fits, fits) || list[0].Wrong() == (len(fits) > 0) {
			t.Errorf("%v: %+v", v, list)
		}
	}
}

// Whatever is wrong, the pointer leads to it, and what was found is what is there.
func TestPointersLeadToWhatIsFound(t *testing.T) {
	const text = `[2,"1","StatusNotification",{"connectorId":"x","errorCode":"No","status":"Free","~/":1}]`
	r := reports(t, text, Options{Version: ocpp.V16})[0]
	if len(r.Findings) != 4 {
		t.Fatalf("%+v", r.Findings)
	}
	for _, f := range r.Findings {
		start, end, ok := locate(r.Payload, f.Pointer)
		if !ok || string(r.Payload[start:end]) != f.Found || f.Expected == "" && f.Rule != "unknown property" {
			t.Errorf("%+v leads to %s", f, r.Payload[start:end])
		}
	}
}

func TestAFrameThatIsTooLongIsNotKept(t *testing.T) {
	const limit = 200
	long := `[2,"1","DataTransfer",{"vendorId":"x","data":"` + strings.Repeat("x", 1000) + `"}]`
	lines := `[2,"2","DataTransfer",` + "\n" + strings.Repeat(" 1,\n", 100)
	d := New(strings.NewReader(long+"\n"+lines+"\n[2,\"3\",\"Heartbeat\",{}]\n"), Options{MaxFrame: limit})
	var got []string
	for {
		r, err := d.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(d.split.open) > 2*limit {
			t.Errorf("%d bytes are kept", len(d.split.open))
		}
		got = append(got, fmt.Sprint(r.Line, r.Wrong()))
	}
	if !slices.Equal(got, []string{"1 true", "2 true", "104 false"}) {
		t.Errorf("%q", got)
	}
}

func TestCallsWithoutAnswerAreForgottenInTheEnd(t *testing.T) {
	var b strings.Builder
	for i := range 3 * maxWaiting {
		fmt.Fprintf(&b, "[2,\"%d\",\"Heartbeat\",{}]\n", i)
		if i%3 == 0 {
			fmt.Fprintf(&b, "[4,\"%d\",\"GenericError\",\"\",{}]\n", i)
		}
	}
	d := New(strings.NewReader(b.String()), Options{Version: ocpp.V16})
	for {
		if _, err := d.Next(); err != nil {
			break
		}
		if d.waiting.n > maxWaiting || len(d.waiting.byID) > maxWaiting || len(d.waiting.order) > 2*maxWaiting {
			t.Fatalf("%d wait, %d ids, %d in order", d.waiting.n, len(d.waiting.byID), len(d.waiting.order))
		}
	}
	if d.Summary().Unanswered != maxWaiting {
		t.Errorf("%+v", d.Summary())
	}
}

// The work grows with the input and not with its square: otherwise this takes minutes.
func TestHostileInputTakesNoLongerThanOther(t *testing.T) {
	for name, text := range map[string]string{
		"nested":     strings.Repeat(`[1,"`, 50000),
		"one line":   strings.Repeat(`[1,"a"],`, 20000),
		"quoted":     strings.Repeat(`x "[1,\"`, 50000),
		"properties": `[2,"1","Heartbeat",{` + strings.Repeat(`"a":1,`, 100000) + `"b":2}]`,
		"open":       strings.Repeat("[2,\n", 100000),
		"blank":      "[\n" + strings.Repeat("\n", 500000),
	} {
		if len(reports(t, text, Options{})) == 0 {
			t.Errorf("%s: no report", name)
		}
	}
}

func TestAnErrorOfTheReaderEndsIt(t *testing.T) {
	broken := errors.New("broken")
	d := New(io.MultiReader(strings.NewReader("[2,\"1\",\"Heartbeat\",{}]\n"), iotest.ErrReader(broken)), Options{})
	if _, err := d.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Next(); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// Every action of every version is told from its neighbours, and has a description.
func TestEveryActionIsKnown(t *testing.T) {
	for _, p := range protocols {
		for info := range p.Actions() {
			if doc, ok := msgdoc.Lookup(p.Version().String(), info.Name); !ok || doc.Request == nil {
				t.Errorf("%s %s has no description", p.Version(), info.Name)
			}
			for _, wrong := range []string{strings.ToLower(info.Name), info.Name + "Request", info.Name + "x"} {
				var names []string
				for i := range p.Actions() {
					names = append(names, i.Name)
				}
				if got := nearest(wrong, names); got != info.Name {
					t.Errorf("%s is near %q", wrong, got)
				}
			}
		}
	}
}

// FuzzDecode gives the decoder any text. It must not panic, must come to an end, and what it says must be of the input:
// lines that exist, JSON, and nothing that a terminal would obey.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		input, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(input)) { // small ones: the fuzzer takes its time to make them smaller
			f.Add(line, byte(0))
		}
	}
	f.Fuzz(func(t *testing.T, input string, v byte) {
		lines := strings.Count(input, "\n") + 1
		for _, r := range reports(t, input, Options{Version: ocpp.Version(v % 4), MaxFrame: 4096}) {
			if _, err := json.Marshal(r); err != nil {
				t.Errorf("%+v: %v", r, err)
			}
			for _, f := range r.Findings {
				if f.Line < 0 || f.Line > lines {
					t.Errorf("line %d of %d: %+v", f.Line, lines, f)
				}
			}
			if len(r.Fits) > 0 == r.Wrong() && r.Type != typeNames[typeResult] && r.Type != typeNames[typeError] {
				t.Errorf("%+v", r)
			}
			var b strings.Builder
			if err := r.WriteText(&b); err != nil {
				t.Error(err)
			}
			if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("it writes %q", b.String()[i:])
			}
		}
	})
}
