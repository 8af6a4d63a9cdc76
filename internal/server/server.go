package server

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// Server is a management system that is open: its sockets take connections, which Run serves.
type Server struct {
	cfg       Config
	data      dataDir
	store     store.Store
	listeners listeners
	mode      Mode
	reason    string // of mode
	csms      *csms.Server
	queue     *queue
	desires   *desires
	sites     *sites
	plans     *plans
	lists     *lists
	listed    *listRecord
	refusals  *refusals
	feed      atomic.Pointer[feed.Feed]
	metrics   *metrics
	traces    *traces // nil: none
	tokens    *apiTokens
	guesses   *guesses
	reserved  *reservations
	limits    *limitQuestions
	state     atomic.Int32
	closers   closers
}

// The states of a Server.
const (
	stateOpen int32 = iota
	stateServing
	stateStopping
)

// Open opens the data directory, the store and the sockets. Its error is a sentence for the person at the terminal.
// Whoever opened a Server calls Run, which closes it.
func Open(ctx context.Context, cfg Config) (_ *Server, err error) {
	s := &Server{cfg: cfg.withDefaults()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.closers.close())
		}
	}()
	if err := s.cfg.check(); err != nil {
		return nil, err
	}
	log, end := calmDown(s.cfg.Log)
	s.cfg.Log = log
	s.closers.add(end)
	s.metrics = newMetrics(s.cfg.Version, protocols())
	if err := s.openTraces(ctx); err != nil {
		return nil, err
	}
	if s.data, err = openDataDir(s.cfg); err != nil {
		return nil, err
	}
	s.closers.add(s.data.close)
	if s.store, err = openStore(s.data, s.cfg, s.wakeFeed, s.metrics.commit); err != nil {
		return nil, err
	}
	s.closers.add(s.store.Close)
	s.openFeed()
	if s.listeners, err = listen(ctx, s.cfg); err != nil {
		return nil, err
	}
	s.closers.add(s.listeners.close)
	s.mode, s.reason = s.cfg.Stations.decide(s.listeners.stations())
	s.guesses = newGuesses()
	s.tokens = newAPITokens(s.store, s.data.path, s.cfg.APIToken)
	if err = s.openCSMS(); err != nil {
		return nil, err
	}
	if err = s.openQueue(ctx); err != nil {
		return nil, err
	}
	s.lists.commands = s.commands()
	s.openLimitQuestions()
	if err = s.openDesires(ctx); err != nil {
		return nil, err
	}
	if err = s.openSites(ctx); err != nil {
		return nil, err
	}
	if err = s.openPlans(ctx); err != nil {
		return nil, err
	}
	s.metrics.watch(s)
	return s, nil
}

// protocols are the versions of OCPP that stations may speak, the newest first.
func protocols() []*ocpp.Protocol {
	return []*ocpp.Protocol{ocpp21.Protocol, ocpp201.Protocol, ocpp16.Protocol}
}

