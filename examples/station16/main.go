// A charging station for OCPP 1.6 in one file: it boots, reports its connector, goes through one charging session, answers
// what the CSMS asks, and leaves. Run examples/csms16 first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/station"
)

func main() {
	url := flag.String("url", "ws://127.0.0.1:8887/ocpp", "endpoint of the CSMS")
	identity := flag.String("identity", "EXAMPLE-16", "identity of the station")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run(ctx, *url, *identity); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, url, identity string) error {
	asked := make(chan struct{}, 1)
	st, err := station.New(station.Options{
		Identity:  identity,
		Protocols: []*ocpp.Protocol{ocpp16.Protocol},
		URL:       url,
		Boot: func(ocpp.Version) any {
			return &ocpp16.BootNotificationRequest{ChargePointVendor: "Example", ChargePointModel: "One"}
		},
	})
	if err != nil {
		return err
	}
	station.Handle(st, func(_ context.Context, req *ocpp16.GetConfigurationRequest) (*ocpp16.GetConfigurationResponse, error) {
		defer func() { asked <- struct{}{} }()
		resp := &ocpp16.GetConfigurationResponse{}
		for _, key := range req.Key {
			resp.ConfigurationKey = append(resp.ConfigurationKey, ocpp16.KeyValue{Key: key, Value: ocpp.Some("300")})
		}
		return resp, nil
	})

	running := make(chan error, 1)
	go func() { running <- st.Run(ctx) }() // connects, and connects again, until st is closed
	if err := st.WaitAccepted(ctx); err != nil {
		return err
	}
	fmt.Println("the boot is accepted")
	if err := session(ctx, st); err != nil {
		return err
	}
	select {
	case <-asked: // the CSMS wanted to know our heartbeat interval
	case <-ctx.Done():
		return ctx.Err()
	}
	return errors.Join(st.Close(), <-running)
}

// session is what a driver sees. Transaction messages go through the queue: they survive being offline.
func session(ctx context.Context, st *station.Client) error {
	if _, err := station.Call(ctx, st, &ocpp16.StatusNotificationRequest{
		ConnectorID: 1, ErrorCode: ocpp16.ChargePointErrorCodeNoError, Status: ocpp16.ChargePointStatusPreparing,
	}); err != nil {
		return err
	}
	// The id of the transaction comes with the answer to StartTransaction. The queue puts it into the messages that
	// follow under the same key.
	const key = "session-1"
	start := &ocpp16.StartTransactionRequest{ConnectorID: 1, IDTag: "CAFE01", MeterStart: 1000, Timestamp: ocpp.At(time.Now())}
	meter := &ocpp16.MeterValuesRequest{ConnectorID: 1, TransactionID: ocpp.Some(int64(0)), MeterValue: []ocpp16.MeterValue{{
		Timestamp:    ocpp.At(time.Now()),
		SampledValue: []ocpp16.SampledValue{{Value: "1500", Unit: ocpp16.UnitOfMeasureWh}},
	}}}
	stop := &ocpp16.StopTransactionRequest{MeterStop: 2000, Timestamp: ocpp.At(time.Now()), Reason: ocpp16.ReasonLocal}
	delivered := make(chan error, 1)
	if err := errors.Join(
		station.Enqueue(st, start, key, func(r *ocpp16.StartTransactionResponse, err error) {
			if err == nil {
				fmt.Printf("the transaction has the id %d\n", r.TransactionID)
			}
		}),
		station.Enqueue(st, meter, key, nil),
		station.Enqueue(st, stop, key, func(_ *ocpp16.StopTransactionResponse, err error) { delivered <- err }),
	); err != nil {
		return err
	}
	select {
	case err := <-delivered:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	fmt.Println("the session is delivered")
	return nil
}
