package ocpp21_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// NotifyPeriodicEventStream is a SEND: it is never answered.
func ExampleNotifyPeriodicEventStreamRequest() {
	var msg ocpp.Send = &ocpp21.NotifyPeriodicEventStreamRequest{
		ID:       1,
		Basetime: ocpp.At(time.Date(2026, 11, 22, 10, 15, 30, 0, time.UTC)),
		Data:     []ocpp21.StreamDataElement{{T: ocpp.Dec(5, -1), V: json.RawMessage(`"16.2"`)}},
	}
	payload, err := ocpp.Append(nil, msg, ocpp.Strict)
	fmt.Println(msg.OCPPAction(), string(payload), err)
	// Output:
	// 2.1 NotifyPeriodicEventStream {"data":[{"t":0.5,"v":"16.2"}],"id":1,"pending":0,"basetime":"2026-11-22T10:15:30Z"} <nil>
}

// Decimals are exact: a limit of 22.20 A is sent as 22.20.
func ExampleChargingSchedulePeriod() {
	limit, err := ocpp.ParseDecimal("22.20")
	if err != nil {
		fmt.Println(err)
	}
	p := ocpp21.ChargingSchedulePeriod{StartPeriod: 0, Limit: ocpp.Some(limit), NumberPhases: ocpp.Some(3)}
	fmt.Println(string(p.AppendOCPP(nil)), p.Validate())
	// Output:
	// {"startPeriod":0,"limit":22.20,"numberPhases":3} <nil>
}
