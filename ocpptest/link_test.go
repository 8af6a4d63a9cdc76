package ocpptest_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

func read(t *testing.T, c net.Conn, n int) string {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(b)
}

func write(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func TestPipeIsBufferedSoThatTwoEndsMayWriteAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := ocpptest.Pipe()
		write(t, client, "from the client")
		write(t, server, "from the server")
		if got := read(t, client, 15); got != "from the server" {
			t.Errorf("got %q", got)
		}
		if got := read(t, server, 15); got != "from the client" {
			t.Errorf("got %q", got)
		}
	})
}

func TestLinkLatencyAndBandwidthToTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{Latency: 3 * time.Second, Bandwidth: 1000})
		begun := time.Now()
		write(t, link.Client(), "x")                        // 1 ms on the line
		write(t, link.Client(), string(make([]byte, 1999))) // the rest of 2 s
		read(t, link.Server(), 1)
		if d := time.Since(begun); d != 3*time.Second+time.Millisecond {
			t.Errorf("the first byte came after %v", d)
		}
		read(t, link.Server(), 1999)
		if d := time.Since(begun); d != 5*time.Second {
			t.Errorf("the last byte came after %v", d)
		}
		link.ToServer.SetLatency(0)
		link.ToServer.SetBandwidth(0)
		write(t, link.Client(), "y")
		read(t, link.Server(), 1)
		if d := time.Since(begun); d != 5*time.Second {
			t.Errorf("the link is still slow: %v", d)
		}
	})
}

func TestLinkWindowBlocksTheWriterUntilThePeerReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{Window: 10})
		done := make(chan int, 1)
		go func() {
			n, _ := link.Client().Write(make([]byte, 25))
			done <- n
		}()
		synctest.Wait()
		if len(done) != 0 {
			t.Error("25 bytes fit into a window of 10")
		}
		read(t, link.Server(), 25)
		if n := <-done; n != 25 {
			t.Errorf("%d bytes written", n)
		}
	})
}

func TestLinkPauseAndResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		link.ToClient.Pause()
		write(t, link.Server(), "late")
		begun := time.Now()
		time.AfterFunc(time.Minute, link.ToClient.Resume)
		read(t, link.Client(), 4)
		if d := time.Since(begun); d != time.Minute {
			t.Errorf("came after %v", d)
		}
	})
}

func TestLinkCutInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		write(t, link.Client(), "before")
		link.ToServer.CutAfter(4)
		if n, err := link.Client().Write([]byte("1234567")); n != 4 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Write: %d, %v", n, err)
		}
		if got := read(t, link.Server(), 10); got != "before1234" {
			t.Errorf("got %q", got)
		}
		if _, err := link.Server().Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Read behind the cut: %v", err)
		}
		write(t, link.Server(), "the other direction works")
	})
}

func TestLinkHalfOpenSwallowsBytesAndTheNewsOfAClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		link.Blackhole()
		write(t, link.Client(), "lost")
		link.Client().Close()
		link.Server().SetReadDeadline(time.Now().Add(time.Hour))
		begun := time.Now()
		_, err := link.Server().Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Hour {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		write(t, link.Server(), "still no error")
	})
}

func TestLinkReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{})
		write(t, link.Client(), "lost")
		link.Reset()
		for _, c := range []net.Conn{link.Client(), link.Server()} {
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("Read: %v", err)
			}
			if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("Write: %v", err)
			}
		}
	})
}

func TestLinkCloseIsSeenByBothEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := ocpptest.Pipe()
		write(t, client, "last words")
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		if err := client.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		if got := read(t, server, 10); got != "last words" {
			t.Errorf("got %q", got)
		}
		if _, err := server.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("Read: %v", err)
		}
		if _, err := server.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Write to a closed peer: %v", err)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write: %v", err)
		}
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read: %v", err)
		}
	})
}

func TestLinkCloseWakesUpWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{Window: 1})
		errs := make(chan error, 2)
		go func() {
			_, err := link.Client().Read(make([]byte, 1))
			errs <- err
		}()
		go func() {
			_, err := link.Client().Write(make([]byte, 100))
			errs <- err
		}()
		synctest.Wait()
		link.Client().Close()
		for range 2 {
			if err := <-errs; !errors.Is(err, net.ErrClosed) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestLinkCloseWriteEndsOneDirection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := ocpptest.Pipe()
		client.(interface{ CloseWrite() error }).CloseWrite()
		if _, err := server.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("Read: %v", err)
		}
		write(t, server, "answer")
		if got := read(t, client, 6); got != "answer" {
			t.Errorf("got %q", got)
		}
	})
}

func TestLinkDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := ocpptest.NewLink(ocpptest.LinkOptions{Window: 1})
		c := link.Client()
		begun := time.Now()
		c.SetDeadline(begun.Add(time.Second))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read: %v", err)
		}
		n, err := c.Write(make([]byte, 5))
		var network net.Error
		if n != 0 || !errors.As(err, &network) || !network.Timeout() {
			t.Errorf("Write: %d, %v", n, err)
		}
		if d := time.Since(begun); d != time.Second {
			t.Errorf("%v", d)
		}
		c.SetWriteDeadline(time.Time{})
		write(t, c, "x")
		c.SetWriteDeadline(time.Now().Add(time.Second))
		if n, err := c.Write(make([]byte, 5)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write into a full window: %d, %v", n, err)
		}
		c.SetReadDeadline(time.Time{})
		write(t, link.Server(), "y")
		if got := read(t, c, 1); got != "y" {
			t.Errorf("got %q", got)
		}
	})
}

func TestListenerDialAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ocpptest.Listen(ocpptest.LinkOptions{Addr: "example.test:1"})
		client, err := l.Dial()
		if err != nil {
			t.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		write(t, client, "hello")
		if got := read(t, server, 5); got != "hello" {
			t.Errorf("got %q", got)
		}
		if l.Addr().String() != "example.test:1" || client.RemoteAddr().String() != "example.test:1" || server.LocalAddr() != client.RemoteAddr() {
			t.Errorf("addresses %v, %v, %v", l.Addr(), client.RemoteAddr(), server.LocalAddr())
		}
		waiting, err := l.Dial()
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan error, 1)
		l.Close()
		go func() {
			_, err := l.Accept()
			accepted <- err
		}()
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
		if _, err := waiting.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("a connection that was not accepted: %v", err)
		}
		if _, err := l.Dial(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Dial: %v", err)
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
	})
}

func TestFramesAreWrittenAndReadBack(t *testing.T) {
	for _, f := range []ocpptest.Frame{
		{Fin: true, Op: ocpptest.OpText, Payload: []byte("hello")},
		{Op: ocpptest.OpContinuation, RSV: 5, Masked: true, Key: [4]byte{1, 2, 3, 4}, Payload: []byte("hello")},
		{Fin: true, Op: 15, Payload: make([]byte, 126)},
		{Fin: true, Op: ocpptest.OpBinary, Masked: true, Payload: make([]byte, 70000)},
	} {
		got, err := ocpptest.ReadFrame(bytes.NewReader(f.Append(nil)))
		if err != nil || got.Fin != f.Fin || got.RSV != f.RSV || got.Op != f.Op || got.Masked != f.Masked || got.Key != f.Key || !bytes.Equal(got.Payload, f.Payload) {
			t.Errorf("%+v, %v; want %+v", got, err, f)
		}
	}
	huge := ocpptest.Frame{Length: 1 << 40}.Append(nil)
	if _, err := ocpptest.ReadFrame(bytes.NewReader(huge)); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a frame of 1 TiB: %v", err)
	}
	if _, err := ocpptest.ReadFrame(bytes.NewReader(huge[:1])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a header: %v", err)
	}
}
