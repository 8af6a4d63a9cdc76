package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/decode"
)

// decoding gives `decode` a text on standard input.
func decoding(t *testing.T, text string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = runWith(t.Context(), append([]string{"decode"}, args...), streams{strings.NewReader(text), &o, &e})
	return code, o.String(), e.String()
}

const (
	fine  = `[2,"1","Heartbeat",{}]` + "\n"
	odd   = `[2,"2","Heartbeat",{"colour":"red"}]` + "\n"
	wrong = `[2,"3","Reset",{"type":"Later"}]` + "\n"
)

func TestDecodeSaysByItsExitCodeWhatItFound(t *testing.T) {
	for _, c := range []struct {
		text string
		args []string
		code int
		said string
	}{
		{fine, nil, 0, "1 frame: 1 fine."},
		{fine, []string{"-"}, 0, "CALL Heartbeat 1, from the station: fine in OCPP 1.6, 2.0.1, 2.1"},
		{odd, nil, 0, "1 with warnings"},
		{odd, []string{"--strict"}, 1, "/colour: is not a known property"},
		{fine + wrong, nil, 1, "line 2: CALL Reset 3"},
		{fine + wrong, []string{"--version", "1.6"}, 1, "expected one of Hard, Soft; found \"Later\""},
		{"", nil, 1, "There is no frame"},
		{"nothing\n", nil, 1, "There is no frame in 1 line."},
	} {
		code, out, errOut := decoding(t, c.text, c.args...)
		if code != c.code || !strings.Contains(out, c.said) || errOut != "" {
			t.Errorf("%q %q: code %d, %q in\n%s%s", c.text, c.args, code, c.said, out, errOut)
		}
		code, out, errOut = decoding(t, c.text, append(c.args, "-q")...)
		if code != c.code || out+errOut != "" {
			t.Errorf("%q %q -q: code %d\n%s%s", c.text, c.args, code, out, errOut)
		}
	}
}

func TestDecodeShowsProblemsOnly(t *testing.T) {
	_, out, _ := decoding(t, fine+odd+wrong, "-p")
	if strings.Contains(out, "line 1") || !strings.Contains(out, "line 2") || !strings.Contains(out, "line 3") {
		t.Errorf("%s", out)
	}
}

func TestDecodeWritesJSON(t *testing.T) {
	code, out, errOut := decoding(t, fine+wrong, "-o", "json")
	var list []decode.Report
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 1 || errOut != "" || len(list) != 2 {
		t.Fatalf("%d %v %s%s", code, err, out, errOut)
	}
	f := list[1].Findings[0]
	if f.Severity != decode.Wrong || f.Line != 2 || f.Pointer != "/type" || f.Rule != "enum" || f.Code != "PropertyConstraintViolation" {
		t.Errorf("%+v", f)
	}
	if _, out, _ := decoding(t, "", "-o", "json"); out != "[]\n" {
		t.Errorf("%q", out)
	}
}

func TestDecodeReadsFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "frames.txt")
	if err := os.WriteFile(file, []byte(fine), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errOut := decoding(t, "", file); code != 0 || !strings.Contains(out, "1 frame") {
		t.Errorf("%d %s%s", code, out, errOut)
	}
	if code, _, errOut := decoding(t, "", "nowhere.txt"); code != 1 || !strings.Contains(errOut, "nowhere.txt") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, _, errOut := decoding(t, "", t.TempDir()); code != 1 || !strings.Contains(errOut, "cannot read") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, _, errOut := decoding(t, "", "--version", "1.5"); code != 2 || !strings.Contains(errOut, "--version must be one of") {
		t.Errorf("%d %s", code, errOut)
	}
}
