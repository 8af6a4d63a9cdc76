package ocpptest

import (
	"context"
	"net"
	"sync"
)

// Listener is a net.Listener in memory. All methods may be called concurrently.
type Listener struct {
	// OnLink, when set before the first dial, sees every new link: to keep it for later faults.
	OnLink func(*Link)

	o       LinkOptions
	waiting chan net.Conn
	closed  chan struct{}
	close   sync.Once
}

// backlog is how many dialled connections may wait for Accept.
const backlog = 128

// Listen makes a listener whose links are made with o.
func Listen(o LinkOptions) *Listener {
	if o.Addr == "" {
		o.Addr = "csms.test:80"
	}
	return &Listener{o: o, waiting: make(chan net.Conn, backlog), closed: make(chan struct{})}
}

// Accept returns the next connection, or net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	case c := <-l.waiting:
		return c, nil
	}
}

// Close ends Accept, and every connection that was not accepted.
func (l *Listener) Close() error {
	err := net.ErrClosed
	l.close.Do(func() {
		close(l.closed)
		err = nil
	})
	for {
		select {
		case c := <-l.waiting:
			c.Close() //nolint:errcheck // nobody has it
		default:
			return err
		}
	}
}

// Addr returns the address from LinkOptions.
func (l *Listener) Addr() net.Addr { return addr(l.o.Addr) }

// Dial connects to the listener; it does not wait for Accept. A closed listener is an error.
func (l *Listener) Dial() (net.Conn, error) { return l.DialContext(context.Background(), "", "") }

// DialContext is Dial in the form that clients take; network and address are ignored.
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	link := NewLink(l.o)
	if l.OnLink != nil {
		l.OnLink(link)
	}
	select {
	case <-l.closed:
		return nil, refused(l.Addr())
	default:
	}
	select {
	case l.waiting <- link.Server():
		return link.Client(), nil
	case <-l.closed:
		return nil, refused(l.Addr())
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
