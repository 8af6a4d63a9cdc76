//go:build !linux

package wsconn

import (
	"net"
	"syscall"
)

// limitUnsent leaves the kernel's own bound.
func limitUnsent(net.Conn, syscall.RawConn) {}
