package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// maxOutletW is what an outlet offers: three phases of 32 A.
const maxOutletW = 3 * nominalVoltage * 32

// drive lets drivers come to an outlet one after the other until soft ends.
func (s *Station) drive(ctx, soft context.Context, o *outlet) {
	for {
		req, ok := s.nextDriver(soft, o)
		if !ok {
			return
		}
		if o.operative() {
			s.charge(ctx, soft, o, req)
		}
	}
}

// nextDriver waits for a driver to come by chance or for a remote start.
func (s *Station) nextDriver(soft context.Context, o *outlet) (startRequest, bool) {
	arrival := time.NewTimer(o.draw.between(s.fleet.o.PauseMin, s.fleet.o.PauseMax))
	defer arrival.Stop()
	select {
	case <-soft.Done():
		return startRequest{}, false
	case req := <-o.start:
		return req, true
	case <-arrival.C:
		return startRequest{token: o.draw.token()}, true
	}
}

// charge is one visit: plug in, authorize, charge, stop, unplug.
func (s *Station) charge(ctx, soft context.Context, o *outlet, req startRequest) {
	select { // a stop that came too late for the visit before
	case <-o.stop:
	default:
	}
	s.show(ctx, o, connectorPlugged)
	defer func() { s.show(ctx, o, connectorAvailable) }()
	if !req.remote && !s.authorized(ctx, req.token) {
		return
	}
	tx := s.begin(o, req)
	if err := s.speech.start(ctx, s, o, tx); err != nil {
		s.failed("start a transaction", err)
		o.setRunning(nil)
		s.changed()
		return
	}
	s.fleet.count(func(c *Counts) { c.Started++; c.Charging++ })
	tx.reason = s.flow(ctx, soft, o, tx)
	tx.energyEnd, tx.ended = int64(o.meter.registerWh), sentTime(time.Now())
	s.show(ctx, o, connectorFinishing)
	if err := s.speech.stop(ctx, s, o, tx); err != nil {
		s.failed("end a transaction", err)
	}
	o.setRunning(nil)
	s.changed()
	s.fleet.count(func(c *Counts) {
		c.Ended++
		c.Charging--
		c.EnergyWh += tx.energyEnd - tx.startWh
	})
}

// sentTime is t as a message tells it: in UTC, with three digits of fraction (rule R65).
func sentTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// ends notes what the message of the end tells.
func (tx *transaction) ends(reason string) func(*TransactionRecord) {
	return func(t *TransactionRecord) {
		t.Ended, t.EndedAt, t.Reason = true, tx.ended, reason
		t.register(ocpp.Dec(tx.energyEnd, 0))
	}
}

func (s *Station) authorized(ctx context.Context, token string) bool {
	ok, err := s.speech.authorize(ctx, s, token)
	if err != nil {
		s.failed("authorize", err)
		return false
	}
	if !ok {
		s.fleet.count(func(c *Counts) { c.Refused++ })
	}
	return ok
}

func (s *Station) begin(o *outlet, req startRequest) *transaction {
	tx := &transaction{
		id: o.draw.transactionID(), token: req.token, remoteID: req.remoteID,
		started: sentTime(time.Now()), startWh: int64(o.meter.registerWh),
	}
	tx.record = s.book.open(TransactionRecord{
		Key: tx.id, ID: s.speech.ownID(tx), EVSE: o.id, Token: tx.token, StartedAt: tx.started,
		StartWh: ocpp.Dec(tx.startWh, 0), StopWh: ocpp.Dec(tx.startWh, 0),
	})
	o.setRunning(tx)
	return tx
}

// flow charges a vehicle until the driver has had enough, the battery is full for a while, the CSMS ends it, or the
// simulation does. It returns why.
func (s *Station) flow(ctx, soft context.Context, o *outlet, tx *transaction) StopReason {
	car := newBattery(o.draw)
	leaves := time.NewTimer(o.draw.between(s.fleet.o.SessionMin, s.fleet.o.SessionMax))
	defer leaves.Stop()
	interval := s.sampleInterval()
	sample := time.NewTicker(interval)
	defer sample.Stop()
	s.show(ctx, o, connectorCharging)
	last := time.Now()
	for {
		select {
		case <-soft.Done():
			return StopOther
		case reason := <-o.stop:
			return reason
		case <-leaves.C:
			return StopLocal
		case now := <-sample.C:
			s.supply(ctx, o, tx, &car, now.Sub(last).Seconds())
			last = now
		}
	}
}

// supply lets energy flow for some seconds and reports it.
func (s *Station) supply(ctx context.Context, o *outlet, tx *transaction, car *battery, seconds float64) {
	offered := float64(maxOutletW)
	if limit := o.limit(); limit > 0 {
		offered = min(offered, limit)
	}
	power := car.power(offered)
	o.meter.registerWh += car.take(power, seconds)
	if power > 0 {
		s.show(ctx, o, connectorCharging)
	} else {
		s.show(ctx, o, connectorSuspended)
	}
	if err := s.speech.sample(ctx, s, o, tx, o.meter.read(power, car.soc())); err != nil {
		s.failed("report meter values", err)
		return
	}
	s.fleet.count(func(c *Counts) { c.Samples++ })
}

// show changes what a connector does and reports it to the CSMS when that is a change.
func (s *Station) show(ctx context.Context, o *outlet, state connectorState) {
	o.setState(state)
	if o.toReport() {
		s.report(ctx, o)
	}
}

// report tells the CSMS what a connector does, news or not. Offline and before the boot it tells nobody: all connectors
// are reported when the station is accepted again.
func (s *Station) report(ctx context.Context, o *outlet) {
	o.toReport()
	err := s.speech.status(ctx, s, o)
	if err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, station.ErrNotAccepted) {
		s.failed(fmt.Sprintf("report the status of EVSE %d", o.id), err)
	}
}
