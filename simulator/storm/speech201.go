package storm

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

type speech201 struct{}

func (speech201) boot() any {
	return &ocpp201.BootNotificationRequest{
		Reason: ocpp201.BootReasonPowerUp, ChargingStation: ocpp201.ChargingStation{VendorName: "Chargeyard", Model: "Storm library"},
	}
}

func (speech201) listen(c *station.Client) {
	station.Handle(c, func(context.Context, *ocpp201.GetLocalListVersionRequest) (*ocpp201.GetLocalListVersionResponse, error) {
		return &ocpp201.GetLocalListVersionResponse{}, nil
	})
}

func (speech201) heartbeat(ctx context.Context, c *station.Client) error {
	_, err := station.Call(ctx, c, &ocpp201.HeartbeatRequest{})
	return err
}

func (speech201) enqueue(c *station.Client, tx string, step int, done func(error)) error {
	e := &ocpp201.TransactionEventRequest{
		EventType: ocpp201.TransactionEventUpdated, TriggerReason: ocpp201.TriggerReasonMeterValuePeriodic, Timestamp: ocpp.At(time.Now()),
		SeqNo: step, TransactionInfo: ocpp201.Transaction{TransactionID: transactionID(tx)}, EVSE: &ocpp201.EVSE{ID: 1, ConnectorID: ocpp.Some(1)},
		MeterValue: []ocpp201.MeterValue{{Timestamp: ocpp.At(time.Now()), SampledValue: []ocpp201.SampledValue{{Value: ocpp.Dec(meter(step), 0)}}}},
	}
	switch step {
	case 0:
		e.EventType, e.TriggerReason = ocpp201.TransactionEventStarted, ocpp201.TriggerReasonCablePluggedIn
	case transactionSteps - 1:
		e.EventType, e.TriggerReason = ocpp201.TransactionEventEnded, ocpp201.TriggerReasonEVDeparted
	}
	return station.Enqueue(c, e, tx, func(_ *ocpp201.TransactionEventResponse, err error) { done(err) })
}

// transactionID makes an id of at most 36 characters of a key.
func transactionID(tx string) string { return tx[max(0, len(tx)-36):] }
