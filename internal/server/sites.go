package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

const (
	// siteTick is how often the limits of all sites are looked at when nothing happens: they change with time, and grants
	// have to be renewed.
	siteTick = 30 * time.Second

	// siteDebounce gathers what happens at once into one allocation.
	siteDebounce = 250 * time.Millisecond
)

// sites shares the limits of sites. What it decides on is in the store; in memory is only which sites to look at, who is
// left alone for a while, and whose answer is waited for. All methods are safe for concurrent use.
type sites struct {
	store    store.Store
	commands *commands // set before start
	log      *slog.Logger
	metrics  *metrics

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // holds one: there is something to look at

	mu    sync.Mutex // guards the rest; nothing blocks under it
	ended bool
	dirty map[string][]string  // sites to look at, and why
	of    map[string]string    // site of a station
	held  map[string]time.Time // until when a station is left alone
	busy  map[string]bool      // stations whose answer is waited for
	last  map[string]string    // what was shared at a site last
}

func newSites(s store.Store, log *slog.Logger, m *metrics) *sites {
	a := &sites{
		store: s, log: log, metrics: m, wake: make(chan struct{}, 1),
		dirty: map[string][]string{}, of: map[string]string{}, held: map[string]time.Time{}, busy: map[string]bool{}, last: map[string]string{},
	}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

// openSites begins to share the limits of sites.
func (s *Server) openSites(ctx context.Context) error {
	s.sites.commands = &commands{csms: s.csms, store: s.store, log: s.cfg.Log, queue: s.queue, forget: s.guesses.forget}
	s.closers.add(s.sites.close)
	return s.sites.start(ctx)
}

// start picks up what an earlier process left behind, and begins. close ends what it began.
func (a *sites) start(ctx context.Context) error {
	err := a.each(ctx, func(s fleet.Site) {
		for _, m := range s.Members {
			a.pickUp(s.ID, m)
		}
		a.changed(s.ID, "the server started")
	})
	if err != nil {
		return fmt.Errorf("the sites cannot be read: %w", err)
	}
	a.running.Go(a.run)
	return nil
}

// pickUp takes over a member as an earlier process left it.
func (a *sites) pickUp(site string, m fleet.SiteMember) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of[m.Station] = site
	if m.Command != "" {
		a.busy[m.Station] = true
		a.running.Go(func() { a.resume(site, m) })
	}
}

// each calls f for each site.
func (a *sites) each(ctx context.Context, f func(fleet.Site)) error {
	q := store.SiteQuery{Limit: store.MaxLimit}
	for {
		p, err := a.store.ListSites(ctx, q)
		if err != nil {
			return err
		}
		for _, s := range p.Items {
			f(s)
		}
		if q.Cursor = p.Next; p.Next == "" {
			return nil
		}
	}
}

// close ends everything and waits for it. What is under way is picked up by the next process.
func (a *sites) close() error {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.cancel()
	a.running.Wait()
	return nil
}

// run looks at sites when something has happened, and at all of them from time to time.
func (a *sites) run() {
	tick := time.NewTicker(siteTick)
	defer tick.Stop()
	for {
		a.shareDirty()
		select {
		case <-a.ctx.Done():
			return
		case <-tick.C:
			a.touchAll()
		case <-a.wake:
			select {
			case <-a.ctx.Done():
				return
			case <-time.After(siteDebounce):
			}
		}
	}
}

// touchAll has all sites looked at.
func (a *sites) touchAll() {
	err := a.each(a.ctx, func(s fleet.Site) { a.changed(s.ID, "") })
	if err != nil && a.ctx.Err() == nil {
		a.log.Warn("the sites cannot be read", "error", err)
	}
}

// changed has a site looked at. The reason is in words; "" is the course of time.
func (a *sites) changed(site, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return
	}
	reasons := a.dirty[site]
	if reason != "" && !slices.Contains(reasons, reason) && len(reasons) < maxReasons {
		reasons = append(reasons, reason)
	}
	a.dirty[site] = reasons
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// maxReasons bounds the reasons of one allocation.
const maxReasons = 10

// siteChanged is httpapi.Options.SiteChanged: stations that were left alone get another chance.
func (a *sites) siteChanged(site, reason string) {
	a.mu.Lock()
	for station, of := range a.of {
		if of == site {
			delete(a.held, station)
		}
	}
	a.mu.Unlock()
	a.changed(site, reason)
}

// happened has the site of a station looked at, if it has one.
func (a *sites) happened(station, reason string) {
	a.mu.Lock()
	site, ok := a.of[station]
	a.mu.Unlock()
	if ok {
		a.changed(site, reason+" "+station)
	}
}

