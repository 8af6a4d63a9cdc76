package wsconn_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestR3SubprotocolIsChosenAndSpelledAsTheClientDoes(t *testing.T) {
	supported := []string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"}
	for _, tt := range []struct {
		name    string
		choose  wsconn.Chooser
		offered []string
		want    string
	}{
		{"the client's order", wsconn.ClientOrder(supported...), []string{"ocpp2.1", "ocpp1.6"}, "ocpp2.1"},
		{"the client's order reversed", wsconn.ClientOrder(supported...), []string{"ocpp1.6", "ocpp2.1"}, "ocpp1.6"},
		{"unknown ones are passed over", wsconn.ClientOrder(supported...), []string{"ocpp1.5", "ocpp2.0", "ocpp2.0.1"}, "ocpp2.0.1"},
		{"case is ignored, spelling kept", wsconn.ClientOrder(supported...), []string{"OCPP2.0.1", "ocpp1.6"}, "OCPP2.0.1"},
		{"the server's order", wsconn.ServerOrder("ocpp2.1", "ocpp1.6"), []string{"ocpp1.6", "Ocpp2.1"}, "Ocpp2.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, wsconn.UpgradeOptions{Choose: tt.choose}, ocpptest.LinkOptions{})
				p := s.peer(tt.offered...)
				if p.Subprotocol != tt.want {
					t.Errorf("answered %q, want %q", p.Subprotocol, tt.want)
				}
				if c := <-s.conns; c.Subprotocol() != tt.want {
					t.Errorf("Subprotocol() = %q, want %q", c.Subprotocol(), tt.want)
				}
			})
		})
	}
}

func TestR3OffersInSeveralHeadersAndOneEach(t *testing.T) {
	r := &http.Request{Header: http.Header{"Sec-Websocket-Protocol": {"a , b", "", " c,,d "}}}
	if got := strings.Join(wsconn.Offered(r), "|"); got != "a|b|c|d" {
		t.Errorf("got %s", got)
	}
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{Choose: wsconn.ClientOrder("ocpp1.6")}, ocpptest.LinkOptions{})
		for _, lists := range [][]string{{"ocpp2.0", "ocpp1.6"}, {"", " ocpp2.0,,  ocpp1.6 ,"}} {
			p := s.peerWith(ocpptest.PeerOptions{Header: http.Header{"Sec-Websocket-Protocol": lists}})
			if p.Subprotocol != "ocpp1.6" {
				t.Errorf("answered %q", p.Subprotocol)
			}
		}
	})
}

func TestR3ClientOffersInItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{Choose: wsconn.ClientOrder("ocpp1.6", "ocpp2.1")}, ocpptest.LinkOptions{})
		c, err := s.dial(wsconn.DialOptions{Subprotocols: []string{"ocpp2.1", "ocpp1.6"}})
		if err != nil {
			t.Fatal(err)
		}
		if c.Subprotocol() != "ocpp2.1" {
			t.Errorf("agreed on %q", c.Subprotocol())
		}
	})
}

func TestR3ClientTakesItsSubprotocolInAnyCase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, box, p := client(t, wsconn.DialOptions{Subprotocols: []string{"ocpp2.0.1", "ocpp1.6"}}, "OCPP1.6")
		if c.Subprotocol() != "ocpp1.6" {
			t.Errorf("agreed on %q", c.Subprotocol())
		}
		p.SendText("hello")
		if got := <-box.text; got != "hello" {
			t.Errorf("got %q", got)
		}
	})
}

// What a server sends right behind its answer must not be lost between the handshake and the reader.
func TestBytesBehindTheAnswerAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, size := range []int{5, 2000, 10_000} {
			l := ocpptest.Listen(ocpptest.LinkOptions{})
			go func() {
				conn, err := l.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				answerWith(t, conn, long(size))
			}()
			engine := wsconn.NewEngine()
			c, err := engine.Dial(t.Context(), "ws://csms.test/CS1", wsconn.DialOptions{DialContext: l.DialContext})
			if err != nil {
				t.Fatal(err)
			}
			box := newInbox()
			c.Start(box)
			if got := <-box.text; got != long(size) {
				t.Errorf("%d bytes, want %d", len(got), size)
			}
			c.Abort(nil)
			engine.Close()
			l.Close()
		}
	})
}

// answerWith completes a handshake and sends a message in the same write.
func answerWith(t *testing.T, conn net.Conn, text string) {
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		t.Error(err)
		return
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
	conn.Write(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte(text)}.Append([]byte(head)))
}

