package csms

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocppj"
)

// ServeHTTP accepts a station: it authenticates, negotiates the version, upgrades to WebSocket and returns. The
// connection lives on in a goroutine of its own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if socket := limited(r); socket != nil {
		defer socket.leave()
		if socket.late() {
			s.refuse(w, r, pathIdentity(r), ErrBusy)
			return
		}
	}
	if !s.enter() {
		s.refuse(w, r, pathIdentity(r), ErrDraining)
		return
	}
	connected := false
	defer func() { // also when a hook panics, which net/http recovers
		if !connected {
			s.active.Done()
		}
	}()
	connected = s.accept(w, r, s.arrivals.Add(1))
}

// accept reports whether the request became a connection. arrival is its place among all requests.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, arrival uint64) bool {
	a, err := s.admit(r)
	a.number = arrival
	if err != nil {
		s.refuse(w, r, a.identity, err)
		return false
	}
	conn, err := s.upgrade(w, r, &a)
	if err != nil {
		s.noteRefusal(r, a.identity, statusOf(err), err)
		return false
	}
	switch err := s.connect(conn, &a); {
	case errors.Is(err, ErrReplaced): // the application never hears of it, as of any that ends before its turn
		conn.Close(wsconn.CodePolicy, "replaced", err)
		return false
	case err != nil:
		conn.Close(wsconn.CodeInternal, "", err)
		s.noteRefusal(r, a.identity, http.StatusSwitchingProtocols, err)
		return false
	}
	return true
}

// upgrade completes the handshake, and closes at once when there is no version in common (rule R5).
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, a *arrival) (*wsconn.Conn, error) {
	echo, agreed := a.agreement.echo, a.agreement.protocol != nil
	conn, err := s.engine.Upgrade(w, r, wsconn.UpgradeOptions{
		Options: s.options.connOptions(&a.admission),
		Choose:  func([]string) (string, bool) { return echo, agreed },
	})
	switch {
	case a.agreement.protocol == nil && err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNoVersion, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotWebSocket, err)
	}
	return conn, nil
}

// connect registers the connection, evicts the one that it replaces without waiting for it, and starts reading. It returns
// ErrReplaced when a connection that the station asked for later is registered already.
func (s *Server) connect(conn *wsconn.Conn, a *arrival) error {
	st := &Station{
		server:    s,
		identity:  a.identity,
		profile:   a.credential.Profile(),
		connected: time.Now(),
		conn:      conn,
		data:      a.admission.Data,
	}
	st.arrival = a.number
	old, after, err := s.registry.add(st, a.boot, func() (err error) {
		st.session, err = s.sessions.New(ocppj.Own{
			Protocol: a.agreement.protocol,
			Link:     link{st},
			Identity: a.identity,
			Context:  (*stationContext)(st),
			Policy:   a.admission.Policy,
			Location: a.admission.Location,
			Answers:  &st.memory.answers,
			Events:   st.events(),
		})
		return err
	})
	if err != nil {
		return err
	}
	if old != nil {
		old.closeFor(wsconn.CodePolicy, "replaced", ErrReplaced)
	}
	st.begin(after)
	if cause := conn.Start(receiver{st}); cause != nil { // it has ended meanwhile; active counts it already
		go receiver{st}.Closed(conn, cause)
	}
	if s.isDraining() { // Shutdown may have looked before the registration
		st.closeFor(s.options.ShutdownCode, "shutting down", ErrShutdown)
	}
	return nil
}
