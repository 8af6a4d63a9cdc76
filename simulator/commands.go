package simulator

import (
	"context"

	"github.com/chargeyard/chargeyard/ocpp"
)

// What the CSMS asks for, without the words of a version. The handlers of commands16.go and its siblings translate.

// remoteStart hands a driver to the EVSE that was asked for, or to any free one.
func (s *Station) remoteStart(evse ocpp.Opt[int], req startRequest) bool {
	id, named := evse.Get()
	for _, o := range s.outlets {
		if (!named || o.id == id) && o.requestStart(req) {
			return true
		}
	}
	return false
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

// availability makes EVSEs operative or inoperative. scheduled says that at least one does so only after its
// transaction.
func (s *Station) availability(outlets []*outlet, on bool) (scheduled bool) {
	for _, o := range outlets {
		if !o.setOperative(on) {
			scheduled = true
		} else {
			s.after(func(ctx context.Context) { s.report(ctx, o) })
		}
	}
	return scheduled
}

// limit applies the first period of a charging profile to EVSEs, in A per phase or in W.
func (s *Station) limit(outlets []*outlet, limit ocpp.Decimal, amperes bool) {
	w := limit.Float64()
	if amperes {
		w *= 3 * nominalVoltage
	}
	for _, o := range outlets {
		o.setLimit(max(w, 1)) // 0 would mean no limit
	}
}

func (s *Station) clearLimits(outlets []*outlet) (some bool) {
	for _, o := range outlets {
		some = some || o.limit() > 0
		o.setLimit(0)
	}
	return some
}

// resetWhen ends all transactions and boots again: at once, or when nothing charges any more.
func (s *Station) resetWhen(idle bool) {
	s.after(func(ctx context.Context) {
		if idle && !s.waitIdle(ctx) {
			return
		}
		for _, o := range s.outlets {
			if o.running() != nil {
				o.requestStop(StopReset)
			}
		}
		if s.waitIdle(ctx) {
			s.reboot(ctx)
		}
	})
}

// trigger sends what a TriggerMessage asked for, after its answer. It reports false for a message that the
// simulation does not have.
func (s *Station) trigger(action string, evse ocpp.Opt[int]) bool {
	switch action {
	case "StatusNotification":
		for _, o := range s.on(evse) {
			s.after(func(ctx context.Context) { s.report(ctx, o) })
		}
	case "Heartbeat":
		s.after(func(ctx context.Context) { s.heartbeat(ctx) })
	case "BootNotification":
		s.after(func(ctx context.Context) { s.bootAgain(ctx) })
	default:
		return false
	}
	return true
}
