package storm

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

type speech21 struct{}

func (speech21) boot() any {
	return &ocpp21.BootNotificationRequest{
		Reason: ocpp21.BootReasonPowerUp, ChargingStation: ocpp21.ChargingStation{VendorName: "Chargeyard", Model: "Storm library"},
	}
}

func (speech21) listen(c *station.Client) {
	station.Handle(c, func(context.Context, *ocpp21.GetLocalListVersionRequest) (*ocpp21.GetLocalListVersionResponse, error) {
		return &ocpp21.GetLocalListVersionResponse{}, nil
	})
}

func (speech21) heartbeat(ctx context.Context, c *station.Client) error {
	_, err := station.Call(ctx, c, &ocpp21.HeartbeatRequest{})
	return err
}

func (speech21) enqueue(c *station.Client, tx string, step int, done func(error)) error {
	e := &ocpp21.TransactionEventRequest{
		EventType: ocpp21.TransactionEventUpdated, TriggerReason: ocpp21.TriggerReasonMeterValuePeriodic, Timestamp: ocpp.At(time.Now()),
		SeqNo: step, TransactionInfo: ocpp21.Transaction{TransactionID: transactionID(tx)}, EVSE: &ocpp21.EVSE{ID: 1, ConnectorID: ocpp.Some(1)},
		MeterValue: []ocpp21.MeterValue{{Timestamp: ocpp.At(time.Now()), SampledValue: []ocpp21.SampledValue{{Value: ocpp.Dec(meter(step), 0)}}}},
	}
	switch step {
	case 0:
		e.EventType, e.TriggerReason = ocpp21.TransactionEventStarted, ocpp21.TriggerReasonCablePluggedIn
	case transactionSteps - 1:
		e.EventType, e.TriggerReason = ocpp21.TransactionEventEnded, ocpp21.TriggerReasonEVDeparted
	}
	return station.Enqueue(c, e, tx, func(_ *ocpp21.TransactionEventResponse, err error) { done(err) })
}
