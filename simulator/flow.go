package simulator

import (
	"context"
	"time"
)

// flow charges the vehicle until the driver has had enough, the CSMS ends it, the EVSE fails, or the simulation ends. It
// returns why.
func (v *visit) flow(ctx context.Context) StopReason {
	f := &flowing{visit: v, last: v.plan.now}
	f.needs(ctx)
	sample := v.plan.now.Add(v.s.sampleInterval())
	f.becomes(ctx)
	for {
		c := v.plan.pass(v.plan.next(sample, v.leaves, v.o.fault), inputs{stop: v.o.stop, wake: v.o.wake})
		f.supply()
		switch {
		case c.what == cameStop:
			return c.reason
		case c.what == cameWake:
			f.becomes(ctx)
		case c.what == cameQuit, v.plan.over():
			return StopLocal
		case v.plan.has(v.o.fault):
			return StopFault
		case v.plan.has(v.leaves):
			return word(v.ways.unplugs, StopDisconnected, StopLocal)
		default:
			f.becomes(ctx)
			f.sample(ctx)
			sample = sample.Add(v.s.sampleInterval())
		}
	}
}

// flowing is the state of a visit while energy may flow.
type flowing struct {
	*visit
	last    time.Time // simulated, up to which energy has been counted
	powerW  float64
	reached string // the limit of the CSMS that stopped the energy
}

// supply counts the energy that has flowed since the last time.
func (f *flowing) supply() {
	f.o.meter.registerWh += f.car.take(f.powerW, f.plan.now.Sub(f.last).Seconds())
	f.last = f.plan.now
}

// offered is what the station lets through now, in W.
func (f *flowing) offered() float64 {
	w := f.s.powerW()
	if limit, ok := f.s.limitW(f.o, f.tx, f.at()); ok {
		w = min(w, limit)
	}
	if f.reached != "" {
		return 0
	}
	return w
}

// becomes sets the power and tells when energy begins or ceases to flow (2.x ChargingStateChanged).
func (f *flowing) becomes(ctx context.Context) {
	f.meetLimits(ctx)
	offered := f.offered()
	f.powerW = f.car.power(offered)
	state, shown := "Charging", connectorCharging
	switch {
	case offered <= 0:
		state, shown = "SuspendedEVSE", connectorSuspendedEVSE
	case f.powerW <= 0:
		state, shown = "SuspendedEV", connectorSuspended
	}
	if state == f.tx.state {
		return
	}
	f.tx.state = state
	f.s.show(ctx, f.o, shown, f.at())
	f.happens(ctx, moment{trigger: "ChargingStateChanged"})
}

// meetLimits stops the energy, not the transaction, when a limit of the CSMS is reached (2.1 E16.FR.05).
func (f *flowing) meetLimits(ctx context.Context) {
	start := f.tx.record
	if start == nil {
		return
	}
	energy := f.o.meter.registerWh - start.StartWh.Float64()
	reached := f.tx.limitReached(f.at(), energy, f.car.soc())
	if reached != "" && f.reached == "" {
		f.happens(ctx, moment{trigger: reached})
	}
	f.reached = reached
}

// sample reports a reading.
func (f *flowing) sample(ctx context.Context) {
	r := f.o.meter.read(f.powerW, f.offered(), f.car.told())
	f.happens(ctx, moment{trigger: "MeterValuePeriodic", context: readPeriodic, reading: &r})
	f.s.fleet.count(func(c *Counts) { c.Samples++ })
}

// needs tells what a vehicle that speaks ISO 15118 wants (2.x K15).
func (f *flowing) needs(ctx context.Context) {
	if f.ways.plugAndCharge && !f.who.remote {
		f.s.notifyChargingNeeds(ctx, f.o, &f.car)
	}
}