// connected is told of a station that has come: it is no longer left alone.
func (a *sites) connected(st *csms.Station) {
	a.mu.Lock()
	delete(a.held, st.Identity())
	a.mu.Unlock()
	a.happened(st.Identity(), "connected:")
}

// disconnected is told of a station that is gone.
func (a *sites) disconnected(st *csms.Station) { a.happened(st.Identity(), "disconnected:") }

// intercept hears of messages that change what a site has to share. It is an ocpp.Interceptor.
func (a *sites) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	resp, err := next(ctx, req)
	if err != nil {
		return resp, err
	}
	switch x.Action.Name {
	case "StartTransaction", "StopTransaction", "TransactionEvent":
		a.happened(x.Identity, "session:")
	case "ClearChargingProfile":
		if !x.Inbound && clearsShare(req, resp) {
			a.lost(ctx, x.Identity)
		}
	}
	return resp, err
}

// lost notes that a station has its share no longer: somebody has cleared it.
func (a *sites) lost(ctx context.Context, station string) {
	a.mu.Lock()
	site, ok := a.of[station]
	a.mu.Unlock()
	if !ok {
		return
	}
	_, err := a.store.ChangeSiteMember(ctx, site, station, func(m fleet.SiteMember) (fleet.SiteMember, error) {
		return m.Forgotten("its charging profile was cleared"), nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		a.log.Error("that a station has lost its share is not kept", "station", station, "error", err)
	}
	a.changed(site, "profile cleared: "+station)
}

// shareDirty shares the limits of the sites that are to be looked at.
func (a *sites) shareDirty() {
	a.mu.Lock()
	dirty := a.dirty
	a.dirty = map[string][]string{}
	a.mu.Unlock()
	for id, reasons := range dirty {
		if a.ctx.Err() != nil {
			return
		}
		if err := a.share(id, strings.Join(reasons, "; ")); err != nil && a.ctx.Err() == nil {
			a.log.Warn("the limit of a site cannot be shared just now", "site", id, "error", err)
		}
	}
}

// share shares the limit of a site, and sends what is to be sent.
func (a *sites) share(id, reason string) error {
	s, err := a.store.Site(a.ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		a.forget(id)
		return nil
	}
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return err
	}
	now := time.Now()
	members, err := a.claimants(s, now)
	if err != nil {
		return err
	}
	limit := s.LimitSoon(now.In(zone))
	shares := fleet.Allocate(s, limit, members, now)
	if !a.news(id, limit, shares) {
		return nil
	}
	if reason == "" {
		reason = "time"
	}
	number, err := a.store.AddAllocation(a.ctx, s.Record(reason, limit, shares, now))
	if err != nil {
		return err
	}
	a.metrics.allocations.Inc()
	for _, share := range shares {
		if share.Send != nil {
			a.offer(sending{site: s.ID, unit: s.Unit, station: share.Station, allocation: number}, *share.Send)
		}
	}
	return nil
}

// news reports whether something is sent, or the shares are others than last time.
func (a *sites) news(id string, limit fleet.Tenths, shares []fleet.Share) bool {
	var b strings.Builder
	sends := false
	fmt.Fprint(&b, limit)
	for _, s := range shares {
		sends = sends || s.Send != nil
		fmt.Fprint(&b, " ", s.Station, s.Target, s.Sessions, s.Online, s.Wait)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	news := sends || a.last[id] != b.String()
	a.last[id] = b.String()
	return news
}

// claimants returns the members of a site as they are now.
func (a *sites) claimants(s fleet.Site, now time.Time) ([]fleet.Claimant, error) {
	members := make([]fleet.Claimant, 0, len(s.Members))
	active := true
	for _, m := range s.Members {
		p, err := a.store.ListTransactions(a.ctx, store.TransactionQuery{Station: m.Station, Active: &active, Limit: maxSessions})
		if err != nil {
			return nil, err
		}
		_, online := a.commands.csms.Station(m.Station)
		c := fleet.Claimant{SiteMember: m, Online: online}
		for _, t := range p.Items {
			c.Sessions = append(c.Sessions, t.FirstReceived)
		}
		members = append(members, c)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range members {
		c := &members[i]
		a.of[c.Station] = s.ID
		c.Busy, c.Held = a.busy[c.Station], now.Before(a.held[c.Station])
	}
	return members, nil
}

// maxSessions bounds the sessions of a station that count.
const maxSessions = 100

// forget forgets a site that is no more.
func (a *sites) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.last, id)
	for station, site := range a.of {
		if site == id {
			delete(a.of, station)
		}
	}
}
