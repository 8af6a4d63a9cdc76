package wsconn

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxUnsent is how much the kernel takes of what it cannot send yet, because the peer has no room for it. By itself it
// takes megabytes of a socket that once was fast: a peer that does not read would cost them, and for as long as they
// last neither the outbox nor the write timeout would notice it.
const maxUnsent = 128 << 10

// limitUnsent bounds what the kernel holds back for nc (TCP_NOTSENT_LOWAT, tcp(7)). A socket that does not know the
// option works without it. raw is the access to it, nil when nc is TLS.
func limitUnsent(nc net.Conn, raw syscall.RawConn) {
	if t, ok := nc.(interface{ NetConn() net.Conn }); ok { // TLS
		raw = rawConn(t.NetConn())
	}
	if raw == nil {
		return
	}
	raw.Control(func(fd uintptr) { //nolint:errcheck // a closed socket: the first read says so
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, maxUnsent) //nolint:errcheck // see above
	})
}
