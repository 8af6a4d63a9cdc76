package ocpptest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// pair connects two bare peers over an HTTP server in memory.
func pair(t *testing.T, o ocpptest.PeerOptions, subprotocol string) (client, server *ocpptest.Peer) {
	t.Helper()
	accepted := make(chan *ocpptest.Peer, 1)
	web := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := ocpptest.AcceptPeer(w, r, subprotocol)
		if err != nil {
			t.Error(err)
			return
		}
		accepted <- p
	}))
	t.Cleanup(web.Close)
	o.DialContext = web.Listener.DialContext
	client, err := ocpptest.DialPeer(context.Background(), web.URL+"/CS1", o)
	if err != nil {
		t.Fatal(err)
	}
	server = <-accepted
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client, server
}

func TestPeersTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}}, "ocpp1.6")
		if client.Subprotocol != "ocpp1.6" || server.Subprotocol != "ocpp1.6" {
			t.Errorf("agreed on %q and %q", client.Subprotocol, server.Subprotocol)
		}
		client.SendFragments("he", "", "llo")
		if got, err := server.ReadText(); err != nil || got != "hello" {
			t.Errorf("%q, %v", got, err)
		}
		server.SendOp(ocpptest.OpPong, nil)
		server.SendOp(ocpptest.OpPing, []byte("are you there"))
		server.SendText("answer")
		if got, err := client.ReadText(); err != nil || got != "answer" {
			t.Errorf("%q, %v", got, err)
		}
		if f, err := server.ReadFrame(); err != nil || f.Op != ocpptest.OpPong || string(f.Payload) != "are you there" || !f.Masked {
			t.Errorf("%+v, %v", f, err)
		}
		server.SendText("passed over")
		server.SendClose(1012, "restart")
		if c, err := client.ReadClose(); err != nil || *c != (ocpptest.CloseError{Code: 1012, Reason: "restart"}) {
			t.Errorf("%v, %v", c, err)
		}
		client.SendClose(0, "")
		_, err := server.ReadText()
		var closed *ocpptest.CloseError
		if !errors.As(err, &closed) || closed.Code != 0 {
			t.Errorf("got %v", err)
		}
	})
}

func TestPeerReadsBinaryAsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, ocpptest.PeerOptions{}, "")
		server.SendOp(ocpptest.OpBinary, nil)
		if _, err := client.ReadText(); err == nil {
			t.Error("no error")
		}
	})
}

func TestDialPeerTellsTheStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := ocpptest.AcceptPeer(w, r, ""); err == nil {
				t.Error("accepted what is no handshake")
			}
		}))
		defer web.Close()
		_, err := ocpptest.DialPeer(t.Context(), web.URL, ocpptest.PeerOptions{
			DialContext: web.Listener.DialContext, Header: http.Header{"Sec-Websocket-Key": nil},
		})
		var status *ocpptest.StatusError
		if !errors.As(err, &status) || status.Code != http.StatusBadRequest {
			t.Errorf("got %v", err)
		}
	})
}

func TestDialPeerEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ocpptest.Listen(ocpptest.LinkOptions{}) // nobody answers
		defer l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := ocpptest.DialPeer(ctx, "ws://x", ocpptest.PeerOptions{DialContext: l.DialContext}); err == nil {
			t.Error("no error")
		}
	})
}

func TestDialPeerOverTLS(t *testing.T) {
	accepted := make(chan *ocpptest.Peer, 1)
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, err := ocpptest.AcceptPeer(w, r, ""); err == nil {
			accepted <- p
		}
	}))
	defer web.Close()
	url := "wss" + strings.TrimPrefix(web.URL, "https")
	config := web.Client().Transport.(*http.Transport).TLSClientConfig
	client, err := ocpptest.DialPeer(t.Context(), url, ocpptest.PeerOptions{TLS: config})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server := <-accepted
	defer server.Close()
	if _, ok := server.Conn.(*tls.Conn); !ok {
		t.Errorf("a %T", server.Conn)
	}
	client.SendText("secret")
	if got, err := server.ReadText(); err != nil || got != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ocpptest.DialPeer(t.Context(), url, ocpptest.PeerOptions{}); err == nil {
		t.Error("an unknown certificate was accepted")
	}
}
