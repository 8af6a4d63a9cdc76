package storm

import (
	"bufio"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// fate is what the storm has done with a connection.
type fate uint32

const (
	alive   fate = iota
	dropped      // reset or closed by us: the end is no surprise
	ghost        // half-open: nobody reads it any more
	stuck        // its station stopped reading
)

// writeTimeout bounds a write of a light station. A server that does not read for so long has frozen.
const writeTimeout = 20 * time.Second

// conn is one connection of a light station. The instants are nanoseconds since the start of the run, 0 is not yet.
type conn struct {
	net.Conn
	tcp *net.TCPConn
	br  *bufio.Reader

	fate      atomic.Uint32
	connected atomic.Int64
	booted    atomic.Int64
	answered  atomic.Int64 // a CALL of the station got its result
	called    atomic.Int64 // a CALL of the server was answered

	mu      sync.Mutex
	pending pending
}

// pending is the CALL that waits for its result.
type pending struct {
	id   string // "" is none
	boot bool
	due  int64 // when it was sent
	beat int64 // time between heartbeats, of which those that could not be sent count too; 0 does not measure
}

func (c *conn) is(f fate) bool { return fate(c.fate.Load()) == f }

// send writes one frame. Writes of several goroutines do not mix.
func (c *conn) send(op byte, payload []byte) error {
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := c.Write(appendFrame(make([]byte, 0, len(payload)+14), op, payload))
	return err
}

// expect notes a CALL that is about to be sent; false when another one waits.
func (c *conn) expect(p pending) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending.id != "" {
		return false
	}
	c.pending = p
	return true
}

// settle takes the CALL that an answer belongs to.
func (c *conn) settle(id string) (pending, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending.id != id || id == "" {
		return pending{}, false
	}
	p := c.pending
	c.pending = pending{}
	return p, true
}

// reset ends a connection with RST.
func (c *conn) reset() {
	c.fate.CompareAndSwap(uint32(alive), uint32(dropped))
	resetSocket(c.tcp)
}

func resetSocket(tcp *net.TCPConn) {
	tcp.SetLinger(0) //nolint:errcheck // a socket that has ended needs no reset
	tcp.Close()      //nolint:errcheck // there is nothing left to lose
}

// abandon makes the goroutine that reads let go of the socket, which stays open.
func (c *conn) abandon(f fate) {
	if c.fate.CompareAndSwap(uint32(alive), uint32(f)) {
		c.tcp.SetReadDeadline(time.Unix(1, 0)) //nolint:errcheck // a socket that has ended wakes its reader by itself
	}
}

// leave starts the closing handshake; the server's answer ends the connection, and if none comes, the deadline does.
func (c *conn) leave() {
	c.fate.CompareAndSwap(uint32(alive), uint32(dropped))
	if c.send(opClose, closePayload(1001)) != nil {
		c.tcp.Close() //nolint:errcheck // it has ended already
		return
	}
	c.tcp.SetReadDeadline(time.Now().Add(closeTimeout)) //nolint:errcheck // as above
}

const closeTimeout = 5 * time.Second

func newReader(nc net.Conn) *bufio.Reader { return bufio.NewReaderSize(nc, readBuffer) }
