package ocpp201_test

import (
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp201"
)

func ExampleTransactionEventRequest() {
	const payload = `{"eventType":"Updated","timestamp":"2026-11-22T10:15:30+01:00","triggerReason":"MeterValuePeriodic",
		"seqNo":12,"transactionInfo":{"transactionId":"c2a1","chargingState":"Charging"},"evse":{"id":1},
		"meterValue":[{"timestamp":"2026-11-22T10:15:30Z","sampledValue":[{"value":22.20}]}],
		"customData":{"vendorId":"com.example","lamp":"green"}}`
	var ev ocpp201.TransactionEventRequest
	if err := ocpp.Unmarshal([]byte(payload), &ev, ocpp.DecodeOptions{}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(ev.EventType, ev.Timestamp, ev.TransactionInfo.ChargingState, ev.Offline.Or(false))
	fmt.Println(ev.EVSE.ID, ev.EVSE.ConnectorID.Or(0), ev.MeterValue[0].SampledValue[0].Value)
	fmt.Println(string(ev.CustomData.Raw))
	// Output:
	// Updated 2026-11-22T09:15:30Z Charging false
	// 1 0 22.20
	// {"vendorId":"com.example","lamp":"green"}
}

// Decoding names the place and the rule that the message breaks.
func ExampleBootNotificationRequest() {
	var req ocpp201.BootNotificationRequest
	err := ocpp.Unmarshal([]byte(`{"reason":"PowerUp","chargingStation":{"model":"M1"}}`), &req, ocpp.DecodeOptions{})
	fmt.Println(err)
	// Output:
	// /chargingStation/vendorName: is missing
}
