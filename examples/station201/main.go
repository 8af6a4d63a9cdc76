// A charging station for OCPP 2.0.1 in one file: it boots, reports its connector, goes through one charging session, answers
// what the CSMS asks, and leaves. Run examples/csms201 first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/station"
)

func main() {
	url := flag.String("url", "ws://127.0.0.1:8887/ocpp", "endpoint of the CSMS")
	identity := flag.String("identity", "EXAMPLE-201", "identity of the station")
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
		Protocols: []*ocpp.Protocol{ocpp201.Protocol},
		URL:       url,
		Boot: func(ocpp.Version) any {
			return &ocpp201.BootNotificationRequest{
				Reason:          ocpp201.BootReasonPowerUp,
				ChargingStation: ocpp201.ChargingStation{VendorName: "Example", Model: "One"},
			}
		},
	})
	if err != nil {
		return err
	}
	station.Handle(st, func(_ context.Context, req *ocpp201.GetVariablesRequest) (*ocpp201.GetVariablesResponse, error) {
		defer func() { asked <- struct{}{} }()
		resp := &ocpp201.GetVariablesResponse{}
		for _, d := range req.GetVariableData {
			resp.GetVariableResult = append(resp.GetVariableResult, ocpp201.GetVariableResult{
				AttributeStatus: ocpp201.GetVariableStatusAccepted, AttributeValue: ocpp.Some("300"),
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
	if _, err := station.Call(ctx, st, &ocpp201.StatusNotificationRequest{
		Timestamp: ocpp.At(time.Now()), ConnectorStatus: ocpp201.ConnectorStatusOccupied, EVSEID: 1, ConnectorID: 1,
	}); err != nil {
		return err
	}
	event := func(seqNo int, kind ocpp201.TransactionEvent, trigger ocpp201.TriggerReason, wh int64) *ocpp201.TransactionEventRequest {
		return &ocpp201.TransactionEventRequest{
			EventType: kind, TriggerReason: trigger, SeqNo: seqNo, Timestamp: ocpp.At(time.Now()),
			TransactionInfo: ocpp201.Transaction{TransactionID: "session-1"},
			EVSE:            &ocpp201.EVSE{ID: 1, ConnectorID: ocpp.Some(1)},
			IDToken:         &ocpp201.IDToken{IDToken: "CAFE01", Type: ocpp201.IDTokenTypeISO14443},
			MeterValue: []ocpp201.MeterValue{{
				Timestamp:    ocpp.At(time.Now()),
				SampledValue: []ocpp201.SampledValue{{Value: ocpp.Dec(wh, 0)}},
			}},
		}
	}
	delivered := make(chan error, 1)
	if err := errors.Join(
		station.Enqueue(st, event(0, ocpp201.TransactionEventStarted, ocpp201.TriggerReasonAuthorized, 1000), "", nil),
		station.Enqueue(st, event(1, ocpp201.TransactionEventUpdated, ocpp201.TriggerReasonMeterValuePeriodic, 1500), "", nil),
		station.Enqueue(st, event(2, ocpp201.TransactionEventEnded, ocpp201.TriggerReasonStopAuthorized, 2000), "",
			func(_ *ocpp201.TransactionEventResponse, err error) { delivered <- err }),
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
