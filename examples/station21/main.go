// A charging station for OCPP 2.1 in one file: it boots, reports its connector, goes through one charging session, answers
// what the CSMS asks, and leaves. Run examples/csms21 first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/station"
)

func main() {
	url := flag.String("url", "ws://127.0.0.1:8887/ocpp", "endpoint of the CSMS")
	identity := flag.String("identity", "EXAMPLE-21", "identity of the station")
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
		Protocols: []*ocpp.Protocol{ocpp21.Protocol},
		URL:       url,
		Boot: func(ocpp.Version) any {
			return &ocpp21.BootNotificationRequest{
				Reason:          ocpp21.BootReasonPowerUp,
				ChargingStation: ocpp21.ChargingStation{VendorName: "Example", Model: "One"},
			}
		},
	})
	if err != nil {
		return err
	}
	station.Handle(st, func(_ context.Context, req *ocpp21.GetVariablesRequest) (*ocpp21.GetVariablesResponse, error) {
		defer func() { asked <- struct{}{} }()
		resp := &ocpp21.GetVariablesResponse{}
		for _, d := range req.GetVariableData {
			resp.GetVariableResult = append(resp.GetVariableResult, ocpp21.GetVariableResult{
				AttributeStatus: ocpp21.GetVariableStatusAccepted, AttributeValue: ocpp.Some("300"),
				Component: d.Component, Variable: d.Variable,
			})
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
	if _, err := station.Call(ctx, st, &ocpp21.StatusNotificationRequest{
		Timestamp: ocpp.At(time.Now()), ConnectorStatus: ocpp21.ConnectorStatusOccupied, EVSEID: 1, ConnectorID: 1,
	}); err != nil {
		return err
	}
	event := func(seqNo int, kind ocpp21.TransactionEvent, trigger ocpp21.TriggerReason, wh int64) *ocpp21.TransactionEventRequest {
		return &ocpp21.TransactionEventRequest{
			EventType: kind, TriggerReason: trigger, SeqNo: seqNo, Timestamp: ocpp.At(time.Now()),
			TransactionInfo: ocpp21.Transaction{TransactionID: "session-1"},
			EVSE:            &ocpp21.EVSE{ID: 1, ConnectorID: ocpp.Some(1)},
			IDToken:         &ocpp21.IDToken{IDToken: "CAFE01", Type: "ISO14443"},
			MeterValue: []ocpp21.MeterValue{{
				Timestamp:    ocpp.At(time.Now()),
				SampledValue: []ocpp21.SampledValue{{Value: ocpp.Dec(wh, 0)}},
			}},
		}
	}
	delivered := make(chan error, 1)
	if err := errors.Join(
		station.Enqueue(st, event(0, ocpp21.TransactionEventStarted, ocpp21.TriggerReasonAuthorized, 1000), "", nil),
		station.Enqueue(st, event(1, ocpp21.TransactionEventUpdated, ocpp21.TriggerReasonMeterValuePeriodic, 1500), "", nil),
		station.Enqueue(st, event(2, ocpp21.TransactionEventEnded, ocpp21.TriggerReasonStopAuthorized, 2000), "",
			func(_ *ocpp21.TransactionEventResponse, err error) { delivered <- err }),
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
