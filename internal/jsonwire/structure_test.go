package jsonwire

import (
	"encoding/json"
	"strings"
	"testing"
)

type rawMessage = json.RawMessage

func TestSkip(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: true, `[]`: true, `{"a":1}`: true, ` { "a" : [ 1 , {"b":null} ] , "c":"d" } `: true,
		`[[],[[]],{}]`: true, `0`: true, `"x"`: true, `true`: true, `-1.5e+7`: true, `null`: true, `[{},{}]`: true,
		``: false, `{`: false, `[`: false, `{"a"}`: false, `{"a":}`: false, `{"a":1,}`: false, `{,}`: false,
		`[1,]`: false, `[1 2]`: false, `{"a":1 "b":2}`: false, `{1:2}`: false, `[}`: false, `{]`: false,
		`]`: false, `}`: false, `{"a":1]`: false, `[1}`: false, `nul`: false, `truefalse`: false, `1 2`: false,
		`[01]`: false, `["\x"]`: false, `{"a":1}}`: false, "[\"\xff\"]": false, "{\"\xff\":1}": false,
		"\v[]": false, "[1,\u00a02]": false,
	} {
		if ok, _ := read(text, 0, (*Decoder).Skip); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	for _, c := range []struct {
		n  int
		ok bool
	}{{1, true}, {MaxDepth, true}, {MaxDepth + 1, false}, {100_000, false}} {
		for _, text := range []string{
			strings.Repeat("[", c.n) + strings.Repeat("]", c.n),
			strings.Repeat(`{"a":`, c.n-1) + "{}" + strings.Repeat("}", c.n-1),
		} {
			if ok, _ := read(text, 0, (*Decoder).Skip); ok != c.ok {
				t.Errorf("%d levels of %.5s: %v", c.n, text, ok)
			}
		}
	}
}

// A hundred thousand brackets must cost no stack and no memory.
func TestBracketsAllocateNothing(t *testing.T) {
	data := []byte(strings.Repeat("[", 100_000))
	var d Decoder
	if n := testing.AllocsPerRun(10, func() {
		d.Reset(data, Options{})
		if d.Skip() {
			t.Error("accepted")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPointers(t *testing.T) {
	for _, c := range []struct {
		text string
		at   string // the violation is at the first occurrence of this text
		want string
	}{
		{`{"a":[1,{"b":X}]}`, `X`, "/a/1/b"},
		{`{"a":{},"b":[[],[ X]]}`, `X`, "/b/1/0"},
		{`{"a/b":{"m~n":X}}`, `X`, "/a~1b/m~0n"},
		{`{"\u0061\n":X}`, `X`, ""}, // a name that is not fit to be shown ends the pointer
		{`{"ok":{"` + strings.Repeat("k", 51) + `":X}}`, `X`, "/ok"},
		{`{"\u0061":X}`, `X`, "/a"},
		{`X`, `X`, ""},
		{`{"a":"b:c","d":"\"","e":X}`, `X`, "/e"},
		{`{"a":1 X`, `X`, ""},
		{`{"a":[1,2 X`, `X`, "/a"},
		{`{"a":true,"b":false,"c":null,"d":-1.5,"e":[null,X]}`, `X`, "/e/1"},
	} {
		w := walker{s: c.text}
		if got := w.pointer(finding{place: placeAt, offset: strings.Index(c.text, c.at)}); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFrame(t *testing.T) {
	var d Decoder
	d.Reset([]byte(` [ 2 , "id" ,"Boot", {"a":1} ] `), Options{})
	var typ int
	var id string
	var payload json.RawMessage
	ok := d.ArrayOpen() && d.Int(&typ, 2, 6) && d.Comma() && d.Str(&id, 0) && d.Comma()
	action, isText := d.Text()
	ok = ok && isText && d.Comma() && d.Kind() == '{' && d.Raw(&payload) && !d.Comma() && d.ArrayClose() && d.End()
	if !ok || typ != 2 || id != "id" || action != "Boot" || string(payload) != `{"a":1}` {
		t.Fatalf("%v %d %q %q %s", ok, typ, id, action, payload)
	}
}

func TestRewindForgetsTheFailure(t *testing.T) {
	var d Decoder
	d.Reset([]byte(`[2,"id"]`), Options{})
	start := d.Offset()
	if d.Skip() && !d.Object() && d.End() {
		d.syntax("x")
	}
	d.Rewind(start)
	if d.Failed() || !d.ArrayOpen() {
		t.Error("did not start again")
	}
}

func TestReportIsBoundedAndInOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"list":[`)
	for range 2 * MaxViolations {
		text.WriteString(`"toolong",`)
	}
	text.WriteString(`"end"]}`)
	var d Decoder
	var pointers []string
	d.Reset([]byte(text.String()), Options{Policy: tolerateAll, OnViolation: func(r Rule, pointer, _ string) {
		if r == RuleLength {
			pointers = append(pointers, pointer)
		}
	}})
	d.Object()
	d.First()
	var list []string
	if !d.Strings(&list, 0, 0, 3) {
		t.Fatal(d.Violation())
	}
	d.Report()
	if len(pointers) != MaxViolations || pointers[0] != "/list/0" || pointers[99] != "/list/99" {
		t.Errorf("%d: %v", len(pointers), pointers)
	}
	if d.Report(); len(pointers) != MaxViolations {
		t.Error("reported twice")
	}
}
