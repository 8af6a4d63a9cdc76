// Package v21 adapts OCPP 2.1 to package fleet.
package v21

import (
	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
)

// handlers carries what the handlers need.
type handlers struct{ adapter.Backend }

// Register adds the handlers of OCPP 2.1. What has none is answered NotSupported.
func Register(s *csms.Server, b adapter.Backend) {
	h := handlers{b}
	csms.Handle(s, h.boot)
	csms.Handle(s, h.heartbeat)
	csms.Handle(s, h.status)
	csms.Handle(s, h.authorize)
	csms.Handle(s, h.transactionEvent)
	csms.Handle(s, h.meterValues)
	csms.Handle(s, h.dataTransfer)
	h.registerRecords(s)
	h.registerDevices(s)
}
