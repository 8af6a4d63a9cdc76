package ocpptest

import (
	"net"
	"net/http"
	"syscall"
	"time"
)

// Server runs an http.Handler on an in-memory listener.
type Server struct {
	URL      string // "ws://csms.test"; append a path
	Listener *Listener
	Config   *http.Server

	done chan struct{}
}

// NewServer starts a server. Clients reach it with Listener.DialContext. Close it at the end of the test.
func NewServer(h http.Handler) *Server { return NewServerOn(Listen(LinkOptions{}), h) }

// NewServerOn starts a server on a listener, whose links may have faults.
func NewServerOn(l *Listener, h http.Handler) *Server {
	s := &Server{
		URL: "ws://csms.test", Listener: l, done: make(chan struct{}),
		Config: &http.Server{Handler: h, ReadHeaderTimeout: time.Minute},
	}
	go func() {
		defer close(s.done)
		s.Config.Serve(l) //nolint:errcheck // it returns http.ErrServerClosed after Close
	}()
	return s
}

// Close stops listening and closes the connections of the HTTP server. Upgraded ones belong to whoever upgraded
// them.
func (s *Server) Close() {
	s.Config.Close() //nolint:errcheck // an in-memory listener closes
	<-s.done
}

// refused is what dialling a closed listener says.
func refused(a net.Addr) error {
	return &net.OpError{Op: "dial", Net: a.Network(), Addr: a, Err: syscall.ECONNREFUSED}
}
