package simulator

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// network is what lies between a station and the CSMS: the connections that it makes fail as the scenario says. Nothing
// is reordered or changed.
type network struct {
	s    *Station
	next func(ctx context.Context, network, address string) (net.Conn, error)

	mu     sync.Mutex
	draw   *dice
	healed bool      // nothing fails any more
	down   time.Time // simulated, until which there is no network
	conns  map[*faultyConn]bool
}

// errNoNetwork is why a station without network does not connect.
var errNoNetwork = errors.New("simulated: there is no network")

func newNetwork(s *Station) *network {
	n := &network{s: s, next: s.fleet.o.DialContext, conns: map[*faultyConn]bool{}}
	if n.next == nil {
		n.next = new(net.Dialer).DialContext
	}
	if s.kind().Network != (Network{}) {
		n.draw = s.fleet.draws(s.number, aspectFaults)
	}
	return n
}

// dial connects, and draws how the connection will end.
func (n *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	perfect := n.draw == nil || n.healed
	down := n.s.fleet.clock.now().Before(n.down)
	n.mu.Unlock()
	if down && !perfect {
		return nil, errNoNetwork
	}
	c, err := n.next(ctx, network, address)
	if err != nil || perfect {
		return c, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.healed {
		return c, nil
	}
	return n.faulty(c), nil
}

// faulty draws the fate of a connection. The caller holds mu.
func (n *network) faulty(c net.Conn) net.Conn {
	k := n.s.kind().Network
	f := &faultyConn{Conn: c, n: n, delay: n.draw.in(k.Latency), closed: make(chan struct{})}
	n.conns[f] = true
	if k.Up.IsZero() {
		return f
	}
	how := fateReset
	switch share := n.draw.Float64(); {
	case share < k.HalfOpen:
		how = fateHalfOpen
	case share < k.HalfOpen+k.Cut:
		how = fateCut
	}
	clock := n.s.fleet.clock
	down := n.draw.in(k.Down)
	f.fails = time.AfterFunc(clock.real(n.draw.in(k.Up)), func() {
		n.mu.Lock()
		n.down = clock.now().Add(down)
		n.mu.Unlock()
		f.fail(how)
	})
	return f
}

// heal ends all trouble: connections that are dead without saying so are closed, and the station connects at once.
func (n *network) heal() {
	n.mu.Lock()
	if n.draw == nil {
		n.mu.Unlock()
		return
	}
	n.healed = true
	var dead []*faultyConn
	for c := range n.conns {
		if !c.spare() {
			dead = append(dead, c)
		}
	}
	n.mu.Unlock()
	for _, c := range dead {
		c.Close() //nolint:errcheck // it is dead already
	}
	if n.s.client.Connection() == nil {
		n.s.client.Reconnect()
	}
}

func (n *network) forget(c *faultyConn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}
