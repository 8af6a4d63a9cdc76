package v201

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

func (h handlers) boot(ctx context.Context, st *csms.Station, req *ocpp201.BootNotificationRequest) (*ocpp201.BootNotificationResponse, error) {
	answer, err := h.Boots(ctx, st.Identity())
	if err != nil {
		return nil, err
	}
	now := time.Now()
	station := req.ChargingStation
	var modem ocpp201.Modem
	if station.Modem != nil {
		modem = *station.Modem
	}
	_, err = h.Submit(ctx, fleet.Booted{
		Station: st.Identity(), Received: now, Version: st.Version().String(),
		Vendor: station.VendorName, Model: station.Model, Serial: station.SerialNumber.Or(""), Firmware: station.FirmwareVersion.Or(""),
		ICCID: modem.ICCID.Or(""), IMSI: modem.IMSI.Or(""),
		Reason: string(req.Reason), Status: answer.Status,
	})
	if err != nil {
		return nil, err
	}
	return &ocpp201.BootNotificationResponse{
		Status: ocpp201.RegistrationStatus(answer.Status), CurrentTime: ocpp.At(now), Interval: answer.Seconds(),
	}, nil
}

// heartbeat touches no store: it is answered also when nothing can be written.
func (h handlers) heartbeat(context.Context, *csms.Station, *ocpp201.HeartbeatRequest) (*ocpp201.HeartbeatResponse, error) {
	return &ocpp201.HeartbeatResponse{CurrentTime: ocpp.At(time.Now())}, nil
}