func TestR5NoCommonSubprotocolCompletesTheHandshakeAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{Choose: wsconn.ClientOrder("ocpp1.6")}, ocpptest.LinkOptions{})
		p := s.peer("ocpp3.0")
		if p.Subprotocol != "" {
			t.Errorf("the answer has the header: %q", p.Subprotocol)
		}
		if err := <-s.errs; !errors.Is(err, wsconn.ErrNoSubprotocol) {
			t.Errorf("Upgrade returned %v", err)
		}
		wantCloseCode(t, p, wsconn.CodeProtocolError)
		begun := time.Now()
		if err := p.SendClose(1002, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
			t.Errorf("after the close handshake: %v, want the end of the socket", err)
		}
		if d := time.Since(begun); d != 0 {
			t.Errorf("the socket was closed after %v", d)
		}
	})
}

func TestR5SilentPeerWithoutSubprotocolIsCutInBoundedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{Choose: wsconn.ClientOrder("ocpp1.6")}, ocpptest.LinkOptions{})
		p := s.peer("ocpp3.0")
		wantCloseCode(t, p, wsconn.CodeProtocolError)
		begun := time.Now()
		if _, err := p.ReadFrame(); err == nil {
			t.Error("another frame after the close frame")
		}
		if d := time.Since(begun); d != 5*time.Second {
			t.Errorf("the socket was closed after %v, want the close timeout of 5 s", d)
		}
	})
}

func TestR5ChooserMayGoOnWithoutSubprotocol(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		choose := func(offered []string) (string, bool) { return "", len(offered) == 0 }
		s := serve(t, wsconn.UpgradeOptions{Choose: choose}, ocpptest.LinkOptions{})
		p := s.peer()
		if err := p.SendText("hello"); err != nil {
			t.Fatal(err)
		}
		if got := <-s.inbox.text; got != "hello" {
			t.Errorf("got %q", got)
		}
	})
}

func TestR7ClientFollowsNoRedirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}))
		defer server.Close()
		engine := wsconn.NewEngine()
		defer engine.Close()
		_, err := engine.Dial(t.Context(), server.URL+"/CS1", wsconn.DialOptions{DialContext: server.Listener.DialContext})
		var status *wsconn.StatusError
		if !errors.As(err, &status) || status.Code != http.StatusTemporaryRedirect || status.Header.Get("Location") != "/elsewhere" {
			t.Errorf("got %v", err)
		}
		if asked != 1 {
			t.Errorf("%d requests", asked)
		}
	})
}

func TestStatusErrorSaysWhatTheServerSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		retry := "120"
		server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", retry)
			http.Error(w, "draining"+long(5000), http.StatusServiceUnavailable)
		}))
		defer server.Close()
		engine := wsconn.NewEngine()
		defer engine.Close()
		dial := func() *wsconn.StatusError {
			_, err := engine.Dial(t.Context(), server.URL+"/CS1", wsconn.DialOptions{DialContext: server.Listener.DialContext})
			var status *wsconn.StatusError
			if !errors.As(err, &status) {
				t.Fatalf("got %v", err)
			}
			return status
		}
		s := dial()
		if s.Code != 503 || s.RetryAfter() != 2*time.Minute || len(s.Body) != 1024 || !strings.HasPrefix(string(s.Body), "draining") {
			t.Errorf("got %d, %v, %d bytes", s.Code, s.RetryAfter(), len(s.Body))
		}
		retry = time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
		if d := dial().RetryAfter(); d != time.Hour {
			t.Errorf("a date one hour ahead: %v", d)
		}
		for _, bad := range []string{"", "-3", "soon"} {
			retry = bad
			if d := dial().RetryAfter(); d != 0 {
				t.Errorf("Retry-After %q: %v", bad, d)
			}
		}
	})
}

func TestR60BasicPasswordIsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const password = "a:\x00\xffb:"
		var user, pass string
		server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user, pass, _ = r.BasicAuth()
			w.WriteHeader(http.StatusUnauthorized)
		}))
		defer server.Close()
		engine := wsconn.NewEngine()
		defer engine.Close()
		_, err := engine.Dial(t.Context(), server.URL+"/RDAM%7C123", wsconn.DialOptions{
			DialContext: server.Listener.DialContext, Basic: &wsconn.Basic{User: "RDAM|123", Password: []byte(password)},
		})
		if err == nil || user != "RDAM|123" || pass != password {
			t.Errorf("got %q, %q, %v", user, pass, err)
		}
	})
}

