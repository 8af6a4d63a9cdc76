package v16

import "github.com/chargeyard/chargeyard/csms"

// registerDevices adds the handlers of what stations say about themselves.
func (h handlers) registerDevices(s *csms.Server) {
	csms.Handle(s, h.securityEvent)
	csms.Handle(s, h.firmwareStatus)
	csms.Handle(s, h.signedFirmwareStatus)
	csms.Handle(s, h.diagnosticsStatus)
	csms.Handle(s, h.logStatus)
	csms.Handle(s, h.signCertificate)
}
