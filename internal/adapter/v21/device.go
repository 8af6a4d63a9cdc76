package v21

import (
	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// registerDevices adds the handlers of what stations say about themselves.
func (h handlers) registerDevices(s *csms.Server) {
	csms.Handle(s, h.securityEvent)
	csms.Handle(s, h.firmwareStatus)
	csms.Handle(s, h.publishStatus)
	csms.Handle(s, h.logStatus)
	csms.Handle(s, h.notifyEvent)
	csms.Handle(s, h.notifyMonitoringReport)
	csms.Handle(s, h.notifyReport)
	csms.Handle(s, h.signCertificate)
	csms.Handle(s, h.contractCertificate)
	csms.Handle(s, h.certificateStatus)
	csms.Handle(s, h.certificateChainStatus)
	csms.Handle(s, h.notifyDisplayMessages)
	csms.Handle(s, h.notifyCustomerInformation)
}

// setting names a variable of a component.
func setting(c *ocpp21.Component, v *ocpp21.Variable) fleet.Setting {
	s := fleet.Setting{Component: c.Name, ComponentInstance: c.Instance.Or("")}
	if v != nil {
		s.Variable, s.VariableInstance = v.Name, v.Instance.Or("")
	}
	if c.EVSE != nil {
		s.EVSE, s.Connector = c.EVSE.ID, c.EVSE.ConnectorID.Or(0)
	}
	return s
}
