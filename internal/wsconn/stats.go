package wsconn

import "sync/atomic"

// Stats counts what passed over a connection. Bytes are those of the WebSocket stream: headers included, TLS
// and the HTTP handshake not.
type Stats struct {
	FramesIn, FramesOut uint64 // control frames included
	BytesIn, BytesOut   uint64
}

type counters struct {
	framesIn, framesOut atomic.Uint64
	bytesIn, bytesOut   atomic.Uint64
}

// Stats returns the counts so far.
func (c *Conn) Stats() Stats {
	return Stats{
		FramesIn: c.count.framesIn.Load(), FramesOut: c.count.framesOut.Load(),
		BytesIn: c.count.bytesIn.Load(), BytesOut: c.count.bytesOut.Load(),
	}
}

// Queued returns how many bytes of memory hold what waits behind the frame that is being written; Options.MaxOutbox
// bounds it. It is 0 after the end.
func (c *Conn) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.bytes
}
