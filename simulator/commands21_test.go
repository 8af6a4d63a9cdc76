package simulator_test

import (
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// nothing is an empty answer.
func nothing[R any]() *R { return new(R) }

// hear notes the messages that stations send in the follow of a command.
func hear(r *recorder) {
	noted[*ocpp21.NotifyMonitoringReportRequest](r, nothing[ocpp21.NotifyMonitoringReportResponse])
	noted[*ocpp21.NotifyDisplayMessagesRequest](r, nothing[ocpp21.NotifyDisplayMessagesResponse])
	noted[*ocpp21.NotifyCustomerInformationRequest](r, nothing[ocpp21.NotifyCustomerInformationResponse])
	noted[*ocpp21.ReportChargingProfilesRequest](r, nothing[ocpp21.ReportChargingProfilesResponse])
	noted[*ocpp21.ReservationStatusUpdateRequest](r, nothing[ocpp21.ReservationStatusUpdateResponse])
	noted[*ocpp21.LogStatusNotificationRequest](r, nothing[ocpp21.LogStatusNotificationResponse])
	noted[*ocpp21.SecurityEventNotificationRequest](r, nothing[ocpp21.SecurityEventNotificationResponse])
	noted[*ocpp21.PublishFirmwareStatusNotificationRequest](r, nothing[ocpp21.PublishFirmwareStatusNotificationResponse])
	noted[*ocpp21.BatterySwapRequest](r, nothing[ocpp21.BatterySwapResponse])
	noted[*ocpp21.MeterValuesRequest](r, nothing[ocpp21.MeterValuesResponse])
	noted[*ocpp21.NotifyDERStartStopRequest](r, nothing[ocpp21.NotifyDERStartStopResponse])
	noted[*ocpp21.ReportDERControlRequest](r, nothing[ocpp21.ReportDERControlResponse])
}

func TestReportsOf21ComeAfterTheirAnswers(t *testing.T) {
	commanded(t, ocpp.V21, func(t *testing.T, r *recorder, st *csms.Station) {
		comm, heartbeat := ocpp21.Component{Name: "OCPPCommCtrlr"}, ocpp21.Variable{Name: "HeartbeatInterval"}
		monitor := ocpp21.SetMonitoringData{Value: ocpp.Dec(100, 0), Type: ocpp21.MonitorTypeUpperThreshold, Severity: 5, Component: comm, Variable: heartbeat}
		set := ask(t, st, &ocpp21.SetVariableMonitoringRequest{SetMonitoringData: []ocpp21.SetMonitoringData{monitor, monitor}}).SetMonitoringResult
		is(t, "monitor", set[0].Status, ocpp21.SetMonitoringStatusAccepted)
		is(t, "the same monitor", set[1].Status, ocpp21.SetMonitoringStatusDuplicate)
		is(t, "monitoring report", ask(t, st, &ocpp21.GetMonitoringReportRequest{RequestID: 1}).Status, ocpp21.GenericDeviceModelStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "NotifyMonitoringReport")
		is(t, "clear", ask(t, st, &ocpp21.ClearVariableMonitoringRequest{ID: []int{set[0].ID.Or(0)}}).ClearMonitoringResult[0].Status, ocpp21.ClearMonitoringStatusAccepted)
		is(t, "empty report", ask(t, st, &ocpp21.GetMonitoringReportRequest{RequestID: 2}).Status, ocpp21.GenericDeviceModelStatusEmptyResultSet)

		message := ocpp21.MessageInfo{ID: 7, Priority: ocpp21.MessagePriorityNormalCycle, Message: ocpp21.MessageContent{Format: ocpp21.MessageFormatUTF8, Content: "Hello"}}
		is(t, "no message", ask(t, st, &ocpp21.GetDisplayMessagesRequest{RequestID: 3}).Status, ocpp21.GetDisplayMessagesStatusUnknown)
		is(t, "message", ask(t, st, &ocpp21.SetDisplayMessageRequest{Message: message}).Status, ocpp21.DisplayMessageStatusAccepted)
		message.TransactionID = ocpp.Some("nothing")
		is(t, "message for nothing", ask(t, st, &ocpp21.SetDisplayMessageRequest{Message: message}).Status, ocpp21.DisplayMessageStatusUnknownTransaction)
		is(t, "messages", ask(t, st, &ocpp21.GetDisplayMessagesRequest{RequestID: 4}).Status, ocpp21.GetDisplayMessagesStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "NotifyDisplayMessages")
		is(t, "clear message", ask(t, st, &ocpp21.ClearDisplayMessageRequest{ID: 7}).Status, ocpp21.ClearMessageStatusAccepted)
		is(t, "clear it again", ask(t, st, &ocpp21.ClearDisplayMessageRequest{ID: 7}).Status, ocpp21.ClearMessageStatusUnknown)

		is(t, "nobody's information", ask(t, st, &ocpp21.CustomerInformationRequest{RequestID: 5, Report: true}).Status, ocpp21.CustomerInformationStatusInvalid)
		is(t, "information", ask(t, st, &ocpp21.CustomerInformationRequest{RequestID: 5, Report: true, CustomerIdentifier: ocpp.Some("x")}).Status, ocpp21.CustomerInformationStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "NotifyCustomerInformation")
		is(t, "log to nowhere", ask(t, st, &ocpp21.GetLogRequest{RequestID: 6, LogType: ocpp21.LogTypeDiagnosticsLog, Log: ocpp21.LogParameters{RemoteLocation: "ftp://x/"}}).Status, ocpp21.LogStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "LogStatusNotification")
		r.wait(t, "SIM-0001", at, "LogStatusNotification")
	})
}

func TestStateOf21IsKept(t *testing.T) {
	commanded(t, ocpp.V21, func(t *testing.T, r *recorder, st *csms.Station) {
		token := ocpp21.IDToken{IDToken: "A", Type: "ISO14443"}
		reserve := &ocpp21.ReserveNowRequest{ID: 1, ExpiryDateTime: ocpp.At(time.Now().Add(time.Minute)), IDToken: token, EVSEID: ocpp.Some(1)}
		is(t, "reservation", ask(t, st, reserve).Status, ocpp21.ReserveNowStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "1 Reserved")
		other := &ocpp21.RequestStartTransactionRequest{IDToken: ocpp21.IDToken{IDToken: "B", Type: "Central"}, RemoteStartID: 1, EVSEID: ocpp.Some(1)}
		is(t, "a start by another", ask(t, st, other).Status, ocpp21.RequestStartStopStatusRejected)
		at = r.wait(t, "SIM-0001", at, "ReservationStatusUpdate") // H04.FR.01
		r.wait(t, "SIM-0001", at, "1 Available")
		is(t, "cancel what is gone", ask(t, st, &ocpp21.CancelReservationRequest{ReservationID: 1}).Status, ocpp21.CancelReservationStatusRejected)

		list := &ocpp21.SendLocalListRequest{VersionNumber: 3, UpdateType: ocpp21.UpdateTypeFull, LocalAuthorizationList: []ocpp21.AuthorizationData{
			{IDToken: token, IDTokenInfo: &ocpp21.IDTokenInfo{Status: ocpp21.AuthorizationStatusAccepted}}}}
		is(t, "list", ask(t, st, list).Status, ocpp21.SendLocalListStatusAccepted)
		is(t, "version", ask(t, st, &ocpp21.GetLocalListVersionRequest{}).VersionNumber, 3)
		list.UpdateType = ocpp21.UpdateTypeDifferential
		is(t, "the same version", ask(t, st, list).Status, ocpp21.SendLocalListStatusVersionMismatch)

		der := &ocpp21.ClearDERControlRequest{ControlID: ocpp.Some("x")}
		is(t, "DER control", ask(t, st, der).Status, ocpp21.DERControlStatusNotFound)
		is(t, "tariffs", ask(t, st, &ocpp21.GetTariffsRequest{}).Status, ocpp21.TariffGetStatusNoTariff)
		is(t, "data", ask(t, st, &ocpp21.DataTransferRequest{VendorID: "nobody"}).Status, ocpp21.DataTransferStatusUnknownVendorID)
		is(t, "boot trigger", ask(t, st, &ocpp21.TriggerMessageRequest{RequestedMessage: ocpp21.MessageTriggerBootNotification}).Status, ocpp21.TriggerMessageStatusRejected)
		is(t, "swap", ask(t, st, &ocpp21.RequestBatterySwapRequest{RequestID: 4, IDToken: token}).Status, ocpp21.GenericStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "BatterySwap")
		r.wait(t, "SIM-0001", at, "BatterySwap")
	})
}

func TestProfilesOf21AreObeyedAndReported(t *testing.T) {
	commanded(t, ocpp.V21, func(t *testing.T, r *recorder, st *csms.Station) {
		profile := ocpp21.ChargingProfile{
			ID: 1, ChargingProfilePurpose: ocpp21.ChargingProfilePurposeTxDefaultProfile, ChargingProfileKind: ocpp21.ChargingProfileKindRelative,
			ChargingSchedule: []ocpp21.ChargingSchedule{{ID: 1, ChargingRateUnit: ocpp21.ChargingRateUnitW,
				ChargingSchedulePeriod: []ocpp21.ChargingSchedulePeriod{{Limit: ocpp.Some(ocpp.Dec(0, 0))}}}},
		}
		is(t, "profile", ask(t, st, &ocpp21.SetChargingProfileRequest{EVSEID: 1, ChargingProfile: profile}).Status, ocpp21.ChargingProfileStatusAccepted)
		is(t, "profile for nowhere", ask(t, st, &ocpp21.SetChargingProfileRequest{EVSEID: 9, ChargingProfile: profile}).Status, ocpp21.ChargingProfileStatusRejected)
		is(t, "profiles", ask(t, st, &ocpp21.GetChargingProfilesRequest{RequestID: 1}).Status, ocpp21.GetChargingProfileStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "ReportChargingProfiles")
		c := ask(t, st, &ocpp21.GetCompositeScheduleRequest{EVSEID: 1, Duration: 60})
		is(t, "composite", c.Schedule.ChargingSchedulePeriod[0].Limit.Or(ocpp.Dec(1, 0)).Float64(), 0)

		start := &ocpp21.RequestStartTransactionRequest{IDToken: ocpp21.IDToken{IDToken: "A", Type: "Central"}, RemoteStartID: 1, EVSEID: ocpp.Some(1)}
		is(t, "start", ask(t, st, start).Status, ocpp21.RequestStartStopStatusAccepted)
		at = r.wait(t, "SIM-0001", at, "state SuspendedEVSE")
		is(t, "clear", ask(t, st, &ocpp21.ClearChargingProfileRequest{ChargingProfileID: ocpp.Some(1)}).Status, ocpp21.ClearChargingProfileStatusAccepted)
		r.wait(t, "SIM-0001", at, "state Charging")
	})
}

func TestFirmwareOf21IsUpdated(t *testing.T) {
	commanded(t, ocpp.V21, func(t *testing.T, r *recorder, st *csms.Station) {
		firmware := func(file string) *ocpp21.UpdateFirmwareRequest {
			return &ocpp21.UpdateFirmwareRequest{RequestID: 1, Firmware: ocpp21.Firmware{Location: "http://x/" + file, RetrieveDateTime: ocpp.At(time.Now())}}
		}
		is(t, "update", ask(t, st, firmware("corrupt.bin")).Status, ocpp21.UpdateFirmwareStatusAccepted)
		at := r.wait(t, "SIM-0001", 0, "firmware DownloadFailed")
		is(t, "update", ask(t, st, firmware("2.0.bin")).Status, ocpp21.UpdateFirmwareStatusAccepted)
		is(t, "another one", ask(t, st, firmware("2.1.bin")).Status, ocpp21.UpdateFirmwareStatusAcceptedCanceled)
		for _, status := range []string{"Downloading", "Downloaded", "Installing", "Installed"} {
			at = r.wait(t, "SIM-0001", at, "firmware "+status)
		}
		r.wait(t, "SIM-0001", at, "boot 2.1")
	})
}
