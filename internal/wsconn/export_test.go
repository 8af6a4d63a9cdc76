package wsconn

import "net"

// Adopt makes the server's end of a connection whose handshake is done.
func (e *Engine) Adopt(nc net.Conn, o Options) (*Conn, error) { return e.newConn(nc, agreed{}, o) }

// AdoptDeflate is Adopt with permessage-deflate agreed.
func (e *Engine) AdoptDeflate(nc net.Conn, o Options) (*Conn, error) {
	return e.newConn(nc, agreed{deflate: true}, o)
}

// Refs returns how many goroutines and timers the connection counts.
func (c *Conn) Refs() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(c.refs)
}
