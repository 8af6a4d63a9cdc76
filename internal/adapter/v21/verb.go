package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// Instruct makes a request of OCPP 2.1 of a verb, or says why there is none with a *fleet.VerbError. It knows nothing but
// the verb: what the system must find out first is in the verb's fields already.
func Instruct(v fleet.Verb) (adapter.Instruction, error) { //nolint:funlen // a case for each verb and nothing else
	switch v := v.(type) {
	case *fleet.StartRequest:
		return askStart(v)
	case *fleet.StopRequest:
		return askStop(v)
	case *fleet.UnlockRequest:
		return askUnlock(v)
	case *fleet.TransactionStatusRequest:
		return askTransactionStatus(v)
	case *fleet.ResetRequest:
		return askReset(v)
	case *fleet.AvailabilityRequest:
		return askAvailability(v)
	case *fleet.TriggerRequest:
		return askTrigger(v)
	case *fleet.LimitRequest:
		return askLimit(v)
	case *fleet.SetProfileRequest:
		return askInstall(v.Install)
	case *fleet.ClearProfilesRequest:
		return askClearProfiles(v)
	case *fleet.CompositeRequest:
		return askComposite(v)
	case *fleet.GetProfilesRequest:
		return askProfiles(v)
	case *fleet.UpdateScheduleRequest:
		return askUpdateSchedule(v)
	case *fleet.SetDERRequest:
		return askSetDER(v)
	case *fleet.GetDERRequest:
		return askDER(v)
	case *fleet.ClearDERRequest:
		return askClearDER(v)
	case *fleet.ReserveRequest:
		return askReserve(v)
	case *fleet.CancelReservationRequest:
		return askCancelReservation(v)
	case *fleet.ClearCacheRequest:
		return askClearCache()
	case *fleet.GetVariablesRequest:
		return askGetVariables(v)
	case *fleet.SetVariablesRequest:
		return askSetVariables(v)
	case *fleet.RotateKeyRequest:
		return askSetVariables(v.Setting("SecurityCtrlr", "BasicAuthPassword"))
	case *fleet.ReportBaseRequest:
		return askReportBase(v)
	case *fleet.ReportCustomRequest:
		return askReportCustom(v)
	case *fleet.SetMonitorsRequest:
		return askSetMonitors(v)
	case *fleet.ClearMonitorsRequest:
		return askClearMonitors(v)
	case *fleet.ReportMonitorsRequest:
		return askReportMonitors(v)
	case *fleet.MonitoringBaseRequest:
		return askMonitoringBase(v)
	case *fleet.MonitoringLevelRequest:
		return askMonitoringLevel(v)
	case *fleet.SetDisplayMessageRequest:
		return askSetDisplayMessage(v)
	case *fleet.GetDisplayMessagesRequest:
		return askGetDisplayMessages(v)
	case *fleet.ClearDisplayMessageRequest:
		return askClearDisplayMessage(v)
	case *fleet.InstallCertificateRequest:
		return askInstallCertificate(v)
	case *fleet.DeleteCertificateRequest:
		return askDeleteCertificate(v)
	case *fleet.ListCertificatesRequest:
		return askListCertificates(v)
	case *fleet.CustomerInformationRequest:
		return askCustomerInformation(v)
	case *fleet.SetNetworkProfileRequest:
		return askSetNetworkProfile(v)
	case *fleet.LocalListVersionRequest:
		return askLocalListVersion()
	case *fleet.SendLocalListRequest:
		return askSendLocalList(v)
	case *fleet.UpdateFirmwareRequest:
		return askUpdateFirmware(v)
	case *fleet.GetLogRequest:
		return askGetLog(v)
	case *fleet.DataTransferRequest:
		return askData(v)
	case *fleet.PublishFirmwareRequest:
		return askPublishFirmware(v)
	case *fleet.UnpublishFirmwareRequest:
		return askUnpublishFirmware(v)
	case *fleet.CostUpdatedRequest:
		return askShowCost(v)
	case *fleet.SetDefaultTariffRequest:
		return askSetDefaultTariff(v)
	case *fleet.GetTariffsRequest:
		return askGetTariffs(v)
	case *fleet.ClearTariffsRequest:
		return askClearTariffs(v)
	case *fleet.ChangeTariffRequest:
		return askChangeTariff(v)
	case *fleet.AllowEnergyTransferRequest:
		return askAllowEnergyTransfer(v)
	case *fleet.PriorityChargingRequest:
		return askPriorityCharging(v)
	case *fleet.AFRRSignalRequest:
		return askAFRRSignal(v)
	case *fleet.BatterySwapRequest:
		return askBatterySwap(v)
	case *fleet.WebPaymentRequest:
		return askWebPayment(v)
	case *fleet.EventStreamsRequest:
		return askEventStreams()
	case *fleet.AdjustEventStreamRequest:
		return askAdjustEventStream(v)
	}
	return nil, adapter.NoVerb(v, "2.1")
}

// place returns an EVSE with or without a connector, nil for the whole station.
func place(evse, connector int) *ocpp21.EVSE {
	if evse == 0 {
		return nil
	}
	return &ocpp21.EVSE{ID: evse, ConnectorID: adapter.OptInt(connector)}
}
