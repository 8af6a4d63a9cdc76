//go:build unix

package wsconn

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// rawConn returns the non-blocking access to the socket of nc, nil when it has none: TLS, in-memory links.
func rawConn(nc net.Conn) syscall.RawConn {
	s, ok := nc.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil // a closed socket: the first read through nc says so
	}
	return raw
}

func newFrame() *frame {
	f := &frame{}
	f.try = func(fd uintptr) bool {
		n, err := unix.Write(int(fd), f.rest())
		if err == unix.EAGAIN || err == unix.EINTR {
			n, err = 0, nil
		}
		f.sent += max(n, 0)
		f.err = err
		return true
	}
	return f
}

// tryWrite gives the socket what it takes at once of f.
func (c *Conn) tryWrite(f *frame) error {
	if err := c.raw.Write(f.try); err != nil {
		return err
	}
	return f.err
}

// rawRead is a read that borrows its buffer only when there is something to read.
type rawRead struct {
	pools *pools
	buf   *[chunkSize]byte
	n     int
	err   error
}

// ready is called when the socket may have bytes; false goes on waiting.
func (r *rawRead) ready(fd uintptr) bool {
	buf := r.pools.chunk()
	for {
		n, err := unix.Read(int(fd), buf[:])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			r.pools.putChunk(buf)
			return false
		case err == nil && n == 0:
			err = io.EOF
		}
		r.buf, r.n, r.err = buf, n, err
		return true
	}
}

// readRaw reads until the connection ends. It waits without a buffer.
func (c *Conn) readRaw(take func(b []byte) error) error {
	r := rawRead{pools: &c.engine.pools}
	ready := r.ready
	for {
		if err := c.raw.Read(ready); err != nil {
			return err
		}
		err := r.err
		if err == nil {
			err = take(r.buf[:r.n])
		}
		r.pools.putChunk(r.buf)
		r.buf = nil
		if err != nil {
			return err
		}
	}
}
