package wsconn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// masked is a frame as a client may send it.
func masked(op byte, fin bool, payload string) ocpptest.Frame {
	return ocpptest.Frame{Fin: fin, Op: op, Masked: true, Key: [4]byte{1, 2, 3, 4}, Payload: []byte(payload)}
}

func TestR24FragmentsAreReassembledAroundControlFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		p := s.peer()
		for _, f := range []ocpptest.Frame{
			masked(ocpptest.OpText, false, "ab"), masked(ocpptest.OpPing, true, "ping!"),
			masked(ocpptest.OpContinuation, false, ""), masked(ocpptest.OpPong, true, ""),
			masked(ocpptest.OpContinuation, false, "c\xc3"), masked(ocpptest.OpContinuation, true, "\xa4"),
			masked(ocpptest.OpText, true, "next"),
		} {
			if err := p.Send(f); err != nil {
				t.Fatal(err)
			}
		}
		if got := <-s.inbox.text; got != "abcä" {
			t.Errorf("got %q", got)
		}
		if got := <-s.inbox.text; got != "next" {
			t.Errorf("got %q", got)
		}
		if f, err := p.ReadFrame(); err != nil || f.Op != ocpptest.OpPong || string(f.Payload) != "ping!" {
			t.Errorf("the ping inside of the message was answered with %+v, %v", f, err)
		}
	})
}

// Every way to cut the stream into reads gives the same messages.
func TestR24BytesMayArriveInAnyPieces(t *testing.T) {
	var stream []byte
	want := []string{"", "a", long(125), long(126), long(300)}
	for _, text := range want {
		stream = masked(ocpptest.OpText, true, text).Append(stream)
		stream = masked(ocpptest.OpPing, true, "").Append(stream)
	}
	for _, piece := range []int{1, 2, 3, 5, 7, 64, len(stream)} {
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
			p := s.peer()
			for b := stream; len(b) > 0; b = b[min(piece, len(b)):] {
				if _, err := p.Write(b[:min(piece, len(b))]); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
			}
			for i, w := range want {
				if got := <-s.inbox.text; got != w {
					t.Errorf("pieces of %d: message %d has %d bytes, want %d", piece, i, len(got), len(w))
				}
			}
		})
	}
}

