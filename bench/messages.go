package main

// What a station sends behind the type and the id of a CALL (OCPP 1.6).
const (
	bootNotification = `"BootNotification",{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger",` +
		`"chargePointSerialNumber":"gp.001.13.1","firmwareVersion":"0.9.87"}]`

	heartbeat = `"Heartbeat",{}]`

	meterValues = `"MeterValues",{"connectorId":1,"transactionId":1042317,"meterValue":[` +
		`{"timestamp":"2026-11-22T10:15:30.123Z","sampledValue":[` +
		`{"value":"1387512","context":"Sample.Periodic","format":"Raw","measurand":"Energy.Active.Import.Register","location":"Outlet","unit":"Wh"},` +
		`{"value":"7360.5","context":"Sample.Periodic","format":"Raw","measurand":"Power.Active.Import","location":"Outlet","unit":"W"},` +
		`{"value":"16.02","context":"Sample.Periodic","format":"Raw","measurand":"Current.Import","location":"Outlet","unit":"A","phase":"L1"},` +
		`{"value":"230.1","context":"Sample.Periodic","format":"Raw","measurand":"Voltage","location":"Outlet","unit":"V","phase":"L1"},` +
		`{"value":"63","context":"Sample.Periodic","format":"Raw","measurand":"SoC","location":"Outlet","unit":"Percent"},` +
		`{"value":"41.5","context":"Sample.Periodic","format":"Raw","measurand":"Temperature","location":"Outlet","unit":"Celsius"}]}]}]`
)
