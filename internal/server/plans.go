package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

const (
	// planDebounce gathers what happens at once into one look at a station.
	planDebounce = 250 * time.Millisecond

	// planTick is how often all vehicles are looked at when nothing happens: what holds for them changes with time.
	planTick = 10 * time.Minute

	// Each vehicle gets at most planBurst profiles in any planMinute, whatever happens: each may have it plan anew.
	planBurst  = 3
	planMinute = time.Minute
)

// plans sends the charging profiles that vehicles were promised that have told what they want (K15 to K20). What was promised is
// in the store; in memory is only which stations to look at, and how often. All methods are safe for concurrent use.
type plans struct {
	store    store.Store
	commands *commands // set before stations come
	log      *slog.Logger
	operator bool // somebody else makes the profiles

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // holds one: there is something to look at

	mu     sync.Mutex // guards the rest; nothing blocks under it
	ended  bool
	dirty  map[string]bool // stations to look at
	of     map[string]bool // stations with vehicles
	busy   map[string]bool // stations that somebody looks at; true: something happened since
	sent   map[planPlace][]time.Time
	flight map[string]*flight
}

// planPlace is where a vehicle charges.
type planPlace struct {
	station string
	evse    int64
}

// flight is requests about charging profiles on their way to a station, whose answers are not known yet.
type flight struct {
	requests int
	landed   chan struct{} // closed when there is none
}

func newPlans(s store.Store, log *slog.Logger, operator bool) *plans {
	p := &plans{
		store: s, log: log, operator: operator, wake: make(chan struct{}, 1), dirty: map[string]bool{}, of: map[string]bool{},
		busy: map[string]bool{}, sent: map[planPlace][]time.Time{}, flight: map[string]*flight{},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// openPlans begins to send what vehicles were promised.
func (s *Server) openPlans(ctx context.Context) error {
	s.plans.commands = s.commands()
	s.closers.add(s.plans.close)
	return s.plans.start(ctx)
}

// start picks up what an earlier process left behind, and begins. close ends what it began.
func (p *plans) start(ctx context.Context) error {
	if p.operator {
		return nil
	}
	for q := (store.VehiclePlanQuery{Limit: store.MaxLimit}); ; {
		page, err := p.store.ListVehiclePlans(ctx, q)
		if err != nil {
			return fmt.Errorf("what vehicles want cannot be read: %w", err)
		}
		for _, plan := range page.Items {
			p.has(plan.Station)
		}
		if q.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	p.touchAll()
	p.running.Go(p.run)
	return nil
}

// close ends everything and waits for it. What is under way is picked up by the next process.
func (p *plans) close() error {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.cancel()
	p.running.Wait()
	return nil
}

// run has stations looked at when something has happened, and all of them from time to time.
func (p *plans) run() {
	tick := time.NewTicker(planTick)
	defer tick.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-tick.C:
			p.touchAll()
		case <-p.wake:
			select {
			case <-p.ctx.Done():
				return
			case <-time.After(planDebounce):
			}
			p.lookAtDirty()
		}
	}
}

func (p *plans) lookAtDirty() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for station := range p.dirty {
		if _, looking := p.busy[station]; looking {
			p.busy[station] = true
		} else {
			p.busy[station] = false
			p.running.Go(func() { p.look(station) })
		}
	}
	clear(p.dirty)
}

// look looks at a station until nothing has happened since.
func (p *plans) look(station string) {
	for p.ctx.Err() == nil {
		p.see(station)
		p.mu.Lock()
		again := p.busy[station]
		if p.busy[station] = false; !again {
			delete(p.busy, station)
		}
		p.mu.Unlock()
		if !again {
			return
		}
	}
}

// has notes that a station has a vehicle.
func (p *plans) has(station string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of[station] = true
}

// touch has a station looked at, if it has vehicles.
func (p *plans) touch(station string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, looking := p.busy[station]
	if p.ended || !p.of[station] && !looking {
		return
	}
	p.dirty[station] = true
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *plans) touchAll() {
	p.mu.Lock()
	stations := make([]string, 0, len(p.of))
	for station := range p.of {
		stations = append(stations, station)
	}
	p.mu.Unlock()
	for _, station := range stations {
		p.touch(station)
	}
}

// touchAfter is touch some time from now.
func (p *plans) touchAfter(d time.Duration, station string) {
	time.AfterFunc(d, func() { p.touch(station) })
}

// connected is told of a station that has come.
func (p *plans) connected(st *csms.Station) { p.touch(st.Identity()) }

// rest returns how long a vehicle gets no profile; 0 counts one that it gets now.
func (p *plans) rest(at planPlace, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := p.sent[at]
	for len(sent) > 0 && now.Sub(sent[0]) >= planMinute {
		sent = sent[1:]
	}
	if len(sent) >= planBurst {
		return planMinute - now.Sub(sent[0])
	}
	p.sent[at] = append(sent, now)
	return 0
}

// over forgets a vehicle that does not charge any more.
func (p *plans) over(at planPlace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sent, at)
}

// intercept hears of messages that change what a vehicle gets. It is an ocpp.Interceptor, inside of that of the queue, which
// sends what is queued once the station has its answer, and outside of the one that learns from answers.
func (p *plans) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	switch x.Action.Name {
	case "SetChargingProfile", "ClearChargingProfile", "UpdateDynamicSchedule":
		if x.Inbound {
			break
		}
		p.takeOff(x.Identity)
		defer p.touch(x.Identity)
		defer p.land(x.Identity)
	case "NotifyEVChargingNeeds", "NotifyEVChargingSchedule", "ReportChargingProfiles":
		defer p.afterAnswer(x)
	case "TransactionEvent":
		if v201.Ends(req) || v21.Ends(req) {
			defer p.afterAnswer(x)
		}
		if transaction, seqNo, ok := v21.Resumed(req); ok {
			if err := p.resumed(ctx, x.Identity, transaction, seqNo); err != nil {
				return nil, fmt.Errorf("%w: %w", csms.ErrNoAnswer, err) // the station says it again
			}
		}
	}
	return next(ctx, req)
}

// afterAnswer has the station of a request looked at when it has been answered.
func (p *plans) afterAnswer(x *ocpp.Exchange) {
	p.mu.Lock()
	vehicles := p.of[x.Identity]
	p.mu.Unlock()
	if !vehicles {
		return
	}
	before, station := x.Answered, x.Identity
	x.Answered = func() {
		if before != nil {
			before()
		}
		p.touch(station)
	}
}

// takeOff notes that a request about charging profiles is on its way to a station, and land that its answer is known.
func (p *plans) takeOff(station string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.flight[station]
	if f == nil {
		f = &flight{landed: make(chan struct{})}
		p.flight[station] = f
	}
	f.requests++
}

func (p *plans) land(station string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.flight[station]
	if f.requests--; f.requests == 0 {
		close(f.landed)
		delete(p.flight, station)
	}
}

// maxLanding is how long the schedule of a vehicle waits for what its station says of charging profiles.
const maxLanding = time.Second

// landing waits until what a station has said of charging profiles is known: a vehicle may tell its schedule in the next moment.
func (p *plans) landing(ctx context.Context, station string) {
	p.mu.Lock()
	f := p.flight[station]
	p.mu.Unlock()
	if f == nil {
		return
	}
	select {
	case <-f.landed:
	case <-ctx.Done():
	case <-time.After(maxLanding):
	}
}
