package simulator

import (
	"strconv"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// transaction is one charging session as the station keeps it. Without mu it belongs to the goroutine of its driver.
type transaction struct {
	id        string // 2.x; for 1.6 the local key until the CSMS gives an id
	connector int
	token     string
	tokenType string
	remoteID  ocpp.Opt[int]
	reserved  ocpp.Opt[int] // the reservation that it uses up
	seqNo     int
	state     string // 2.x chargingState
	plugged   bool
	reason    StopReason
	record    *TransactionRecord // in the book; nil before the first message

	mu         sync.Mutex
	authorized bool
	remoteTx   int64 // 1.6: the CSMS's id, 0 before it is known
	started    time.Time
	limits     transactionLimits
}

// transactionLimits are what a CSMS of OCPP 2.1 set for a transaction (E16); zero is none.
type transactionLimits struct{ energyWh, seconds, soc float64 }

// StopReason tells why a transaction ended.
type StopReason uint8

// The reasons that a simulated session can end for.
const (
	StopLocal        StopReason = iota // the driver ended it at the station
	StopRemote                         // the CSMS ended it
	StopReset                          // the station was reset
	StopHardReset                      // the station was reset hard (1.6)
	StopReboot                         // the station rebooted by itself
	StopDisconnected                   // the vehicle was unplugged
	StopDeauthorized                   // the CSMS refused the token after the start
	StopFault                          // of the EVSE
	StopUnlocked                       // the CSMS unlocked the connector (1.6)
	StopTimeout                        // nobody plugged in
)

// ending is a StopReason in the words of OCPP: 2.x triggerReason and stoppedReason, 1.6 reason.
type ending struct{ trigger, reason, reason16 string }

var endings = map[StopReason]ending{
	StopLocal:        {"StopAuthorized", "Local", "Local"},
	StopRemote:       {"RemoteStop", "Remote", "Remote"},
	StopReset:        {"ResetCommand", "ImmediateReset", "SoftReset"},
	StopHardReset:    {"ResetCommand", "ImmediateReset", "HardReset"},
	StopReboot:       {"AbnormalCondition", "Reboot", "Reboot"},
	StopDisconnected: {"EVCommunicationLost", "EVDisconnected", "EVDisconnected"},
	StopDeauthorized: {"Deauthorized", "DeAuthorized", "DeAuthorized"},
	StopFault:        {"AbnormalCondition", "GroundFault", "EmergencyStop"},
	StopUnlocked:     {"UnlockCommand", "Remote", "UnlockCommand"},
	StopTimeout:      {"EVConnectTimeout", "Timeout", "Other"},
}

func (tx *transaction) isAuthorized() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.authorized
}

func (tx *transaction) authorize(at time.Time) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.authorized = true
	if tx.started.IsZero() {
		tx.started = at
	}
}

func (tx *transaction) startedAt() time.Time {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.started
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

func (tx *transaction) limit(l transactionLimits) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.limits = l
}

// limitReached tells which limit of the CSMS has been reached, in the words of triggerReason; "" for none (E16.FR.05).
func (tx *transaction) limitReached(now time.Time, energyWh, soc float64) string {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	l := tx.limits
	switch {
	case l.energyWh > 0 && energyWh >= l.energyWh:
		return "EnergyLimitReached"
	case l.seconds > 0 && now.Sub(tx.started).Seconds() >= l.seconds:
		return "TimeLimitReached"
	case l.soc > 0 && soc*100 >= l.soc:
		return "SoCLimitReached"
	}
	return ""
}

// name is what the CSMS calls the transaction; "" when it did not say yet.
func (tx *transaction) name(v ocpp.Version) string {
	if v != ocpp.V16 {
		return tx.id
	}
	if id := tx.remoteTxID(); id != 0 {
		return strconv.FormatInt(id, 10)
	}
	return ""
}
