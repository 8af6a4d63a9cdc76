package wsconn_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// pack compresses as RFC 7692 wants it.
func pack(text string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write([]byte(text))
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

func unpack(t *testing.T, packed []byte) string {
	t.Helper()
	var b bytes.Buffer
	r := flate.NewReader(bytes.NewReader(append(packed, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)))
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var compressing = wsconn.UpgradeOptions{Options: wsconn.Options{Compression: true}}

func TestR6CompressionIsAgreedOnlyWhenOfferedAndWanted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		o      wsconn.UpgradeOptions
		offers []string
		want   bool
	}{
		{"not offered", compressing, nil, false},
		{"not wanted", wsconn.UpgradeOptions{}, []string{"permessage-deflate"}, false},
		{"offered", compressing, []string{"permessage-deflate"}, true},
		{"as browsers and ws offer it", compressing, []string{"permessage-deflate; client_max_window_bits"}, true},
		{"without context", compressing, []string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover"}, true},
		{"a window that we cannot keep to", compressing, []string{"permessage-deflate; server_max_window_bits=9"}, false},
		{"the second offer", compressing, []string{"permessage-deflate; server_max_window_bits=9, permessage-deflate"}, true},
		{"a parameter that nobody knows", compressing, []string{"permessage-deflate; x=1"}, false},
		{"another extension", compressing, []string{"x-webkit-deflate-frame"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, tt.o, ocpptest.LinkOptions{})
				h := http.Header{}
				if tt.offers != nil {
					h["Sec-Websocket-Extensions"] = tt.offers
				}
				p := s.peerWith(ocpptest.PeerOptions{Header: h})
				c := <-s.conns
				if c.Compressed() != tt.want {
					t.Errorf("agreed: %v, want %v", c.Compressed(), tt.want)
				}
				p.SendText("hello")
				if got := <-s.inbox.text; got != "hello" {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

func TestR6MessagesOverOneKiBAreCompressedWithoutContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, compressing, ocpptest.LinkOptions{})
		p := s.peerWith(ocpptest.PeerOptions{Header: http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}})
		c := <-s.conns
		text := strings.Repeat("all the same ", 1000)
		for range 3 { // each has to stand alone
			c.Send([]byte(text))
			f, err := p.ReadFrame()
			if err != nil || f.RSV != 4 || len(f.Payload) > len(text)/20 || unpack(t, f.Payload) != text {
				t.Fatalf("RSV %d, %d bytes, %v", f.RSV, len(f.Payload), err)
			}
		}
		c.Send([]byte(long(1024)))
		if f, err := p.ReadFrame(); err != nil || f.RSV != 0 || string(f.Payload) != long(1024) {
			t.Errorf("1 KiB: RSV %d, %d bytes, %v", f.RSV, len(f.Payload), err)
		}
	})
}

func TestR6CompressedMessagesAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, compressing, ocpptest.LinkOptions{})
		p := s.peerWith(ocpptest.PeerOptions{Header: http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}})
		for _, text := range []string{"", "short", strings.Repeat("long ", 100000), "again ä"} {
			f := masked(ocpptest.OpText, true, string(pack(text)))
			f.RSV = 4
			p.Send(f)
			if got := <-s.inbox.text; got != text {
				t.Errorf("%d bytes, want %d", len(got), len(text))
			}
		}
		packed := string(pack(strings.Repeat("fragments ", 100)))
		f := masked(ocpptest.OpText, false, packed[:5])
		f.RSV = 4
		p.Send(f)
		p.Send(masked(ocpptest.OpContinuation, true, packed[5:]))
		if got := <-s.inbox.text; got != strings.Repeat("fragments ", 100) {
			t.Errorf("got %q", got)
		}
		p.SendText("plain")
		if got := <-s.inbox.text; got != "plain" {
			t.Errorf("got %q", got)
		}
	})
}

func TestR6R24CompressedMessagesHaveTheirLimits(t *testing.T) {
	bomb := string(pack(long(16 << 20)))
	for _, tt := range []struct {
		name   string
		frames []ocpptest.Frame
		want   uint16
	}{
		{"16 MiB in a few KiB", []ocpptest.Frame{{Fin: true, RSV: 4, Op: ocpptest.OpText, Masked: true, Payload: []byte(bomb)}}, 1009},
		{"not deflate", []ocpptest.Frame{{Fin: true, RSV: 4, Op: ocpptest.OpText, Masked: true, Payload: []byte("\xff\xff\xff")}}, 1007},
		{"not UTF-8", []ocpptest.Frame{{Fin: true, RSV: 4, Op: ocpptest.OpText, Masked: true, Payload: pack("\xff")}}, 1007},
		{"RSV1 on a continuation", []ocpptest.Frame{masked(ocpptest.OpText, false, "x"), {Fin: true, RSV: 4, Masked: true}}, 1002},
		{"RSV1 on a ping", []ocpptest.Frame{{Fin: true, RSV: 4, Op: ocpptest.OpPing, Masked: true}}, 1002},
		{"RSV2", []ocpptest.Frame{{Fin: true, RSV: 6, Op: ocpptest.OpText, Masked: true}}, 1002},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, compressing, ocpptest.LinkOptions{})
				p := s.peerWith(ocpptest.PeerOptions{Header: http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}})
				before := allocated()
				for _, f := range tt.frames {
					p.Send(f)
				}
				wantCloseCode(t, p, tt.want)
				if n := allocated() - before; n > 12<<20 {
					t.Errorf("%d bytes were allocated under a limit of 1 MiB", n)
				}
				if cause := <-s.inbox.closed; wsconn.CloseCode(cause) != tt.want {
					t.Errorf("cause %v", cause)
				}
			})
		})
	}
}

// allocated is how much this process has ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestR6BothOfOurEndsCompress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, compressing, ocpptest.LinkOptions{})
		c, err := s.dial(wsconn.DialOptions{Options: wsconn.Options{Compression: true}})
		if err != nil {
			t.Fatal(err)
		}
		box := newInbox()
		c.Start(box)
		other := <-s.conns
		if !c.Compressed() || !other.Compressed() {
			t.Fatal("not agreed")
		}
		text := strings.Repeat("meterValue ", 3000)
		c.Send([]byte(text))
		if got := <-s.inbox.text; got != text {
			t.Errorf("%d bytes, want %d", len(got), len(text))
		}
		other.Send([]byte(text))
		if got := <-box.text; got != text {
			t.Errorf("%d bytes, want %d", len(got), len(text))
		}
		if n := c.Stats().BytesOut; n > uint64(len(text)/10) {
			t.Errorf("%d bytes on the wire for a message of %d", n, len(text))
		}
	})
}

// A server that answers with parameters that were not offered breaks RFC 7692: the client must not go on.
func TestR6ClientRefusesParametersThatItDidNotOffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := ocpptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Sec-WebSocket-Extensions", "permessage-deflate")
			p, err := ocpptest.AcceptPeer(w, r, "")
			if err == nil {
				p.Close()
			}
		}))
		defer server.Close()
		engine := wsconn.NewEngine()
		defer engine.Close()
		_, err := engine.Dial(t.Context(), server.URL, wsconn.DialOptions{
			Options: wsconn.Options{Compression: true}, DialContext: server.Listener.DialContext,
		})
		if err == nil || errors.Is(err, wsconn.ErrEngineClosed) {
			t.Errorf("got %v", err)
		}
	})
}
