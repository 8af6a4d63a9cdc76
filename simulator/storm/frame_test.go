package storm

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

// unmask reads a client's frame as a server does.
func unmask(t *testing.T, b []byte) (op byte, payload []byte) {
	t.Helper()
	if b[0]&0x80 == 0 || b[1]&0x80 == 0 {
		t.Fatalf("not final or not masked: % x", b[:2])
	}
	n, rest := int(b[1]&0x7f), b[2:]
	switch n {
	case 126:
		n, rest = int(binary.BigEndian.Uint16(rest)), rest[2:]
	case 127:
		n, rest = int(binary.BigEndian.Uint64(rest)), rest[8:]
	}
	key, rest := rest[:4], rest[4:]
	if len(rest) != n {
		t.Fatalf("%d bytes follow, the header says %d", len(rest), n)
	}
	for i := range rest {
		rest[i] ^= key[i%4]
	}
	return b[0] & 0x0f, rest
}

func TestFramesOfEveryLengthAreMasked(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 0xffff, 0x10000, 300_000} {
		want := bytes.Repeat([]byte("x"), n)
		op, got := unmask(t, appendFrame(nil, opText, want))
		if op != opText || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as op %d with %d bytes", n, op, len(got))
		}
	}
}

func TestFramesOfAServerAreRead(t *testing.T) {
	frames := []byte{0x81, 2, 'h', 'i', 0x01, 126, 0, 3, 'a', 'b', 'c', 0x88, 127, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0xf0}
	r := bufio.NewReader(bytes.NewReader(frames))
	for _, want := range []frame{{opText, true, []byte("hi")}, {opText, false, []byte("abc")}, {opClose, true, []byte{3, 0xf0}}} {
		got, err := readFrame(r)
		if err != nil || got.op != want.op || got.fin != want.fin || !bytes.Equal(got.payload, want.payload) {
			t.Errorf("%+v %v, want %+v", got, err, want)
		}
	}
	if _, err := readFrame(r); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	for name, b := range map[string][]byte{"masked": {0x81, 0x80, 0, 0, 0, 0}, "reserved": {0xc1, 0}, "huge": {0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0}} {
		if _, err := readFrame(bufio.NewReader(bytes.NewReader(b))); !errors.Is(err, errFraming) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCloseFramesSayTheirCode(t *testing.T) {
	if c := parseClose(append(closePayload(1008), "replaced"...)); c.code != 1008 || c.Error() != "close 1008 replaced" {
		t.Errorf("%+v %v", c, c)
	}
	if c := parseClose(nil); c.code != 1005 || c.Error() != "close 1005" {
		t.Errorf("%+v %v", c, c)
	}
}

func TestMessagesAreScanned(t *testing.T) {
	for text, want := range map[string]message{
		`[2,"a1","Reset",{"type":"Soft"}]`:         {kind: 2, id: "a1", action: "Reset", payload: []byte(`{"type":"Soft"}`)},
		" [ 3 , \"a\\\"b\" , {\"x\":[1]} ] \n":     {kind: 3, id: `a"b`, payload: []byte(`{"x":[1]} `)},
		`[4,"7","GenericError","no ]",{}]`:         {kind: 4, id: "7"},
		`[2,"","GetConfiguration",{"key":["]"]} ]`: {kind: 2, action: "GetConfiguration", payload: []byte(`{"key":["]"]} `)},
	} {
		got, ok := parseMessage([]byte(text))
		if !ok || got.kind != want.kind || got.id != want.id || got.action != want.action || string(got.payload) != string(want.payload) {
			t.Errorf("%s: %+v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "{}", "[", `[2`, `[2,"a"`, `[2,"a","b"]`, `[3,"a"]`, `[2,"a`, `["x"]`, `[3,"a",`} {
		if m, ok := parseMessage([]byte(text)); ok {
			t.Errorf("%s was read as %+v", text, m)
		}
	}
}

func TestMessagesAreWritten(t *testing.T) {
	for got, want := range map[string]string{
		string(appendCall(nil, "7", "Heartbeat", "{}")):       `[2,"7","Heartbeat",{}]`,
		string(appendResult(nil, `a"b`, `{"listVersion":0}`)): `[3,"a\"b",{"listVersion":0}]`,
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := string(appendNotImplemented(nil, "x")); !strings.HasPrefix(got, `[4,"x","NotImplemented"`) {
		t.Error(got)
	}
}
