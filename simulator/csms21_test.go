package simulator_test

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// noted registers a handler that notes the name of the action.
func noted[Q ocpp.StationRequest[R], R any](r *recorder, answer func() *R) {
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q Q) (*R, error) {
		r.note(st, "%s", q.OCPPAction().Name)
		return answer(), nil
	})
}

func handle21(r *recorder) {
	hear(r)
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp21.FirmwareStatusNotificationRequest) (*ocpp21.FirmwareStatusNotificationResponse, error) {
		r.note(st, "firmware %s", q.Status)
		return &ocpp21.FirmwareStatusNotificationResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp21.BootNotificationRequest) (*ocpp21.BootNotificationResponse, error) {
		r.note(st, "boot")
		r.note(st, "boot %s", q.ChargingStation.FirmwareVersion.Or(""))
		return &ocpp21.BootNotificationResponse{Status: ocpp21.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp21.HeartbeatRequest) (*ocpp21.HeartbeatResponse, error) {
		r.note(st, "heartbeat")
		return &ocpp21.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp21.StatusNotificationRequest) (*ocpp21.StatusNotificationResponse, error) {
		r.note(st, "%d %s", q.EVSEID, q.ConnectorStatus)
		return &ocpp21.StatusNotificationResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, _ *csms.Station, _ *ocpp21.AuthorizeRequest) (*ocpp21.AuthorizeResponse, error) {
		status := ocpp21.AuthorizationStatusAccepted
		if r.refused() {
			status = ocpp21.AuthorizationStatusBlocked
		}
		return &ocpp21.AuthorizeResponse{IDTokenInfo: ocpp21.IDTokenInfo{Status: status}}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp21.NotifyReportRequest) (*ocpp21.NotifyReportResponse, error) {
		r.note(st, "report")
		return &ocpp21.NotifyReportResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp21.TransactionEventRequest) (*ocpp21.TransactionEventResponse, error) {
		resp := &ocpp21.TransactionEventResponse{}
		if q.IDToken != nil {
			resp.IDTokenInfo = &ocpp21.IDTokenInfo{Status: ocpp21.AuthorizationStatusAccepted}
		}
		if q.IDToken != nil && q.EventType != ocpp21.TransactionEventEnded {
			r.note(st, "start %d %s", q.EVSE.ID, q.IDToken.IDToken)
			r.note(st, "transaction %s", q.TransactionInfo.TransactionID)
		}
		if q.TransactionInfo.ChargingState != "" {
			r.note(st, "state %s", q.TransactionInfo.ChargingState)
		}
		switch q.EventType {
		case ocpp21.TransactionEventEnded:
			r.note(st, "stop %s %s", q.TransactionInfo.TransactionID, q.TransactionInfo.StoppedReason)
		default:
			if q.TriggerReason != ocpp21.TriggerReasonMeterValuePeriodic {
				break
			}
			r.note(st, "sample %s", q.TransactionInfo.TransactionID)
		}
		return resp, nil
	})
}
