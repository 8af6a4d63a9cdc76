package v21

import (
	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
)

// registerRecords adds the handlers of messages that become a fleet.Record.
func (h handlers) registerRecords(s *csms.Server) {
	csms.Handle(s, h.chargingNeeds)
	csms.Handle(s, h.chargingSchedule)
	csms.Handle(s, h.pullSchedule)
	csms.Handle(s, h.validateVAT)
	csms.Handle(s, h.openStream)
	csms.HandleSend(s, h.streamValues)
	adapter.Tell(s, h.Backend, priorityCharging)
	adapter.Tell(s, h.Backend, derAlarm)
	adapter.Tell(s, h.Backend, derEvent)
	adapter.Tell(s, h.Backend, derControls)
	adapter.Tell(s, h.Backend, batterySwap)
	adapter.Tell(s, h.Backend, settlement)
	adapter.Tell(s, h.Backend, closedStream)
	adapter.Tell(s, h.Backend, reservation)
	adapter.Tell(s, h.Backend, chargingLimit)
	adapter.Tell(s, h.Backend, clearedLimit)
	csms.Handle(s, h.chargingProfiles)
}
