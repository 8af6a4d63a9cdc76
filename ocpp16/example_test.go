package ocpp16_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

func ExampleMeterValuesRequest() {
	req := &ocpp16.MeterValuesRequest{
		ConnectorID:   1,
		TransactionID: ocpp.Some(int64(1042317)),
		MeterValue: []ocpp16.MeterValue{{
			Timestamp: ocpp.At(time.Date(2026, 11, 22, 10, 15, 30, 0, time.UTC)),
			SampledValue: []ocpp16.SampledValue{
				{Value: "230.1", Measurand: ocpp16.MeasurandVoltage, Unit: ocpp16.UnitOfMeasureV},
			},
		}},
	}
	fmt.Println(string(req.AppendOCPP(nil)))
	if id, ok := req.TransactionID.Get(); ok {
		fmt.Println("transaction", id)
	}
	// Output:
	// {"connectorId":1,"meterValue":[{"timestamp":"2026-11-22T10:15:30Z","sampledValue":[{"value":"230.1","measurand":"Voltage","unit":"V"}]}],"transactionId":1042317}
	// transaction 1042317
}

// A message is checked against its schema before it is sent. The error says where it breaks which rule.
func ExampleBootNotificationRequest_Validate() {
	req := &ocpp16.BootNotificationRequest{
		ChargePointVendor: "A vendor with more than 20 letters",
		ChargePointModel:  "M1",
	}
	var bad *ocpp.ValidationError
	if err := req.Validate(); errors.As(err, &bad) {
		fmt.Println(bad.Pointer, bad.Rule, bad.Code().For(ocpp.V16))
	}
	// Output:
	// /chargePointVendor length PropertyConstraintViolation
}

// Messages can be stored with encoding/json. Reading them is tolerant wherever a value can be kept.
func ExampleResetRequest_UnmarshalJSON() {
	var req ocpp16.ResetRequest
	err := json.Unmarshal([]byte(`{"type":"Warm","since":2027}`), &req)
	fmt.Println(req.Type, req.Type.Known(), err)
	// Output:
	// Warm false <nil>
}

// The table of the version knows every action.
func ExampleProtocol() {
	a, ok := ocpp16.Protocol.Action("Reset")
	fmt.Println(a.Name, ok, "sent by", a.SentBy, fmt.Sprintf("%T", a.NewRequest()))
	_, ok = ocpp16.Protocol.Action("reset")
	fmt.Println(ok)
	// Output:
	// Reset true sent by CSMS *ocpp16.ResetRequest
	// false
}
