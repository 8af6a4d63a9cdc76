//go:build unix

package wsconn

import (
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// rawConn returns the access to the socket of nc for writes that must not block, nil when it has none: TLS,
// in-memory links.
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

// await waits for bytes without a buffer and reads them into a borrowed one, which is c.chunk then.
func (c *Conn) await() (n int, err error) {
	fault := c.raw.Read(func(fd uintptr) bool {
		c.chunk = c.engine.pools.chunk()
		n, err = unix.Read(int(fd), c.chunk[:])
		if err == unix.EAGAIN || err == unix.EINTR {
			c.putChunk()
			return err == unix.EINTR
		}
		return true
	})
	switch {
	case fault != nil:
		return 0, fault
	case err == unix.EINTR: // nothing was read: this is not the end
		return 0, nil
	case err == nil && n == 0:
		return 0, io.EOF
	}
	return max(n, 0), err
}

// tryWrite gives the socket what it takes at once of f.
func (c *Conn) tryWrite(f *frame) error {
	if err := c.raw.Write(f.try); err != nil {
		return err
	}
	return f.err
}
