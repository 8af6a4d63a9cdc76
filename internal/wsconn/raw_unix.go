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

// arrived returns what readOnce has read, after a wait that ended with err.
func (c *Conn) arrived(err error) (int, error) {
	switch {
	case err != nil:
		return 0, err
	case c.got == -int32(unix.EINTR): // nothing was read: this is not the end
		return 0, nil
	case c.got < 0:
		return 0, syscall.Errno(-c.got)
	case c.got == 0:
		return 0, io.EOF
	}
	return int(c.got), nil
}

// readOnce reads what is here into a borrowed buffer, which is c.chunk then. It reports false when nothing is: the wait for
// bytes needs no buffer.
func (c *Conn) readOnce(fd uintptr) bool {
	c.chunk = c.engine.pools.chunk()
	n, err := unix.Read(int(fd), c.chunk[:])
	c.got = int32(n)
	if errno, ok := err.(syscall.Errno); ok { //nolint:errorlint // unix.Read wraps nothing
		c.got = -int32(errno)
		c.putChunk()
	}
	return err != unix.EAGAIN
}

// tryWrite gives the socket what it takes at once of f.
func (c *Conn) tryWrite(f *frame) error {
	if err := c.raw.Write(f.try); err != nil {
		return err
	}
	return f.err
}
