package simulator

import (
	"context"
	"time"
)

// visit is one driver at an outlet: plugs in, is authorized, charges, stops, unplugs; in an order and with an end of the
// driver's own.
type visit struct {
	s      *Station
	o      *outlet
	tx     *transaction
	who    startRequest
	ways   ways
	car    battery
	stays  time.Duration
	plan   *plan
	leaves time.Time // by plan
}

// ways are the habits of a driver.
type ways struct {
	cardFirst, plugAndCharge, neverPlugs, unplugs bool
	hesitates                                     time.Duration // between two steps
}

// drive lets drivers come to an outlet one after the other until the run is over.
func (s *Station) drive(ctx context.Context, o *outlet, p *plan) {
	s.nextFault(o, p)
	for {
		who, ok := s.nextDriver(ctx, o, p)
		if !ok {
			return
		}
		connector := who.connector
		if connector == 0 {
			connector = 1 + o.draw.IntN(o.connectors)
		}
		if o.operative(connector) && o.mayUse(who.token) {
			s.newVisit(o, p, who, connector).charge(ctx)
		}
	}
}

// nextDriver waits for a driver to come by chance or for a remote start.
func (s *Station) nextDriver(ctx context.Context, o *outlet, p *plan) (startRequest, bool) {
	arrival := p.now.Add(o.draw.in(s.kind().Drivers.Pause))
	for {
		c := p.pass(p.next(arrival, o.fault), inputs{start: o.start, wake: o.wake})
		switch {
		case c.what == cameStart:
			return c.who, true
		case c.what == cameWake:
			s.showAll(ctx, o, s.stamp(p.now))
		case c.what == cameQuit, p.over():
			return startRequest{}, false
		case p.has(o.fault):
			s.faultPasses(ctx, o, p)
		default:
			return startRequest{token: s.drawToken(o)}, true
		}
	}
}

func (s *Station) drawToken(o *outlet) string {
	d := s.kind().Drivers
	if o.draw.chance(d.Strangers) {
		return "UNKNOWN" + o.draw.token(d.Tokens)
	}
	return "CAFE" + o.draw.token(d.Tokens)
}

func (s *Station) newVisit(o *outlet, p *plan, who startRequest, connector int) *visit {
	select { // a stop that came too late for the visit before
	case <-o.stop:
	default:
	}
	d := s.kind().Drivers
	v := &visit{
		s: s, o: o, who: who, plan: p,
		ways: ways{
			cardFirst: o.draw.chance(d.CardFirst), plugAndCharge: o.draw.chance(d.PlugAndCharge) && s.speech.iso15118(),
			neverPlugs: o.draw.chance(d.NeverPlug), unplugs: o.draw.chance(d.Unplug), hesitates: o.draw.in(Range{time.Second, 3 * time.Second}),
		},
		car:   newBattery(o.draw, s.kind().Hardware.Current == "DC"),
		stays: o.draw.in(d.Session),
		tx:    &transaction{id: o.draw.transactionID(), connector: connector, token: who.token, tokenType: who.tokenType, remoteID: who.remoteID},
	}
	v.ways.hesitates = min(v.ways.hesitates, v.stays/10)
	if v.ways.plugAndCharge && !who.remote {
		v.tx.token, v.tx.tokenType, v.ways.cardFirst = "DE8CY"+who.token, "eMAID", false
	}
	v.leaves = p.now.Add(v.stays)
	o.use(connector)
	s.fleet.count(func(c *Counts) { c.Drivers++ })
	return v
}

// at is the planned moment that the visit has come to, by the clock of the station.
func (v *visit) at() time.Time { return v.s.stamp(v.plan.now) }

// authorize asks about the token of the driver, who waits for the answer.
func (v *visit) authorize(ctx context.Context) bool {
	asked := time.Now()
	ok := v.s.authorize(ctx, v.tx.token, v.tx.tokenType)
	v.plan.answered(time.Since(asked))
	return ok
}

// charge is the whole visit.
func (v *visit) charge(ctx context.Context) {
	v.o.setRunning(v.tx)
	if reason, ok := v.prepare(ctx); !ok {
		v.end(ctx, reason)
		return
	}
	reason := v.flow(ctx)
	v.end(ctx, reason)
	if reason == StopFault {
		v.s.faultPasses(ctx, v.o, v.plan)
	}
}

