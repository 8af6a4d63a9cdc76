//go:build !unix

package wsconn

import (
	"errors"
	"net"
	"syscall"
)

// rawConn returns nil: this system has no socket that can be tried without blocking.
func rawConn(net.Conn) syscall.RawConn { return nil }

func newFrame() *frame { return &frame{} }

func (c *Conn) tryWrite(*frame) error { return errors.ErrUnsupported }

func (c *Conn) readOnce(uintptr) bool { return true }

func (c *Conn) arrived(error) (int, error) { return 0, errors.ErrUnsupported }
