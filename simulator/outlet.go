package simulator

import (
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// connectorState is what a connector is doing, finer than the words of any one version.
type connectorState uint8

const (
	connectorAvailable   connectorState = iota
	connectorPlugged                    // a cable is in, nothing is authorized
	connectorCharging                   // energy flows
	connectorSuspended                  // the vehicle takes nothing any more
	connectorFinishing                  // the transaction is over, the cable is still in
	connectorUnavailable                // set inoperative by the CSMS
)

// outlet is an EVSE with one connector. Commands of the CSMS come from other goroutines than the one of its driver.
type outlet struct {
	id    int
	meter meter
	draw  *dice
	start chan startRequest // remote starts; holds one
	stop  chan StopReason   // requests to end the running transaction; holds one

	mu          sync.Mutex
	state       connectorState
	reported    connectorState // what the CSMS was told last
	inoperative bool
	tx          *transaction // nil when none runs
	limitW      float64      // what a charging profile leaves; 0 is no limit
}

// startRequest is a driver who wants to charge.
type startRequest struct {
	token    string
	remote   bool
	remoteID ocpp.Opt[int] // 2.x remoteStartId
}

// transaction is one charging session as the station keeps it.
type transaction struct {
	id        string // 2.x; for 1.6 the local key until the CSMS gives an id
	token     string
	remoteID  ocpp.Opt[int]
	started   time.Time
	ended     time.Time
	startWh   int64
	seqNo     int
	reason    StopReason
	energyEnd int64
	record    *TransactionRecord // in the book

	mu       sync.Mutex
	remoteTx int64 // 1.6: the CSMS's id, 0 before it is known
}

// StopReason tells why a transaction ended.
type StopReason uint8

// The reasons that a simulated session can end for.
const (
	StopLocal        StopReason = iota // the driver ended it at the station
	StopRemote                         // the CSMS ended it
	StopReset                          // the station was reset
	StopDisconnected                   // the vehicle was unplugged
	StopDeauthorized                   // the CSMS refused the token after the start
	StopOther                          // the simulation ends
)

func newOutlet(id int, draw *dice) *outlet {
	m := meter{registerWh: float64(draw.IntN(5_000_000)), noise: draw}
	return &outlet{id: id, meter: m, draw: draw, start: make(chan startRequest, 1), stop: make(chan StopReason, 1)}
}

func (o *outlet) setState(s connectorState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state = s
}

// shown returns the state to report: an inoperative connector is unavailable unless something runs on it.
func (o *outlet) shown() connectorState {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shownLocked()
}

// toReport marks what is shown as reported and tells whether that is news.
func (o *outlet) toReport() (news bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.shownLocked()
	news = now != o.reported
	o.reported = now
	return news
}

func (o *outlet) shownLocked() connectorState {
	if o.inoperative && o.tx == nil {
		return connectorUnavailable
	}
	return o.state
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

func (o *outlet) operative() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.inoperative
}

// setOperative takes effect at once when nothing runs, and otherwise after the transaction; it reports which.
func (o *outlet) setOperative(on bool) (atOnce bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.inoperative = !on
	return o.tx == nil
}

func (o *outlet) limit() float64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.limitW
}

func (o *outlet) setLimit(w float64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.limitW = w
}

// requestStart hands a driver to an outlet that is free; it reports false when it is not.
func (o *outlet) requestStart(r startRequest) bool {
	if o.running() != nil || !o.operative() {
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

func (tx *transaction) setRemoteTx(id int64) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.remoteTx = id
}

func (tx *transaction) remoteTxID() int64 {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.remoteTx
}