func TestR24BrokenFramesCloseWithTheirCode(t *testing.T) {
	text, control := byte(ocpptest.OpText), byte(ocpptest.OpPing)
	for _, tt := range []struct {
		name   string
		frames []ocpptest.Frame
		want   uint16
	}{
		{"unmasked", []ocpptest.Frame{{Fin: true, Op: text, Payload: []byte("x")}}, 1002},
		{"binary", []ocpptest.Frame{masked(ocpptest.OpBinary, true, "x")}, 1003},
		{"fragmented binary", []ocpptest.Frame{masked(ocpptest.OpBinary, false, "x")}, 1003},
		{"not UTF-8", []ocpptest.Frame{masked(text, true, "a\xff")}, 1007},
		{"half a character at the end", []ocpptest.Frame{masked(text, true, "a\xc3")}, 1007},
		{"not UTF-8 across fragments", []ocpptest.Frame{masked(text, false, "a\xc3"), masked(0, true, "a")}, 1007},
		{"RSV1 without compression", []ocpptest.Frame{{Fin: true, RSV: 4, Op: text, Masked: true}}, 1002},
		{"RSV2", []ocpptest.Frame{{Fin: true, RSV: 2, Op: text, Masked: true}}, 1002},
		{"RSV3 on a control frame", []ocpptest.Frame{{Fin: true, RSV: 1, Op: control, Masked: true}}, 1002},
		{"opcode 3", []ocpptest.Frame{masked(3, true, "")}, 1002},
		{"opcode 7", []ocpptest.Frame{masked(7, true, "")}, 1002},
		{"opcode 11", []ocpptest.Frame{masked(11, true, "")}, 1002},
		{"all bits set", []ocpptest.Frame{{Fin: true, RSV: 7, Op: 15, Masked: true, Payload: []byte(long(200))}}, 1002},
		{"a fragmented ping", []ocpptest.Frame{masked(control, false, "x")}, 1002},
		{"a long ping", []ocpptest.Frame{masked(control, true, long(126))}, 1002},
		{"a long close", []ocpptest.Frame{masked(ocpptest.OpClose, true, "\x03\xe8"+long(124))}, 1002},
		{"a continuation of nothing", []ocpptest.Frame{masked(0, true, "x")}, 1002},
		{"a message inside of a message", []ocpptest.Frame{masked(text, false, "x"), masked(text, true, "x")}, 1002},
		{"over the limit", []ocpptest.Frame{masked(text, true, long(1001))}, 1009},
		{"over the limit in fragments", []ocpptest.Frame{masked(text, false, long(600)), masked(0, true, long(401))}, 1009},
		{"a declared length over the limit", []ocpptest.Frame{{Fin: true, Op: text, Masked: true, Length: 1 << 40}}, 1009},
		{"the largest declared length", []ocpptest.Frame{{Fin: true, Op: text, Masked: true, Length: 1<<64 - 1}}, 1009},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := wsconn.UpgradeOptions{}
				o.MaxMessage = 1000
				s := serve(t, o, ocpptest.LinkOptions{})
				p := s.peer()
				for _, f := range tt.frames {
					if err := p.Send(f); err != nil {
						t.Fatal(err)
					}
				}
				wantCloseCode(t, p, tt.want)
				var broken *wsconn.ProtocolError
				cause := <-s.inbox.closed
				if !errors.As(cause, &broken) || broken.Code != tt.want || wsconn.CloseCode(cause) != tt.want {
					t.Errorf("cause %v", cause)
				}
				wantCause(t, cause, broken)
				if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
					t.Errorf("behind the close frame: %v", err)
				}
				if len(s.inbox.text) > 0 {
					t.Errorf("a message was delivered: %q", <-s.inbox.text)
				}
			})
		})
	}
}

func TestR24MessagesUpToTheLimitAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		p := s.peer()
		c := <-s.conns
		if err := p.SendText(long(1 << 20)); err != nil {
			t.Fatal(err)
		}
		if got := <-s.inbox.text; len(got) != 1<<20 {
			t.Errorf("%d bytes", len(got))
		}
		c.SetMaxMessage(10)
		if err := p.SendFragments("01234", "56789"); err != nil {
			t.Fatal(err)
		}
		if got := <-s.inbox.text; got != "0123456789" {
			t.Errorf("got %q", got)
		}
		if err := p.SendText("0123456789a"); err != nil {
			t.Fatal(err)
		}
		wantCloseCode(t, p, 1009)
	})
}

// 200 peers declare a message of 1 MiB, send nothing of it, and cost next to nothing.
func TestR24MemoryFollowsWhatArrivedNotWhatWasDeclared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
		const peers = 200
		list := make([]*ocpptest.Peer, peers)
		for i := range list {
			list[i] = s.peer()
			<-s.conns
		}
		before := heap()
		for _, p := range list {
			f := masked(ocpptest.OpText, true, "0123456789")
			f.Length = 1 << 20
			if err := p.Send(f); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if grown := (heap() - before) / peers; grown > 8<<10 {
			t.Errorf("%d bytes for each of the frames of which 10 bytes arrived", grown)
		}
		runtime.KeepAlive(list)
	})
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestR24ClientRefusesMaskedFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, box, p := client(t, wsconn.DialOptions{}, "")
		if err := p.Send(masked(ocpptest.OpText, true, "x")); err != nil {
			t.Fatal(err)
		}
		wantCloseCode(t, p, 1002)
		if err := <-box.closed; wsconn.CloseCode(err) != 1002 {
			t.Errorf("cause %v", err)
		}
	})
}

func TestClientMasksWhatItSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, p := client(t, wsconn.DialOptions{}, "")
		keys := map[[4]byte]bool{}
		for range 20 {
			if err := c.Send([]byte("hello")); err != nil {
				t.Fatal(err)
			}
			f, err := p.ReadFrame()
			if err != nil || !f.Masked || string(f.Payload) != "hello" {
				t.Fatalf("%+v, %v", f, err)
			}
			keys[f.Key] = true
		}
		if len(keys) < 19 {
			t.Errorf("%d different masking keys in 20 frames", len(keys))
		}
	})
}

func TestCloseFramesAreCheckedAndAnswered(t *testing.T) {
	code := func(n uint16, reason string) string {
		return string(binary.BigEndian.AppendUint16(nil, n)) + reason
	}
	for _, tt := range []struct {
		name, payload string
		answer        uint16 // 0: a close frame without a code
		cause         uint16
	}{
		{"no code", "", 0, 1005},
		{"normal", code(1000, "bye"), 1000, 1000},
		{"application", code(4999, ""), 4999, 4999},
		{"library", code(3000, ""), 3000, 3000},
		{"restart", code(1012, ""), 1012, 1012},
		{"half a code", "\x03", 1002, 1002},
		{"code 0", code(0, ""), 1002, 1002},
		{"code 999", code(999, ""), 1002, 1002},
		{"code 1004", code(1004, ""), 1002, 1002},
		{"code 1005", code(1005, ""), 1002, 1002},
		{"code 1006", code(1006, ""), 1002, 1002},
		{"code 1015", code(1015, ""), 1002, 1002},
		{"code 2999", code(2999, ""), 1002, 1002},
		{"code 5000", code(5000, ""), 1002, 1002},
		{"code 65535", code(65535, ""), 1002, 1002},
		{"a reason that is not UTF-8", code(1000, "\xff"), 1007, 1007},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
				p := s.peer()
				if err := p.SendOp(ocpptest.OpClose, []byte(tt.payload)); err != nil {
					t.Fatal(err)
				}
				begun := time.Now()
				wantCloseCode(t, p, tt.answer)
				if _, err := p.ReadFrame(); !errors.Is(err, io.EOF) {
					t.Errorf("behind the close frame: %v", err)
				}
				if d := time.Since(begun); d != 0 {
					t.Errorf("the socket was closed after %v", d)
				}
				cause := <-s.inbox.closed
				if got := wsconn.CloseCode(cause); got != tt.cause {
					t.Errorf("cause %v has code %d, want %d", cause, got, tt.cause)
				}
				var frame *wsconn.CloseError
				if errors.As(cause, &frame) && !frame.Remote {
					t.Errorf("the cause is not the peer's: %v", cause)
				}
			})
		})
	}
}

func TestGarbageInsteadOfFrames(t *testing.T) {
	for _, garbage := range [][]byte{
		bytes.Repeat([]byte{0xff}, 100), []byte("GET / HTTP/1.1\r\n\r\n"), bytes.Repeat([]byte{0}, 100),
		[]byte(strings.Repeat("[", 100000)),
	} {
		synctest.Test(t, func(t *testing.T) {
			s := serve(t, wsconn.UpgradeOptions{}, ocpptest.LinkOptions{})
			p := s.peer()
			if _, err := p.Write(garbage); err != nil {
				t.Fatal(err)
			}
			wantCloseCode(t, p, 1002)
		})
	}
}

// dataWithError gives the last bytes and the end in one Read, as crypto/tls does.
type dataWithError struct {
	net.Conn
	r io.Reader
}

func (c dataWithError) Read(p []byte) (int, error) { return c.r.Read(p) }

func TestLastBytesMayComeWithTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := wsconn.NewEngine()
		defer engine.Close()
		a, b := ocpptest.Pipe()
		c, err := engine.Adopt(dataWithError{b, iotest.DataErrReader(b)}, wsconn.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a.Write(masked(ocpptest.OpText, true, "last words").Append(nil))
		a.Close()
		box := newInbox()
		c.Start(box)
		if cause := <-box.closed; !errors.Is(cause, io.EOF) {
			t.Errorf("cause %v", cause)
		}
		if len(box.text) != 1 || <-box.text != "last words" {
			t.Error("the last message was not delivered")
		}
	})
}
