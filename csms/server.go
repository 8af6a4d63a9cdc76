package csms

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Server accepts charging stations. It is an http.Handler and owns no listener. Make one with NewServer; all its
// methods may be called concurrently.
type Server struct {
	options     Options
	interceptor ocpp.Interceptor // nil without interceptors
	engine      *wsconn.Engine
	buffers     ocppj.Buffers
	sessions    *ocppj.Shared
	registry    *registry
	arrivals    atomic.Uint64 // requests so far
	roles       roles
	handlers    table[ocpp.Action, ocppj.Route]
	data        table[dataKey, dataHandler]
	ready       chan struct{} // closed: Station.ready of those that nothing has to wait for

	mu       sync.Mutex // guards draining, and orders it with active.Add
	draining bool
	active   sync.WaitGroup // requests under way and connections
}

var _ http.Handler = (*Server)(nil)

// NewServer makes a server. It fails when Options.Protocols is empty.
func NewServer(o Options) (*Server, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	s := &Server{
		options:  o,
		engine:   wsconn.NewEngine(),
		registry: newRegistry(o.FirstEpoch, o.Remember),
		roles:    newRoles(o.Protocols),
		ready:    make(chan struct{}),
	}
	close(s.ready)
	if len(o.Interceptors) > 0 {
		s.interceptor = ocpp.Chain(o.Interceptors...)
	}
	var err error
	s.sessions, err = ocppj.Share(s.sessionOptions())
	return s, err
}

// Station returns the connection of an identity, and false while it has none.
func (s *Server) Station(identity string) (*Station, bool) { return s.registry.get(identity) }

// Stations yields all connected stations, in no order. Stations that connect or leave meanwhile may or may not be
// among them. No lock is held while it yields.
func (s *Server) Stations() iter.Seq[*Station] { return s.registry.all() }

// Len returns how many stations are connected.
func (s *Server) Len() int { return int(s.registry.online.Load()) }

// enter counts a request or connection in, unless the server is shutting down.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.active.Add(1)
	return true
}

type stationKey struct{}

// StationFromContext returns the station that the context of a handler or of an interceptor belongs to.
func StationFromContext(ctx context.Context) (*Station, bool) {
	st, ok := ctx.Value(stationKey{}).(*Station)
	return st, ok
}
