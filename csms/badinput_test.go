package csms_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// badYard is a server behind a LimitListener with two neighbours that must notice nothing.
type badYard struct {
	*yard
	neighbours []*ocpptest.Peer
}

func openBad(t *testing.T) *badYard {
	t.Helper()
	y, _ := openLimited(t, csms.Options{PingInterval: -1, MaxMessage: 64 << 10}, csms.LimitOptions{HandshakeTimeout: 5 * time.Second})
	heartbeats(y.srv)
	b := &badYard{yard: y}
	for i, v := range []ocpp.Version{ocpp.V16, ocpp.V21} {
		b.neighbours = append(b.neighbours, y.dial(fmt.Sprint("neighbour-", i), v))
	}
	b.check(t, "before")
	return b
}

// check has the neighbours exchange a message each, in no time, on the connection that they always had.
func (b *badYard) check(t *testing.T, when string) {
	t.Helper()
	begin := time.Now()
	for i, p := range b.neighbours {
		beat(t, p, when)
		if st := b.station(fmt.Sprint("neighbour-", i)); st.Epoch() > b.station("neighbour-0").Epoch()+1 || st.Cause() != nil {
			t.Errorf("%s: the neighbour's connection is another one, or ended: %v", when, st.Cause())
		}
	}
	if elapsed := time.Since(begin); elapsed != 0 {
		t.Errorf("%s: the neighbours waited %v", when, elapsed)
	}
}

// TestR4R5BadHandshakesHaveTheirAnswer sends bytes to a fresh socket and reads the status line of the answer.
func TestR4R5BadHandshakesHaveTheirAnswer(t *testing.T) {
	const handshake = "Host: csms.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	keyless, _, _ := strings.Cut(handshake, "Sec-WebSocket-Key")
	const version = "Sec-WebSocket-Protocol: ocpp1.6\r\n"
	for name, c := range map[string]struct{ request, answer string }{
		"garbage":               {"\x00\x01\x02\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"TLS to a plain port":   {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"no host":               {"GET /ocpp/CS-1 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request: missing required Host header"},
		"no identity":           {"GET /ocpp/ HTTP/1.1\r\n" + handshake + version + "\r\n", "HTTP/1.1 404 Not Found"},
		"root":                  {"GET / HTTP/1.1\r\n" + handshake + version + "\r\n", "HTTP/1.1 404 Not Found"},
		"broken escape":         {"GET /ocpp/%zz HTTP/1.1\r\n" + handshake + version + "\r\n", "HTTP/1.1 400 Bad Request"},
		"control characters":    {"GET /ocpp/a%00b HTTP/1.1\r\n" + handshake + version + "\r\n", "HTTP/1.1 404 Not Found"},
		"bad credential":        {"GET /ocpp/CS-1 HTTP/1.1\r\n" + handshake + version + "Authorization: Basic !\r\n\r\n", "HTTP/1.1 401 Unauthorized"},
		"plain GET":             {"GET /ocpp/CS-1 HTTP/1.1\r\nHost: csms.test\r\n\r\n", "HTTP/1.1 426 Upgrade Required"},
		"POST":                  {"POST /ocpp/CS-1 HTTP/1.1\r\n" + handshake + version + "\r\n", "HTTP/1.1 426 Upgrade Required"},
		"HTTP/1.0":              {"GET /ocpp/CS-1 HTTP/1.0\r\n" + handshake + version + "\r\n", "HTTP/1.1 505 HTTP Version Not Supported"},
		"WebSocket of 2008":     {"GET /ocpp/CS-1 HTTP/1.1\r\n" + strings.Replace(handshake, "13", "8", 1) + version + "\r\n", "HTTP/1.1 426 Upgrade Required"},
		"no key":                {"GET /ocpp/CS-1 HTTP/1.1\r\n" + keyless + version + "\r\n", "HTTP/1.1 400 Bad Request"},
		"no subprotocol":        {"GET /ocpp/CS-1 HTTP/1.1\r\n" + handshake + "\r\n", "HTTP/1.1 101 Switching Protocols"},
		"header without an end": {"GET /ocpp/CS-1 HTTP/1.1\r\nX: " + strings.Repeat("x", 2<<20), "HTTP/1.1 431 Request Header Fields Too Large"},
		"slow loris":            {"GET /ocpp/CS-1 HTTP/1.1\r\nHo", ""},
		"nothing":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := openBad(t)
				conn := linger(t, b.yard)
				go io.WriteString(conn, c.request) // the server may be through before its end
				r := bufio.NewReader(conn)
				line, _ := r.ReadString('\n')
				if strings.TrimSpace(line) != c.answer {
					t.Errorf("answered %q, want %q", line, c.answer)
				}
				rest, _ := io.ReadAll(r)
				if name == "no subprotocol" && !strings.Contains(string(rest), "\x03\xea") {
					t.Errorf("no close frame with 1002: %q", rest)
				}
				b.check(t, "after")
				time.Sleep(time.Second) // net/http waits for half of it before it closes a socket
			})
		})
	}
}

