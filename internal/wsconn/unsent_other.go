//go:build !linux

package wsconn

import "net"

// limitUnsent leaves the kernel's own bound.
func limitUnsent(net.Conn) {}
