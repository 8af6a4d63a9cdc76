package simulator

import (
	"maps"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// connectorState is what a connector is doing, finer than the words of any one version.
type connectorState uint8

const (
	connectorAvailable     connectorState = iota
	connectorPlugged                      // in use, but no energy is offered: a cable is in, or a driver was authorized
	connectorCharging                     // energy flows
	connectorSuspended                    // the vehicle takes nothing any more
	connectorSuspendedEVSE                // the station offers nothing: a charging profile says 0
	connectorFinishing                    // the transaction is over, the cable is still in
	connectorReserved
	connectorUnavailable // set inoperative by the CSMS, or for a firmware update
	connectorFaulted
)

// outlet is an EVSE. One of its connectors can be in use at a time. Commands of the CSMS come from other goroutines than
// the one of its driver.
type outlet struct {
	id         int
	connectors int
	meter      meter
	draw       *dice // of its drivers
	faults     *dice
	fault      time.Time         // the next one by plan; zero: never. It belongs to the goroutine of its drivers
	start      chan startRequest // remote starts; holds one
	stop       chan StopReason   // requests to end the running transaction; holds one
	wake       chan struct{}     // holds one: availability or a profile has changed

	mu          sync.Mutex
	connector   int // in use, or the last one that was; from 1
	state       connectorState
	reported    map[int]connectorState // what the CSMS was told last
	inoperative map[int]bool           // connectors that the CSMS or an update took out of service
	faulted     bool
	reserved    *reservation
	tx          *transaction // nil when none runs
	shownWh     ocpp.Decimal // the register when it was read last
}

// startRequest is a driver who wants to charge.
type startRequest struct {
	token     string
	tokenType string // 2.x; "" is ISO14443
	remote    bool
	remoteID  ocpp.Opt[int] // 2.x remoteStartId
	connector int           // 0: any
}

func newOutlet(id int, h Hardware, integer bool, draws func(aspect int) *dice) *outlet {
	draw := draws(aspectOutlet + id - 1)
	o := &outlet{
		id: id, connectors: h.Connectors, draw: draw, faults: draws(aspectOutletFault + id - 1), connector: 1,
		meter: meter{registerWh: float64(draw.IntN(5_000_000)), decimals: h.MeterDecimals, phases: h.Phases, noise: draws(aspectNoise + id - 1)},
		start: make(chan startRequest, 1), stop: make(chan StopReason, 1), wake: make(chan struct{}, 1),
		reported: map[int]connectorState{}, inoperative: map[int]bool{},
	}
	if integer {
		o.meter.decimals = 0
	}
	return o
}

// use is a driver who comes to a connector.
func (o *outlet) use(connector int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.connector = connector
}

func (o *outlet) inUse() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.connector
}

func (o *outlet) setState(s connectorState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state = s
}

// shown returns the state of a connector to report.
func (o *outlet) shown(connector int) connectorState {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shownLocked(connector)
}

// toReport marks what a connector shows as reported and tells whether that is news.
func (o *outlet) toReport(connector int) (news bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.shownLocked(connector)
	before, told := o.reported[connector]
	o.reported[connector] = now
	return now != before || !told
}

// shownLocked: a fault wins; an inoperative connector is unavailable unless something runs on it; a reservation shows
// while nobody uses the EVSE.
func (o *outlet) shownLocked(connector int) connectorState {
	used := connector == o.connector && o.state != connectorAvailable
	switch {
	case o.faulted:
		return connectorFaulted
	case o.inoperative[connector] && (!used || o.tx == nil):
		return connectorUnavailable
	case used:
		return o.state
	case o.reserved != nil && o.state == connectorAvailable:
		return connectorReserved
	}
	return connectorAvailable
}

func (o *outlet) running() *transaction {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tx
}

func (o *outlet) setRunning(tx *transaction) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tx = tx
}

func (o *outlet) setFaulted(on bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faulted = on
}

// operative reports whether a driver can use a connector.
func (o *outlet) operative(connector int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.faulted && !o.inoperative[connector]
}

// setOperative takes connectors, all for 0, into or out of service: at once when nothing runs, and otherwise after the
// transaction; it reports which.
func (o *outlet) setOperative(connector int, on bool) (atOnce bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for n := 1; n <= o.connectors; n++ {
		if connector == 0 || n == connector {
			o.inoperative[n] = !on
		}
	}
	return o.tx == nil || connector != 0 && connector != o.connector
}

// service returns which connectors are out of service, and setService puts that back, as after an update.
func (o *outlet) service() map[int]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.inoperative)
}

func (o *outlet) setService(inoperative map[int]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inoperative = inoperative
}

// requestStart hands a driver to an outlet that is free, or where a vehicle waits to be authorized; it reports false when
// it is neither.
func (o *outlet) requestStart(r startRequest) bool {
	if tx := o.running(); tx != nil && tx.isAuthorized() || !o.operative(max(r.connector, 1)) || !o.mayUse(r.token) {
		return false
	}
	select {
	case o.start <- r:
		return true
	default:
		return false
	}
}

// requestStop asks the running transaction to end; a second request changes nothing.
func (o *outlet) requestStop(reason StopReason) {
	select {
	case o.stop <- reason:
	default:
	}
}

// poke has the driver's goroutine look at what has changed.
func (o *outlet) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