// TestR24BadFramesCloseWithTheirCode sends frames that end the connection.
func TestR24BadFramesCloseWithTheirCode(t *testing.T) {
	masked := func(f ocpptest.Frame) ocpptest.Frame {
		f.Masked = true
		return f
	}
	long := strings.Repeat(" ", 60<<10)
	for name, c := range map[string]struct {
		frames []ocpptest.Frame
		code   uint16
	}{
		"R24 oversized": {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte(long + long)})}, 1009},
		"R24 declared oversized": {
			[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Length: 1 << 62, Payload: []byte("[")})}, 1009,
		},
		"R24 oversized in fragments": {[]ocpptest.Frame{
			masked(ocpptest.Frame{Op: ocpptest.OpText, Payload: []byte(long)}),
			masked(ocpptest.Frame{Op: ocpptest.OpContinuation, Payload: []byte(long)}),
		}, 1009},
		"R24 invalid UTF-8": {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte("[2,\"\xff\"]")})}, 1007},
		"R24 surrogate": {
			[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte("[2,\"\xed\xa0\x80\"]")})}, 1007,
		},
		"R24 binary":               {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpBinary, Payload: []byte("[2]")})}, 1003},
		"R24 unmasked":             {[]ocpptest.Frame{{Fin: true, Op: ocpptest.OpText, Payload: []byte("[2]")}}, 1002},
		"reserved opcode":          {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: 5})}, 1002},
		"reserved bit":             {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, RSV: 4})}, 1002},
		"fragmented ping":          {[]ocpptest.Frame{masked(ocpptest.Frame{Op: ocpptest.OpPing})}, 1002},
		"continuation of nothing":  {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpContinuation})}, 1002},
		"text within a text":       {[]ocpptest.Frame{masked(ocpptest.Frame{Op: ocpptest.OpText}), masked(ocpptest.Frame{Op: ocpptest.OpText})}, 1002},
		"ping of 126 bytes":        {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpPing, Payload: make([]byte, 126)})}, 1002},
		"close frame of one byte":  {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpClose, Payload: []byte{3}})}, 1002},
		"close frame without code": {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpClose})}, 0},
		"close frame with code":    {[]ocpptest.Frame{masked(ocpptest.Frame{Fin: true, Op: ocpptest.OpClose, Payload: []byte{3, 0xe8}})}, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := openBad(t)
				p := b.dial("bad", ocpp.V16)
				st := b.station("bad")
				go func() {
					for _, f := range c.frames {
						p.Send(f) // the server may be through before the end
					}
				}()
				expectClose(t, p, c.code)
				if <-st.Done(); st.Cause() == nil {
					t.Error("no cause")
				}
				b.check(t, "after")
			})
		})
	}
}

