package simulator

import "strconv"

// newVariables2 is the device model of OCPP 2.x: the required variables, and those that change what a station does.
func newVariables2(f *Fleet) map[string]*variable {
	v := map[string]*variable{}
	for key, value := range map[string]string{
		"AuthCtrlr.AuthorizeRemoteStart": "false", "AuthCtrlr.LocalPreAuthorize": "false", "AuthCtrlr.LocalAuthorizeOffline": "true",
		"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true", "AuthCacheCtrlr.Enabled": "true", "LocalAuthListCtrlr.Enabled": "true",
		"SampledDataCtrlr.TxUpdatedMeasurands": defaultMeasurands, "SampledDataCtrlr.TxStartedMeasurands": energyRegister,
		"SampledDataCtrlr.TxEndedMeasurands": energyRegister, "AlignedDataCtrlr.Measurands": energyRegister,
		"TxCtrlr.StopTxOnEVSideDisconnect": "true", "TxCtrlr.StopTxOnInvalidId": "true", "SecurityCtrlr.OrganizationName": "Chargeyard",
		"OCPPCommCtrlr.QueueAllMessages": "false", "ClockCtrlr.TimeZone": "UTC", "TariffCostCtrlr.TariffFallbackMessage": "",
		"TariffCostCtrlr.TotalCostFallbackMessage": "", "MonitoringCtrlr.Enabled": "true",
	} {
		v[key] = &variable{value: value}
	}
	for key, value := range map[string]string{
		"OCPPCommCtrlr.HeartbeatInterval": "300", "OCPPCommCtrlr.OfflineThreshold": "60", "OCPPCommCtrlr.ResetRetries": "3",
		"OCPPCommCtrlr.WebSocketPingInterval": f.o.pingDefault(), "OCPPCommCtrlr.RetryBackOffRepeatTimes": "4",
		"OCPPCommCtrlr.RetryBackOffRandomRange": "2", "OCPPCommCtrlr.RetryBackOffWaitMinimum": "2",
		"OCPPCommCtrlr.NetworkProfileConnectionAttempts": "3",
		keys2.attempts:                       strconv.Itoa(messageAttempts),
		keys2.attemptWait:                    strconv.Itoa(messageRetrySeconds),
		"SampledDataCtrlr.TxUpdatedInterval": f.o.sampleDefault(), "SampledDataCtrlr.TxEndedInterval": "0", "AlignedDataCtrlr.Interval": "0",
		"TxCtrlr.EVConnectionTimeOut": "60", "AuthCacheCtrlr.LifeTime": "86400",
	} {
		v[key] = &variable{value: value, numeric: true}
	}
	addFixed2(v, f)
	v["OCPPCommCtrlr.NetworkConfigurationPriority"] = &variable{value: "0", reboot: true}
	v["SecurityCtrlr.BasicAuthPassword"] = &variable{writeOnly: true}
	return v
}

// addFixed2 adds what cannot be changed.
func addFixed2(v map[string]*variable, f *Fleet) {
	h := f.o.kind.Hardware
	for key, value := range map[string]string{
		"ChargingStation.AvailabilityState": "Available", "ChargingStation.Available": "true", "ChargingStation.Model": f.o.kind.model(),
		"ChargingStation.VendorName": vendor, "ChargingStation.SupplyPhases": strconv.Itoa(h.Phases),
		"ClockCtrlr.DateTime": "", "ClockCtrlr.TimeSource": "Heartbeat", "OCPPCommCtrlr.FileTransferProtocols": "HTTP,HTTPS",
		"OCPPCommCtrlr.MessageTimeout[Default]":      "30",
		"DeviceDataCtrlr.ItemsPerMessage[GetReport]": "50", "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": "50",
		"DeviceDataCtrlr.ItemsPerMessage[SetVariables]": "50", "DeviceDataCtrlr.BytesPerMessage[GetVariables]": "65536",
		"DeviceDataCtrlr.BytesPerMessage[SetVariables]": "65536", "DeviceDataCtrlr.BytesPerMessage[GetReport]": "65536",
		"LocalAuthListCtrlr.Entries": "0", "LocalAuthListCtrlr.ItemsPerMessage": "1000", "LocalAuthListCtrlr.BytesPerMessage": "65536",
		"MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]": "50", "MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]": "50",
		"ReservationCtrlr.Available": "true", "ReservationCtrlr.Enabled": "true", "ReservationCtrlr.NonEvseSpecific": "true",
		"SecurityCtrlr.SecurityProfile": f.o.securityProfile(), "SecurityCtrlr.CertificateEntries": "0",
		"SmartChargingCtrlr.Available": "true", "SmartChargingCtrlr.Enabled": "true", "SmartChargingCtrlr.ProfileStackLevel": "10",
		"SmartChargingCtrlr.RateUnit": "A,W", "SmartChargingCtrlr.PeriodsPerSchedule": strconv.Itoa(maxPeriods),
		"SmartChargingCtrlr.Entries[ChargingProfiles]": strconv.Itoa(maxProfiles), "SmartChargingCtrlr.Phases3to1": "false",
		"TxCtrlr.TxStartPoint": "EVConnected,Authorized", "TxCtrlr.TxStopPoint": "EVConnected,Authorized", "TxCtrlr.SupportedLimits": "MaxEnergy,MaxTime,MaxSoC",
		"DisplayMessageCtrlr.Available": "true", "DisplayMessageCtrlr.DisplayMessages": strconv.Itoa(maxDisplayMessages),
		"DisplayMessageCtrlr.SupportedFormats": "ASCII,UTF8", "DisplayMessageCtrlr.SupportedPriorities": "AlwaysFront,InFront,NormalCycle",
	} {
		v[key] = &variable{value: value, readOnly: true}
	}
}
