// Package v21 adapts OCPP 2.1 to package fleet.
package v21

import (
	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// handlers carries what the handlers need.
type handlers struct{ adapter.Backend }

// Register adds the handlers of OCPP 2.1. What has none is answered NotSupported.
func Register(s *csms.Server, b adapter.Backend) {
	h := handlers{b}
	csms.Handle(s, h.boot)
	csms.Handle(s, h.heartbeat)
	csms.Handle(s, h.status)
	csms.Handle(s, h.notifyEvent)
	csms.Handle(s, h.authorize)
	csms.Handle(s, h.transactionEvent)
	csms.Handle(s, h.meterValues)
	csms.Handle(s, h.dataTransfer)
	h.registerRecords(s)
	adapter.Record[*ocpp21.FirmwareStatusNotificationRequest](s, b)
	adapter.Record[*ocpp21.LogStatusNotificationRequest](s, b)
	adapter.Record[*ocpp21.NotifyCustomerInformationRequest](s, b)
	adapter.Record[*ocpp21.NotifyDisplayMessagesRequest](s, b)
	adapter.Record[*ocpp21.NotifyMonitoringReportRequest](s, b)
	adapter.Record[*ocpp21.NotifyReportRequest](s, b)
	adapter.Record[*ocpp21.PublishFirmwareStatusNotificationRequest](s, b)
	adapter.Record[*ocpp21.SecurityEventNotificationRequest](s, b)
}