// TestR11R14R15R16R17BadMessagesAreAnsweredByTheRules sends messages that are answered, and after which the station is served on.
func TestR11R14R15R16R17BadMessagesAreAnsweredByTheRules(t *testing.T) {
	id37 := strings.Repeat("i", 37)
	deep := strings.Repeat("[", 30000)
	for name, c := range map[string]struct {
		version ocpp.Version
		message string
		id      string // "" for no answer
		code    string
	}{
		"R17 broken JSON 1.6":           {ocpp.V16, `[2,"1","Heartbeat",{"a":}]`, "1", "FormationViolation"},
		"R17 broken JSON 2.0.1":         {ocpp.V201, `[2,"1","Heartbeat",{"a":}]`, "1", "FormatViolation"},
		"R17 not JSON 1.6":              {ocpp.V16, `hello`, "", ""},
		"R17 not JSON 2.1":              {ocpp.V21, `hello`, "-1", "RpcFrameworkError"},
		"R17 not an array":              {ocpp.V21, `{"a":1}`, "-1", "RpcFrameworkError"},
		"R17 empty array":               {ocpp.V201, `[]`, "-1", "RpcFrameworkError"},
		"R17 empty message":             {ocpp.V21, ``, "-1", "RpcFrameworkError"},
		"R17 unknown action":            {ocpp.V16, `[2,"1","Explode",{}]`, "1", "NotImplemented"},
		"R17 action without a handler":  {ocpp.V16, `[2,"1","Authorize",{"idTag":"A"}]`, "1", "NotSupported"},
		"R16 action in lower case":      {ocpp.V16, `[2,"1","heartbeat",{}]`, "1", "NotImplemented"},
		"R16 action with its suffix":    {ocpp.V16, `[2,"1","HeartbeatRequest",{}]`, "1", "NotImplemented"},
		"R17 action of the other end":   {ocpp.V16, `[2,"1","Reset",{"type":"Soft"}]`, "1", "NotSupported"},
		"R12 empty id 1.6":              {ocpp.V16, `[2,"","Heartbeat",{}]`, "", ""},
		"R12 empty id 2.1":              {ocpp.V21, `[2,"","Heartbeat",{}]`, "-1", "RpcFrameworkError"},
		"R12 id of 37 1.6":              {ocpp.V16, `[2,"` + id37 + `","Heartbeat",{}]`, id37, "ProtocolError"},
		"R12 id of 37 2.0.1":            {ocpp.V201, `[2,"` + id37 + `","Heartbeat",{}]`, id37, "RpcFrameworkError"},
		"R12 numeric id 1.6":            {ocpp.V16, `[2,17,"Heartbeat",{}]`, "", ""},
		"R12 numeric id 2.1":            {ocpp.V21, `[2,17,"Heartbeat",{}]`, "-1", "RpcFrameworkError"},
		"R15 payload of the wrong kind": {ocpp.V201, `[2,"1","Heartbeat",[]]`, "1", "TypeConstraintViolation"},
		"R15 payload missing":           {ocpp.V201, `[2,"1","Heartbeat"]`, "1", "RpcFrameworkError"},
		"R17 duplicate key":             {ocpp.V201, `[2,"1","Heartbeat",{"customData":{"vendorId":"v"},"customData":{"vendorId":"v"}}]`, "1", "FormatViolation"},
		"R11 unknown type":              {ocpp.V16, `[9,"1","Heartbeat",{}]`, "", ""},
		"R11 unknown type 2.0.1":        {ocpp.V201, `[9,"1","Heartbeat",{}]`, "1", "MessageTypeNotSupported"},
		"R14 answer to nothing":         {ocpp.V201, `[3,"1",{}]`, "", ""},
		"R14 error to nothing":          {ocpp.V201, `[4,"1","GenericError","",{}]`, "", ""},
		"brackets":                      {ocpp.V21, deep, "-1", "RpcFrameworkError"},
		"brackets in the payload":       {ocpp.V201, `[2,"1","Heartbeat",{"a":` + deep + `}]`, "1", "FormatViolation"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := openBad(t)
				p := b.dial("bad", c.version)
				send(t, p, c.message)
				if c.id != "" {
					expectError(t, p, c.id, c.code)
				}
				beat(t, p, "next") // and nothing before it
				b.check(t, "after")
			})
		})
	}
}

func TestR17HundredThousandBracketsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		heartbeats(y.srv)
		p := y.dial("CS-1", ocpp.V16)
		for _, brackets := range []string{strings.Repeat("[", 100_000), strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000)} {
			send(t, p, `[2,"1","Heartbeat",{"x":`+brackets+`}]`)
			expectError(t, p, "1", "FormationViolation")
			send(t, p, brackets)
		}
		beat(t, p, "2")
	})
}

func TestR17DuplicatedIDIsRefusedWhileItIsInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openBad(t)
		release := make(chan struct{})
		csms.HandleData(b.srv, "v", "", func(_ context.Context, _ *csms.Station, _ *string) (*string, error) {
			<-release
			return nil, nil
		})
		p := b.dial("bad", ocpp.V201)
		send(t, p, `[2,"1","DataTransfer",{"vendorId":"v"}]`, `[2,"1","Heartbeat",{}]`)
		expectError(t, p, "1", "RpcFrameworkError")
		close(release)
		expect(t, p, `[3,"1",{"status":"Accepted"}]`)
		b.check(t, "after")
	})
}

func TestR24FragmentedMessagesAreReassembled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openBad(t)
		p := b.dial("CS-1", ocpp.V16)
		if err := p.SendFragments(`[2,"1",`, ``, `"Heart`, `beat",{}]`); err != nil {
			t.Fatal(err)
		}
		expect(t, p, `[3,"1",{"currentTime":"2026-01-02T03:04:05Z"}]`)
		b.check(t, "after")
	})
}

func TestR4WrongPathsOfAMuxAreNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := newYard(t, csms.Options{})
		mux := http.NewServeMux()
		mux.Handle("/ocpp/{identity}", y.srv)
		y.web = ocpptest.NewServer(mux)
		t.Cleanup(y.close)
		for _, path := range []string{"/", "/ocpp", "/ocpp/", "/ocpp/CS-1/more", "/other/CS-1"} {
			_, err := y.try(path, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
			var status *ocpptest.StatusError
			if !errors.As(err, &status) || status.Code != http.StatusNotFound {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}
