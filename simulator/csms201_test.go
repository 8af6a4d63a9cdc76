package simulator_test

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

func handle201(r *recorder) {
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
		r.note(st, "boot")
		return &ocpp201.BootNotificationResponse{Status: ocpp201.RegistrationStatusAccepted, CurrentTime: ocpp.At(time.Now()), Interval: 300}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp201.HeartbeatRequest) (*ocpp201.HeartbeatResponse, error) {
		r.note(st, "heartbeat")
		return &ocpp201.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp201.StatusNotificationRequest) (*ocpp201.StatusNotificationResponse, error) {
		r.note(st, "%d %s", q.EVSEID, q.ConnectorStatus)
		return &ocpp201.StatusNotificationResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, _ *csms.Station, _ *ocpp201.AuthorizeRequest) (*ocpp201.AuthorizeResponse, error) {
		status := ocpp201.AuthorizationStatusAccepted
		if r.refused() {
			status = ocpp201.AuthorizationStatusBlocked
		}
		return &ocpp201.AuthorizeResponse{IDTokenInfo: ocpp201.IDTokenInfo{Status: status}}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, _ *ocpp201.NotifyReportRequest) (*ocpp201.NotifyReportResponse, error) {
		r.note(st, "report")
		return &ocpp201.NotifyReportResponse{}, nil
	})
	csms.Handle(r.srv, func(_ context.Context, st *csms.Station, q *ocpp201.TransactionEventRequest) (*ocpp201.TransactionEventResponse, error) {
		resp := &ocpp201.TransactionEventResponse{}
		if q.IDToken != nil {
			resp.IDTokenInfo = &ocpp201.IDTokenInfo{Status: ocpp201.AuthorizationStatusAccepted}
		}
		if q.IDToken != nil && q.EventType != ocpp201.TransactionEventEnded {
			r.note(st, "start %d %s", q.EVSE.ID, q.IDToken.IDToken)
			r.note(st, "transaction %s", q.TransactionInfo.TransactionID)
		}
		switch q.EventType {
		case ocpp201.TransactionEventEnded:
			r.note(st, "stop %s %s", q.TransactionInfo.TransactionID, q.TransactionInfo.StoppedReason)
		default:
			if q.TriggerReason != ocpp201.TriggerReasonMeterValuePeriodic {
				break
			}
			r.note(st, "sample %s", q.TransactionInfo.TransactionID)
		}
		return resp, nil
	})
}
