package simulator

import (
	"github.com/chargeyard/chargeyard/ocpp201"
)

// listen2 registers the handlers of everything that a CSMS may ask in OCPP 2.x.
func listen2(s *Station) {
	both[*ocpp201.RequestStartTransactionRequest](s, s.requestStart2)
	both[*ocpp201.RequestStopTransactionRequest](s, s.requestStop2)
	both[*ocpp201.GetTransactionStatusRequest](s, s.transactionStatus2)
	both[*ocpp201.UnlockConnectorRequest](s, s.unlock2)
	both[*ocpp201.ReserveNowRequest](s, s.reserveNow2)
	both[*ocpp201.CancelReservationRequest](s, s.cancelReservation2)
	both[*ocpp201.ChangeAvailabilityRequest](s, s.changeAvailability2)
	both[*ocpp201.ResetRequest](s, s.reset2)
	both[*ocpp201.TriggerMessageRequest](s, s.triggerMessage2)
	both[*ocpp201.ClearCacheRequest](s, s.clearCache2)
	both[*ocpp201.GetLocalListVersionRequest](s, s.localListVersion2)
	both[*ocpp201.SendLocalListRequest](s, s.sendLocalList2)
	both[*ocpp201.DataTransferRequest](s, s.dataTransfer2)
	listenProfiles2(s)
	listenDevice2(s)
	listenUpkeep2(s)
	listenKept2(s)
	listen21(s)
}

func listenProfiles2(s *Station) {
	both[*ocpp201.SetChargingProfileRequest](s, s.setChargingProfile2)
	both[*ocpp201.ClearChargingProfileRequest](s, s.clearChargingProfile2)
	both[*ocpp201.GetChargingProfilesRequest](s, s.getChargingProfiles2)
	both[*ocpp201.GetCompositeScheduleRequest](s, s.compositeSchedule2)
}

func listenDevice2(s *Station) {
	both[*ocpp201.GetVariablesRequest](s, s.getVariables2)
	both[*ocpp201.SetVariablesRequest](s, s.setVariables2)
	both[*ocpp201.GetBaseReportRequest](s, s.getBaseReport2)
	both[*ocpp201.GetReportRequest](s, s.getReport2)
	both[*ocpp201.SetNetworkProfileRequest](s, s.setNetworkProfile2)
	both[*ocpp201.SetVariableMonitoringRequest](s, s.setMonitoring2)
	both[*ocpp201.ClearVariableMonitoringRequest](s, s.clearMonitoring2)
	both[*ocpp201.GetMonitoringReportRequest](s, s.getMonitoringReport2)
	both[*ocpp201.SetMonitoringBaseRequest](s, s.setMonitoringBase2)
	both[*ocpp201.SetMonitoringLevelRequest](s, s.setMonitoringLevel2)
}

func listenUpkeep2(s *Station) {
	both[*ocpp201.UpdateFirmwareRequest](s, s.updateFirmware2)
	both[*ocpp201.PublishFirmwareRequest](s, s.publishFirmware2)
	both[*ocpp201.UnpublishFirmwareRequest](s, s.unpublishFirmware2)
	both[*ocpp201.GetLogRequest](s, s.getLog2)
	both[*ocpp201.CertificateSignedRequest](s, s.certificateSigned2)
	both[*ocpp201.InstallCertificateRequest](s, s.installCertificate2)
	both[*ocpp201.DeleteCertificateRequest](s, s.deleteCertificate2)
	both[*ocpp201.GetInstalledCertificateIdsRequest](s, s.installedCertificates2)
	both[*ocpp201.CustomerInformationRequest](s, s.customerInformation2)
}

func listenKept2(s *Station) {
	both[*ocpp201.SetDisplayMessageRequest](s, s.setDisplayMessage2)
	both[*ocpp201.GetDisplayMessagesRequest](s, s.getDisplayMessages2)
	both[*ocpp201.ClearDisplayMessageRequest](s, s.clearDisplayMessage2)
	both[*ocpp201.CostUpdatedRequest](s, s.costUpdated2)
}

// listen21 registers what only OCPP 2.1 has.
func listen21(s *Station) {
	only21(s, s.updateDynamicSchedule21)
	only21(s, s.usePriorityCharging21)
	only21(s, s.allowedEnergyTransfer21)
	only21(s, s.afrrSignal21)
	only21(s, s.adjustStream21)
	only21(s, s.getStreams21)
	only21(s, s.setDefaultTariff21)
	only21(s, s.getTariffs21)
	only21(s, s.clearTariffs21)
	only21(s, s.changeTariff21)
	only21(s, s.setDERControl21)
	only21(s, s.getDERControl21)
	only21(s, s.clearDERControl21)
	only21(s, s.requestBatterySwap21)
	only21(s, s.webPaymentStarted21)
}
