package main

import (
	"os"
	"strings"
	"testing"
)

// What the README shows of the command line is a command line.
func TestTheCommandsOfTheReadmeAreUnderstood(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## The command line")
	section, _, _ = strings.Cut(section, "\n## ")
	a := ask(t)
	key := strings.TrimSpace(a.want(0, "", "stations", "add", "CS-0002"))
	if key == "" {
		t.Error("no key")
	}
	codes := map[string]int{"stations": 0, "transactions": 0, "refusals": 0, "call": exitOffline}
	n := 0
	for line := range strings.Lines(section) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "  #")
		words, ok := strings.CutPrefix(line, "chargeyard ")
		if !ok {
			continue
		}
		n++
		args := strings.Fields(words)
		if before, payload, ok := strings.Cut(words, "'"); ok {
			args = append(strings.Fields(before), strings.TrimSuffix(strings.TrimSpace(payload), "'"))
		}
		want := codes[args[0]]
		if args[0] == "call" && strings.HasPrefix(args[1], "--") {
			want = exitNotFound // nobody fits
		}
		if code, out, errOut := try(t, args...); code != want {
			t.Errorf("%q: code %d, want %d\n%s%s", args, code, want, out, errOut)
		}
	}
	if n != 8 {
		t.Errorf("%d commands were tried", n)
	}
	if code, out, _ := decoding(t, `[2,"1","Reset",{"type":"Later"}]`, "--version", "1.6"); code != 1 || !strings.Contains(out, "Hard, Soft") {
		t.Errorf("%d %s", code, out)
	}
}