// prepare does what comes before energy flows: authorization and cable, in either order. ok is false when the visit ends
// with that.
func (v *visit) prepare(ctx context.Context) (reason StopReason, ok bool) {
	if v.who.remote {
		v.authorized()
		v.happens(ctx, moment{trigger: "RemoteStart", token: true, context: readBegin, reading: v.begin()})
		return v.plugLater(ctx)
	}
	if v.ways.cardFirst {
		if !v.authorize(ctx) {
			return StopLocal, false
		}
		v.authorized()
		v.happens(ctx, moment{trigger: "Authorized", token: true, context: readBegin, reading: v.begin()})
		return v.plugLater(ctx)
	}
	v.plug(ctx)
	return v.authorizePlugged(ctx)
}

// authorized makes the transaction one that may charge. A reservation for the token is used up (H03.FR.09).
func (v *visit) authorized() {
	v.tx.reserved = v.o.consume(v.tx.token)
	v.tx.authorize(v.at())
}

// begin is the first reading of the transaction.
func (v *visit) begin() *reading {
	r := v.o.meter.read(0, v.s.powerW(), v.car.told())
	return &r
}

// plugLater waits for the driver to plug in, who may never do it.
func (v *visit) plugLater(ctx context.Context) (StopReason, bool) {
	v.tx.state = "Idle"
	v.s.show(ctx, v.o, connectorPlugged, v.at())
	if v.ways.neverPlugs {
		reason, _ := v.wait(v.s.connectionTimeout(), StopTimeout)
		return reason, false
	}
	if reason, ok := v.wait(v.ways.hesitates, StopLocal); !ok {
		return reason, false
	}
	v.plug(ctx)
	return 0, true
}

func (v *visit) plug(ctx context.Context) {
	v.tx.plugged, v.tx.state = true, "EVConnected"
	v.s.show(ctx, v.o, connectorPlugged, v.at())
	v.happens(ctx, moment{trigger: "CablePluggedIn", context: readBegin, reading: v.begin()})
}

// authorizePlugged authorizes a vehicle that is plugged in: by its driver's card, by itself, or by the CSMS (F01).
func (v *visit) authorizePlugged(ctx context.Context) (StopReason, bool) {
	c := v.plan.pass(v.plan.next(v.plan.now.Add(v.ways.hesitates)), inputs{start: v.o.start, stop: v.o.stop})
	switch {
	case c.what == cameStop:
		return c.reason, false
	case c.what == cameStart:
		v.tx.token, v.tx.tokenType, v.tx.remoteID, v.who = c.who.token, c.who.tokenType, c.who.remoteID, c.who
		v.authorized()
		v.happens(ctx, moment{trigger: "RemoteStart", token: true, context: readBegin, reading: v.begin()})
		return 0, true
	case c.what == cameQuit, v.plan.over():
		return StopDisconnected, false
	}
	if !v.authorize(ctx) {
		return StopDisconnected, false
	}
	v.authorized()
	v.happens(ctx, moment{trigger: "Authorized", token: true, context: readBegin, reading: v.begin()})
	return 0, true
}

// wait lets simulated time pass. ok is false when something else ends the visit.
func (v *visit) wait(d time.Duration, after StopReason) (reason StopReason, ok bool) {
	c := v.plan.pass(v.plan.next(v.plan.now.Add(d)), inputs{stop: v.o.stop})
	switch {
	case c.what == cameStop:
		return c.reason, false
	case c.what == cameQuit, v.plan.over():
		return StopLocal, false
	}
	return after, true
}

// end is the end of the transaction, when there is one, and of the visit.
func (v *visit) end(ctx context.Context, reason StopReason) {
	v.tx.reason = reason
	if v.tx.plugged {
		v.s.show(ctx, v.o, connectorFinishing, v.at())
	}
	if v.tx.record != nil {
		r := v.o.meter.read(0, v.s.powerW(), v.car.told())
		v.happens(ctx, moment{trigger: endings[reason].trigger, token: reason == StopLocal && v.tx.isAuthorized(), context: readEnd, reading: &r, end: true})
		v.s.fleet.count(func(c *Counts) {
			c.Ended++
			c.Charging--
			c.EnergyWh = fromMilli(milli(c.EnergyWh) + milli(v.tx.record.EnergyWh))
		})
	}
	v.o.setRunning(nil)
	v.s.profiles.ended(v.tx.name(v.s.version()))
	v.s.changed()
	v.s.show(ctx, v.o, connectorAvailable, v.at())
	v.s.showAll(ctx, v.o, v.at())
}
