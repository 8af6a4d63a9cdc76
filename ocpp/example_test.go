package ocpp_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

func ExampleUnmarshal() {
	payload := []byte(`{"connectorId":1,"idTag":"04A2B3C4D5E680","meterStart":1387512.0,"timestamp":"2026-11-22 10:15:30"}`)
	var req ocpp16.StartTransactionRequest
	err := ocpp.Unmarshal(payload, &req, ocpp.DecodeOptions{
		Policy:      ocpp.Tolerant,
		OnViolation: func(v ocpp.Violation) { fmt.Println("tolerated:", v) },
	})
	fmt.Println(req.IDTag, req.MeterStart, req.Timestamp, err)

	err = ocpp.Unmarshal(payload, &req, ocpp.DecodeOptions{}) // strict
	if bad, ok := errors.AsType[*ocpp.ValidationError](err); ok {
		fmt.Println("refused:", bad, bad.Code().For(ocpp.V16))
	}
	// Output:
	// tolerated: /meterStart: is an integer that is not written as one
	// tolerated: /timestamp: is not an RFC 3339 date-time
	// 04A2B3C4D5E680 1387512 2026-11-22T10:15:30Z <nil>
	// refused: /meterStart: is an integer that is not written as one TypeConstraintViolation
}

func ExampleAppend() {
	req := &ocpp16.MeterValuesRequest{
		ConnectorID:   1,
		TransactionID: ocpp.Some(int64(0)), // there, and zero
		MeterValue: []ocpp16.MeterValue{{
			Timestamp:    ocpp.At(time.Date(2026, 11, 22, 10, 15, 30, 0, time.UTC)),
			SampledValue: []ocpp16.SampledValue{{Value: "230.1", Measurand: ocpp16.MeasurandVoltage}},
		}},
	}
	b, err := ocpp.Append(nil, req, ocpp.Strict)
	fmt.Println(string(b), err)

	req.MeterValue[0].SampledValue[0].Measurand = "Pressure"
	_, err = ocpp.Append(nil, req, ocpp.Strict)
	fmt.Println(err)
	// Output:
	// {"connectorId":1,"meterValue":[{"timestamp":"2026-11-22T10:15:30Z","sampledValue":[{"value":"230.1","measurand":"Voltage"}]}],"transactionId":0} <nil>
	// /meterValue/0/sampledValue/0/measurand: is not a value of the enumeration
}

func ExampleDecimal() {
	x, err := ocpp.ParseDecimal("22.20")
	fmt.Println(x, x.Coef, x.Exp, x.Cmp(ocpp.Dec(222, -1)), err)
	// Output: 22.20 2220 -2 0 <nil>
}

func ExampleParseTime() {
	t, err := ocpp.ParseTime("2026-11-22T13:15:30.1239+0300")
	fmt.Println(t, err)
	// Output: 2026-11-22T10:15:30.123Z <nil>
}

func ExampleNewCustomData() {
	c, err := ocpp.NewCustomData("com.example", map[string]int{"lane": 4})
	fmt.Println(string(c.Raw), err)
	var data struct{ Lane int }
	err = c.Into(&data)
	fmt.Println(data.Lane, err)
	// Output:
	// {"lane":4,"vendorId":"com.example"} <nil>
	// 4 <nil>
}

func ExampleOpt() {
	var limit ocpp.Opt[int]
	fmt.Println(limit.IsZero(), limit.Or(32), limit)
	limit = ocpp.Some(0)
	n, ok := limit.Get()
	fmt.Println(n, ok)
	// Output:
	// true 32 absent
	// 0 true
}
