package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// desires sets what is wanted of stations, without being asked: when a station comes it is asked what it has, and what is
// otherwise is set, once in each connection. Everything goes through the queue, behind what people and charging want. One
// goroutine does all of it. All methods are safe for concurrent use.
type desires struct {
	store store.Desires
	csms  *csms.Server // set before start
	do    func(ctx context.Context, ask httpapi.VerbCommand) (httpapi.VerbAnswer, error)
	log   *slog.Logger

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	wake    chan struct{} // holds one: there is something due

	mu    sync.Mutex      // guards the rest; nothing blocks under it
	wants map[string]bool // stations of which something is wanted
	due   map[string]step
	order []string // of the stations in due
}

// step is what to do next about a station.
type step int

const (
	stepSet  step = iota + 1 // set what is otherwise
	stepNew                  // ask for what is not known, or set what is otherwise
	stepRead                 // ask for everything
)

func newDesires(s store.Desires, log *slog.Logger) *desires {
	d := &desires{store: s, log: log, wake: make(chan struct{}, 1), wants: map[string]bool{}, due: map[string]step{}}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// openDesires begins to set what is wanted.
func (s *Server) openDesires(ctx context.Context) error {
	s.desires.csms = s.csms
	s.desires.do = s.commands().Do
	s.closers.add(s.desires.close)
	stations, err := s.store.DesiringStations(ctx)
	if err != nil {
		return err
	}
	s.desires.mu.Lock()
	for _, station := range stations {
		s.desires.wants[station] = true
	}
	s.desires.mu.Unlock()
	s.desires.running.Go(s.desires.run)
	return nil
}

func (d *desires) close() error {
	d.cancel()
	d.running.Wait()
	return nil
}

// Desired is told that something else is wanted of stations.
func (d *desires) Desired(stations ...string) {
	d.mu.Lock()
	for _, station := range stations {
		d.wants[station] = true
	}
	d.mu.Unlock()
	for _, station := range stations {
		d.look(station, stepNew)
	}
}

// connected is told of each connection.
func (d *desires) connected(st *csms.Station) { d.look(st.Identity(), stepRead) }

// told is told that a station was asked for its variables, and has answered.
func (d *desires) told(station string) { d.look(station, stepSet) }

// look has somebody look at a station, if something is wanted of it.
func (d *desires) look(station string, s step) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wants[station] {
		return
	}
	if d.due[station] == 0 {
		d.order = append(d.order, station)
	}
	d.due[station] = max(d.due[station], s)
	select {
	case d.wake <- struct{}{}:
	default: // run will look anyway
	}
}

func (d *desires) next() (station string, s step, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.order) == 0 {
		return "", 0, false
	}
	station, d.order = d.order[0], d.order[1:]
	s = d.due[station]
	delete(d.due, station)
	return station, s, true
}

func (d *desires) run() {
	for {
		select {
		case <-d.wake:
		case <-d.ctx.Done():
			return
		}
		for station, s, ok := d.next(); ok && d.ctx.Err() == nil; station, s, ok = d.next() {
			if _, err := d.see(d.ctx, station, s, false); err != nil {
				d.log.Warn("what is wanted of a station is not set", "station", station, "error", err)
			}
		}
	}
}

// Apply sets what is otherwise at a station, also what it has refused or was asked for in this connection. It implements
// httpapi.Desires.
func (d *desires) Apply(ctx context.Context, station string) (requests int, err error) {
	return d.see(ctx, station, stepSet, true)
}

// see does a step, and returns how many requests to the station came of it. With again it does so whatever was tried before.
func (d *desires) see(ctx context.Context, station string, s step, again bool) (requests int, err error) {
	st, online := d.csms.Station(station)
	p, err := d.store.ListDesired(ctx, store.DesiredQuery{Station: station, Limit: store.MaxLimit})
	if err != nil {
		return 0, err
	}
	if len(p.Items) == 0 {
		d.forget(station)
	}
	if !online {
		return 0, nil
	}
	var all, missing []fleet.DesiredValue
	unknown := false
	for _, v := range p.Items {
		switch {
		case !v.Apply && !again, !v.Fits(st.Version().String()):
			continue
		case v.State != fleet.DesiredSame && v.State != fleet.DesiredReboot && (again || v.Tried.Before(st.ConnectedAt())):
			missing = append(missing, v)
			unknown = unknown || v.State == fleet.DesiredUnknown
		}
		all = append(all, v)
	}
	if s == stepRead || s == stepNew && unknown {
		return d.read(ctx, station, all)
	}
	return d.set(ctx, station, st.Version().String(), missing)
}

// forget takes a station out of those of which something is wanted. Something that is wanted from now on brings it back.
func (d *desires) forget(station string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.due[station] == 0 {
		delete(d.wants, station)
	}
}

// perRequest is how many variables are in one request: stations say in their variable ItemsPerMessage how many they take, and
// few take less.
const perRequest = 4

// desireTime is how long a request that nobody asked for may wait for its turn.
const desireTime = 10 * time.Minute

// read asks for what a station has.
func (d *desires) read(ctx context.Context, station string, list []fleet.DesiredValue) (requests int, err error) {
	for len(list) > 0 {
		n := min(perRequest, len(list))
		v := &fleet.GetVariablesRequest{}
		for _, want := range list[:n] {
			v.Variables = append(v.Variables, attributeArgument(want))
		}
		if err := d.queue(ctx, station, v); err != nil {
			return requests, err
		}
		requests++
		list = list[n:]
	}
	return requests, nil
}

// set sets values, in OCPP 1.6 one by one.
func (d *desires) set(ctx context.Context, station, version string, list []fleet.DesiredValue) (requests int, err error) {
	most := perRequest
	if version == "1.6" {
		most = 1
	}
	for len(list) > 0 {
		n := min(most, len(list))
		v := &fleet.SetVariablesRequest{}
		var keys []string
		for _, want := range list[:n] {
			v.Values = append(v.Values, fleet.ValueArgument{AttributeArgument: attributeArgument(want), Value: want.Value})
			keys = append(keys, want.Key())
		}
		if err := d.store.TryDesired(ctx, station, keys, time.Now()); err != nil {
			return requests, err
		}
		if err := d.queue(ctx, station, v); err != nil {
			return requests, err
		}
		requests++
		list = list[n:]
	}
	return requests, nil
}

func (d *desires) queue(ctx context.Context, station string, v fleet.Verb) error {
	_, err := d.do(ctx, httpapi.VerbCommand{
		Station: station, Verb: v,
		Kept: &httpapi.QueuedCommand{Station: station, Lane: fleet.LaneBulk, Timeout: httpapi.MaxCommandTimeout, Expires: desireTime},
	})
	return err
}

func attributeArgument(v fleet.DesiredValue) fleet.AttributeArgument {
	a := fleet.AttributeArgument{VariableArgument: fleet.VariableArgument{
		Component: v.Setting.Component, ComponentInstance: v.Setting.ComponentInstance, EVSE: v.Setting.EVSE, Connector: v.Setting.Connector,
		Variable: v.Setting.Variable, VariableInstance: v.Setting.VariableInstance,
	}}
	if v.Attribute != fleet.AttributeActual {
		a.Attribute = v.Attribute
	}
	return a
}