func TestBadHandshakesAreAnswered(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header http.Header
		want   int
	}{
		{"no upgrade", http.Header{"Upgrade": {""}}, http.StatusBadRequest},
		{"no connection", http.Header{"Connection": {""}}, http.StatusBadRequest},
		{"no key", http.Header{"Sec-Websocket-Key": {""}}, http.StatusBadRequest},
		{"a short key", http.Header{"Sec-Websocket-Key": {"abc"}}, http.StatusBadRequest},
		{"another version", http.Header{"Sec-Websocket-Version": {"8"}}, http.StatusUpgradeRequired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
				_, err := ocpptest.DialPeer(t.Context(), s.server.URL+"/CS1", ocpptest.PeerOptions{
					DialContext: s.server.Listener.DialContext, Header: tt.header,
				})
				var status *ocpptest.StatusError
				if !errors.As(err, &status) || status.Code != tt.want {
					t.Errorf("got %v, want %d", err, tt.want)
				}
				if err := <-s.errs; err == nil {
					t.Error("Upgrade returned no error")
				}
			})
		})
	}
}

// Bytes that a client sends right behind its request must not be lost between net/http and the reader.
func TestBytesBehindTheHandshakeAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		conn, err := s.server.Listener.Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		request := "GET /CS1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
		text := ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Masked: true, Payload: []byte("early")}.Append(nil)
		if _, err := conn.Write(append([]byte(request), text...)); err != nil {
			t.Fatal(err)
		}
		if got := <-s.inbox.text; got != "early" {
			t.Errorf("got %q", got)
		}
	})
}

func TestDialEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ocpptest.Listen(ocpptest.LinkOptions{}) // nobody accepts
		defer l.Close()
		engine := wsconn.NewEngine()
		defer engine.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := engine.Dial(ctx, "ws://csms.test/CS1", wsconn.DialOptions{DialContext: l.DialContext})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		begun = time.Now()
		_, err = engine.Dial(t.Context(), "ws://csms.test/CS1", wsconn.DialOptions{DialContext: l.DialContext})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

func TestDialErrorsHideThePassword(t *testing.T) {
	engine := wsconn.NewEngine()
	defer engine.Close()
	fail := func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrUnexpectedEOF }
	_, err := engine.Dial(t.Context(), "ws://user:secret@csms.test/CS1", wsconn.DialOptions{DialContext: fail})
	if !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestClosedEngineRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		s.engine.Close()
		p := s.peer()
		if err := <-s.errs; !errors.Is(err, wsconn.ErrEngineClosed) {
			t.Errorf("Upgrade returned %v", err)
		}
		if _, err := p.ReadFrame(); err == nil {
			t.Error("the socket is open")
		}
	})
}

// overTLS runs an echo server and returns a connected client, over real sockets and crypto/tls.
func TestTLSEcho(t *testing.T) {
	engine := wsconn.NewEngine()
	state := make(chan *tls.ConnectionState, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := engine.Upgrade(w, r, wsconn.UpgradeOptions{})
		if err != nil {
			t.Error(err)
			return
		}
		state <- c.TLS()
		c.Start(echo{})
	}))
	defer server.Close()
	defer engine.Close()
	config := server.Client().Transport.(*http.Transport).TLSClientConfig
	c, err := engine.Dial(t.Context(), "wss"+strings.TrimPrefix(server.URL, "https"), wsconn.DialOptions{TLS: config})
	if err != nil {
		t.Fatal(err)
	}
	box := newInbox()
	c.Start(box)
	if s := <-state; s == nil || !s.HandshakeComplete || c.TLS() == nil {
		t.Error("no TLS state")
	}
	for _, n := range []int{0, 1, 125, 126, 4096, 65535, 65536, 1 << 20} {
		if err := c.Send([]byte(long(n))); err != nil {
			t.Fatal(err)
		}
		if got := within(t, box.text); len(got) != n {
			t.Errorf("%d bytes came back as %d", n, len(got))
		}
	}
	c.Close(wsconn.CodeNormal, "", nil)
	within(t, box.closed)
}

// echo sends back what it gets.
type echo struct{}

func (echo) Message(c *wsconn.Conn, text []byte) { c.Send(text) }
func (echo) Closed(*wsconn.Conn, error)          {}
