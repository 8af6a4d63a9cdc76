package httpapi

import "github.com/chargeyard/chargeyard/internal/fleet"

// registerDeviceVerbs adds the verbs about how stations are set up.
func (a *api) registerDeviceVerbs() {
	addVerb[fleet.GetVariablesRequest](a)
	addVerb[fleet.SetVariablesRequest](a)
	addVerb[fleet.ReportBaseRequest](a)
	addVerb[fleet.ReportCustomRequest](a)
	addVerb[fleet.SetMonitorsRequest](a)
	addVerb[fleet.ClearMonitorsRequest](a)
	addVerb[fleet.ReportMonitorsRequest](a)
	addVerb[fleet.MonitoringBaseRequest](a)
	addVerb[fleet.MonitoringLevelRequest](a)
	addVerb[fleet.SetDisplayMessageRequest](a)
	addVerb[fleet.GetDisplayMessagesRequest](a)
	addVerb[fleet.ClearDisplayMessageRequest](a)
	addVerb[fleet.InstallCertificateRequest](a)
	addVerb[fleet.DeleteCertificateRequest](a)
	addVerb[fleet.ListCertificatesRequest](a)
	addVerb[fleet.CustomerInformationRequest](a)
	addVerb[fleet.SetNetworkProfileRequest](a)
	addVerb[fleet.RotateKeyRequest](a)
}
