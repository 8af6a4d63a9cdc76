package simulator

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// What the CSMS asks for, without the words of a version. The handlers of the versions translate.

// remoteStart hands a driver to the EVSE that was asked for, or to any free one.
func (s *Station) remoteStart(evse ocpp.Opt[int], req startRequest) (*outlet, bool) {
	id, named := evse.Get()
	for _, o := range s.outlets {
		if (!named || o.id == id) && o.requestStart(req) {
			return o, true
		}
	}
	return nil, false
}

// remoteStop ends the transaction that match finds.
func (s *Station) remoteStop(match func(tx *transaction) bool) bool {
	for _, o := range s.outlets {
		if tx := o.running(); tx != nil && match(tx) {
			o.requestStop(StopRemote)
			return true
		}
	}
	return false
}

// on returns the outlets that a command names: all for EVSE 0 or none named, nothing for one that does not exist.
func (s *Station) on(evse ocpp.Opt[int]) []*outlet {
	id := evse.Or(0)
	if id == 0 {
		return s.outlets
	}
	for _, o := range s.outlets {
		if o.id == id {
			return []*outlet{o}
		}
	}
	return nil
}

// availability makes connectors, 0 for all, operative or inoperative. scheduled says that at least one does so only after
// its transaction.
func (s *Station) availability(outlets []*outlet, connector int, on bool) (scheduled bool) {
	for _, o := range outlets {
		if !o.setOperative(connector, on) {
			scheduled = true
		}
		s.after(func(ctx context.Context) { s.showAll(ctx, o, s.now()) })
	}
	return scheduled
}

// resetWhen ends all transactions and boots again: at once, or when nothing charges any more.
func (s *Station) resetWhen(idle bool, reason StopReason) {
	s.after(func(ctx context.Context) {
		if !idle || s.waitIdle(s.soft) {
			s.reboot(ctx, reason)
		}
	})
}

// rebootTime is how long a station is busy with itself before it goes down; what it has answered arrives meanwhile.
const rebootTime = 2 * time.Second

// reboot ends all transactions and boots again, as after power-on.
func (s *Station) reboot(_ context.Context, reason StopReason) {
	for _, o := range s.outlets {
		if o.running() != nil {
			o.requestStop(reason)
		}
	}
	if s.waitIdle(s.soft) && s.sleep(rebootTime) {
		s.client.Reboot()
	}
}

// trigger sends what a TriggerMessage asked for, after its answer. It reports false for a message that the simulation
// does not have.
func (s *Station) trigger(action string, outlets []*outlet) bool {
	var task func(ctx context.Context)
	switch action {
	case "StatusNotification":
		task = func(ctx context.Context) { s.reportThese(ctx, outlets) }
	case "Heartbeat":
		task = s.heartbeat
	case "BootNotification":
		task = s.bootAgain
	case "MeterValues", "TransactionEvent":
		task = func(ctx context.Context) { s.meterThese(ctx, outlets, moment{at: s.now(), context: readTrigger}) }
	case "FirmwareStatusNotification", "LogStatusNotification", "DiagnosticsStatusNotification", "PublishFirmwareStatusNotification":
		task = func(ctx context.Context) {
			s.mishap("send "+action, s.speech.notice(ctx, s, notice{action: action, status: "Idle"}, nil))
		}
	case "SignChargePointCertificate", "SignChargingStationCertificate", "SignV2GCertificate", "SignCombinedCertificate":
		task = func(ctx context.Context) {
			s.mishap("ask for a certificate", s.speech.notice(ctx, s, notice{action: "SignCertificate"}, nil))
		}
	default:
		return false
	}
	s.after(task)
	return true
}

func (s *Station) reportThese(ctx context.Context, outlets []*outlet) {
	for _, o := range outlets {
		for n := 1; n <= o.connectors; n++ {
			s.report(ctx, o, n, s.now())
		}
	}
}

// meterThese sends meter values outside of transactions.
func (s *Station) meterThese(ctx context.Context, outlets []*outlet, m moment) {
	wanted := s.vars.list(s.speech.keys().alignedMeasurands)
	for _, o := range outlets {
		s.mishap("send meter values", s.speech.meter(ctx, s, o, o.latest().only(wanted), m))
	}
}