// openCSMS makes the end that stations talk to.
func (s *Server) openCSMS() (err error) {
	hook := newAuthHook(s.cfg.Authorization, s.metrics, s.cfg.Log)
	s.closers.add(hook.close)
	s.store = deciding{s.store, hook}
	s.reserved = newReservations(s.store, s.cfg.Log)
	s.limits = newLimitQuestions(s.cfg.Log)
	s.closers.add(s.reserved.close)
	admission := &admission{mode: s.mode, store: s.store, boots: s.cfg.boots(), log: s.cfg.Log, guesses: s.guesses}
	presence, clocks := presence{s.store, s.cfg.Log}, newClocks(hooked{limited{observedStore{s.store, s.cfg.Log, s.traces}, s.limits.wonder}, hook})
	s.refusals = newRefusals(s.store)
	s.closers.add(s.refusals.close)
	s.queue = newQueue(s.store, s.cfg.Log)
	s.desires = newDesires(s.store, s.cfg.Log)
	s.sites = newSites(s.store, s.cfg.Log, s.metrics)
	s.listed = newListRecord(s.store)
	s.plans = newPlans(s.store, s.cfg.Log, s.cfg.Needs == NeedsOperator)
	s.lists = &lists{log: s.cfg.Log}
	s.csms, err = csms.NewServer(csms.Options{
		Protocols:    protocols(),
		Authenticate: admission.authenticate,
		BootStates:   admission,
		OnConnect: func(st *csms.Station) {
			s.metrics.connected(st)
			presence.connected(st)
			admission.recheck(st)
			s.queue.connected(st)
			s.desires.connected(st)
			s.sites.connected(st)
			s.plans.connected(st)
		},
		OnDisconnect: func(st *csms.Station, cause error) {
			s.metrics.disconnected(st, cause)
			presence.disconnected(st, cause)
			clocks.forget(st.Identity())
			s.limits.disconnected(st.Identity())
			s.sites.disconnected(st)
		},
		OnRefuse: func(r csms.Refusal) { s.metrics.refused(r); s.refusals.add(r) },
		Interceptors: append(s.observers(), s.reserved.intercept, remoteStarts{s.store.Decide}.intercept, profileGuard{s.store}.intercept,
			s.queue.intercept, s.sites.intercept, s.plans.intercept, presence.intercept, s.lists.intercept, learner{s.store, s.cfg.Log, s.desires.told}.intercept),
		Tap:          s.tap(),
		CallTimeout:  httpapi.MaxCommandTimeout,
		Certificate:  csms.CertificateRule{Operator: s.cfg.Operator},
		IdleTimeout:  idleTimeout(s.cfg.Heartbeat),
		ShutdownCode: serviceRestart,
		Logger:       limitLog(s.cfg.Log, "station refused"),
	})
	if err != nil {
		return err
	}
	vendors, err := s.cfg.vendors()
	if err != nil {
		return err
	}
	backend := adapter.Backend{
		Store: clocks, Boots: admission.answerBoot, Vendors: vendors, Dynamic: dynamicProfiles{s.store}.values, Needs: s.plans.needs, EVSchedule: s.plans.evSchedule,
	}
	v16.Register(s.csms, backend)
	v201.Register(s.csms, backend)
	v21.Register(s.csms, backend)
	return nil
}

// maxIdle bounds how long a connection may be dead without anybody noticing, whatever the heartbeat interval is.
const maxIdle = 15 * time.Minute

// idleTimeout gives a station the time of a heartbeat at least, up to maxIdle: there are stations that do not answer
// pings.
func idleTimeout(heartbeat time.Duration) time.Duration {
	return min(max(3*time.Minute, heartbeat+time.Minute), maxIdle)
}

// serviceRestart is the close code that tells stations to come back (RFC 6455 registry: 1012).
const serviceRestart = 1012

// notReady says why no traffic should come here.
func (s *Server) notReady(context.Context) []string {
	var reasons []string
	switch s.state.Load() {
	case stateOpen:
		reasons = append(reasons, "the server is starting")
	case stateStopping:
		reasons = append(reasons, "the server is stopping")
	}
	if err := s.store.Health(); err != nil {
		reasons = append(reasons, "the store does not take writes: "+storeReason(err))
	}
	return reasons
}

// storeReason says in a few words why the store fails. Everybody may read it; the whole story is in the log.
func storeReason(err error) string {
	for _, known := range [...]error{store.ErrFull, store.ErrDisk, store.ErrReadOnly, store.ErrCorrupt, store.ErrInUse} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "the log says why"
}

// counts are the figures of /debug/runtime that are ours.
func (s *Server) counts() httpapi.Counts {
	return httpapi.Counts{Stations: s.csms.Len(), Handshakes: s.listeners.pending()}
}

// APIAddr returns the address of the API.
func (s *Server) APIAddr() net.Addr { return s.listeners.http.Addr() }

// StationAddrs returns the addresses for stations: without TLS if there is one, then with.
func (s *Server) StationAddrs() []net.Addr { return s.listeners.stations() }

// closers are what undoes the steps of Open, in reverse.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c *closers) close() error {
	var errs []error
	for _, f := range slices.Backward(*c) {
		errs = append(errs, f())
	}
	*c = nil
	return errors.Join(errs...)
}
