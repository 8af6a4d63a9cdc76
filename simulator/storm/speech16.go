package storm

import (
	"context"
	"strconv"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

type speech16 struct{}

func (speech16) boot() any {
	return &ocpp16.BootNotificationRequest{ChargePointVendor: "Chargeyard", ChargePointModel: "Storm library"}
}

func (speech16) listen(c *station.Client) {
	station.Handle(c, func(context.Context, *ocpp16.GetLocalListVersionRequest) (*ocpp16.GetLocalListVersionResponse, error) {
		return &ocpp16.GetLocalListVersionResponse{}, nil
	})
}

func (speech16) heartbeat(ctx context.Context, c *station.Client) error {
	_, err := station.Call(ctx, c, &ocpp16.HeartbeatRequest{})
	return err
}

func (speech16) enqueue(c *station.Client, tx string, step int, done func(error)) error {
	now := ocpp.At(time.Now())
	switch step {
	case 0:
		return station.Enqueue(c, &ocpp16.StartTransactionRequest{ConnectorID: 1, IDTag: "STORM", MeterStart: meter(step), Timestamp: now}, tx,
			func(_ *ocpp16.StartTransactionResponse, err error) { done(err) })
	case transactionSteps - 1:
		return station.Enqueue(c, &ocpp16.StopTransactionRequest{MeterStop: meter(step), Timestamp: now, Reason: ocpp16.ReasonLocal}, tx,
			func(_ *ocpp16.StopTransactionResponse, err error) { done(err) })
	}
	sampled := []ocpp16.SampledValue{{Value: strconv.FormatInt(meter(step), 10)}}
	return station.Enqueue(c, &ocpp16.MeterValuesRequest{ConnectorID: 1, TransactionID: ocpp.Some[int64](0), MeterValue: []ocpp16.MeterValue{{Timestamp: now, SampledValue: sampled}}}, tx,
		func(_ *ocpp16.MeterValuesResponse, err error) { done(err) })
}
