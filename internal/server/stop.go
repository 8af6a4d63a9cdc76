package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ErrInterrupted is the cause of the context of Run when a person waits for the end.
var ErrInterrupted = errors.New("interrupted")

// InterruptWindow is the time that stopping takes at most when somebody waits for it.
const InterruptWindow = 3 * time.Second

// apiStopLimit is how long requests of the API may take to finish, after all stations were closed.
const apiStopLimit = 3 * time.Second

// window returns how long stopping may take. An end that nobody ordered is as urgent as one that somebody waits for.
func (s *Server) window(ctx context.Context) time.Duration {
	if ctx.Err() == nil || errors.Is(context.Cause(ctx), ErrInterrupted) {
		return min(InterruptWindow, s.cfg.DrainWindow)
	}
	return s.cfg.DrainWindow
}

// stop ends in order: not ready; stations are closed at a pace while those that come are refused; then no more are
// listened to; then the API. The store is closed after it.
func (s *Server) stop(ctx context.Context, stations, api *http.Server) error {
	s.state.Store(stateStopping)
	window := s.window(ctx)
	s.cfg.Log.Info("stopping", "stations", s.csms.Len(), "within", window)
	err := s.sites.close() // stations that are closed are no news to them
	ctx = context.WithoutCancel(ctx)
	apiLimit := min(apiStopLimit, window/4)
	s.drain(ctx, window-apiLimit)
	s.endStreams()
	finishing, cancel := context.WithTimeout(ctx, apiLimit)
	defer cancel()
	return errors.Join(err, shutdown(finishing, stations), shutdown(finishing, api))
}

// drain closes all stations, those without a running transaction first. The last fifth of the time is for what is under
// way and for the answers to close frames.
func (s *Server) drain(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errors.New("some stations did not take part in closing"))
	defer cancel()
	charging := s.charging(ctx)
	err := s.csms.Drain(ctx, csms.DrainOptions{
		Over: limit * 4 / 5,
		Last: func(st *csms.Station) bool { return charging[st.Identity()] },
	})
	if err != nil {
		s.cfg.Log.Warn("stations were cut off", "error", err)
	}
}

// chargingLimit is how long the store may take to say which stations charge.
const chargingLimit = time.Second

// charging returns the stations with a running transaction. Without the store's help there are none: it is about the
// order of closing only.
func (s *Server) charging(ctx context.Context) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, chargingLimit)
	defer cancel()
	stations := map[string]bool{}
	active := true
	q := store.TransactionQuery{Active: &active, Limit: store.MaxLimit}
	for {
		p, err := s.store.ListTransactions(ctx, q)
		if err != nil {
			s.cfg.Log.Warn("stations are closed in any order: the store does not say which charge", "error", err)
			return nil
		}
		for i := range p.Items {
			stations[p.Items[i].Station] = true
		}
		if q.Cursor = p.Next; p.Next == "" {
			return stations
		}
	}
}

// shutdown lets requests finish, and cuts off those that take too long.
func shutdown(ctx context.Context, srv *http.Server) error {
	if err := srv.Shutdown(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return srv.Close()
}
