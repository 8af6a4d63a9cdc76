package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

func (h handlers) boot(ctx context.Context, st *csms.Station, req *ocpp16.BootNotificationRequest) (*ocpp16.BootNotificationResponse, error) {
	answer, err := h.Boots(ctx, st.Identity())
	if err != nil {
		return nil, err
	}
	now := time.Now()
	serial := req.ChargePointSerialNumber.Or(req.ChargeBoxSerialNumber.Or("")) // the latter is deprecated (1.6, 6.3)
	_, err = h.Submit(ctx, fleet.Booted{
		Station: st.Identity(), Received: now, Version: st.Version().String(),
		Vendor: req.ChargePointVendor, Model: req.ChargePointModel, Serial: serial, Firmware: req.FirmwareVersion.Or(""),
		ICCID: req.ICCID.Or(""), IMSI: req.IMSI.Or(""),
		MeterType: req.MeterType.Or(""), MeterSerial: req.MeterSerialNumber.Or(""),
		Status: answer.Status,
	})
	if err != nil {
		return nil, err
	}
	return &ocpp16.BootNotificationResponse{
		Status: ocpp16.RegistrationStatus(answer.Status), CurrentTime: ocpp.At(now), Interval: answer.Seconds(),
	}, nil
}

// heartbeat touches no store: it is answered also when nothing can be written.
func (h handlers) heartbeat(context.Context, *csms.Station, *ocpp16.HeartbeatRequest) (*ocpp16.HeartbeatResponse, error) {
	return &ocpp16.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
}
