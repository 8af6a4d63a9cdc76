package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/chargeyard/chargeyard/internal/httpapi"
)

// Limits of the HTTP servers.
const (
	apiHeaderTimeout = 10 * time.Second
	apiReadTimeout   = 15 * time.Second
	apiWriteTimeout  = 30 * time.Second // a command moves it, see httpapi
	apiIdleTimeout   = 2 * time.Minute
	maxAPIHeader     = 64 << 10 // bytes
	maxStationHeader = 16 << 10 // bytes
)

// Run serves until ctx ends, then stops in order, within Config.DrainWindow, and returns nil. When the cause of ctx is
// ErrInterrupted it stops within InterruptWindow. It returns an error when serving or stopping failed.
func (s *Server) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.closers.close()) }()
	api, err := s.apiServer()
	if err != nil {
		return err
	}
	stations := s.stationServer()
	token, err := s.tokens.first(ctx)
	if err != nil {
		return fmt.Errorf("cannot make the first API token: %w", err)
	}

	serving, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	var group errgroup.Group
	serve := func(srv *http.Server, l net.Listener) {
		group.Go(func() error {
			err := srv.Serve(l)
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			failed(err)
			return err
		})
	}
	serve(api, s.listeners.http)
	if l := s.listeners.ocpp; l != nil {
		serve(stations, l)
	}
	if l := s.listeners.ocppTLS; l != nil {
		serve(stations, tls.NewListener(l, s.listeners.tls))
	}
	s.state.Store(stateServing)
	s.banner(token)
	demoEnded, err := s.startDemo(serving)
	if err != nil {
		failed(err)
	} else {
		<-serving.Done()
		demoEnded()
	}
	return errors.Join(err, s.stop(ctx, stations, api), group.Wait())
}

func (s *Server) apiServer() (*http.Server, error) {
	h, err := httpapi.New(httpapi.Options{
		Store:   liveStore{s.store, s.csms},
		Fleet:   s.commands(),
		Desires: s.desires,
		Tokens:  s.tokens,
		Events:  s.feed.Load(),
		Metrics: s.metrics.handler(),
		Observe: s.observeAPI,

		MetricsPublic: s.cfg.MetricsPublic,

		SiteChanged: s.sites.siteChanged,
		MemberLeft:  s.sites.left,

		NotReady: s.notReady,
		Counts:   s.counts,
		Refusals: s.refusals.counts,
		Version:  s.cfg.Version,
		Log:      s.cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	return &http.Server{
		Handler: h, ErrorLog: s.httpLog("API"), MaxHeaderBytes: maxAPIHeader, ReadHeaderTimeout: apiHeaderTimeout,
		ReadTimeout: apiReadTimeout, WriteTimeout: apiWriteTimeout, IdleTimeout: apiIdleTimeout,
	}, nil
}

// stationServer routes upgrades to the CSMS. It has no timeouts: csms.LimitListener bounds the handshake, and a
// connection is not net/http's after it.
func (s *Server) stationServer() *http.Server {
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", s.csms)
	mux.HandleFunc("/", s.misdirected)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if unclean(r.URL.EscapedPath()) { // mux would answer with a redirect, which no station follows
			s.misdirected(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
	return &http.Server{Handler: h, ErrorLog: s.stationLog(), MaxHeaderBytes: maxStationHeader} //nolint:gosec // see above
}

// httpLog is where net/http says what happens before a handler: failed TLS handshakes, mostly.
func (s *Server) httpLog(listener string) *log.Logger {
	return slog.NewLogLogger(limitLog(s.cfg.Log, "").With("listener", listener).Handler(), slog.LevelInfo)
}
