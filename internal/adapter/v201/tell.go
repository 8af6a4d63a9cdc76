package v201

import (
	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
)

// registerRecords adds the handlers of messages that become a fleet.Record.
func (h handlers) registerRecords(s *csms.Server) {
	csms.Handle(s, h.chargingNeeds)
	csms.Handle(s, h.chargingSchedule)
	adapter.Tell(s, h.Backend, reservation)
	adapter.Tell(s, h.Backend, chargingLimit)
	adapter.Tell(s, h.Backend, clearedLimit)
	csms.Handle(s, h.chargingProfiles)
}
