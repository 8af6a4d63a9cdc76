package simulator

import "strconv"

const defaultMeasurands = "Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC"

// newVariables16 are the configuration keys of OCPP 1.6 (9.1) and of the security whitepaper.
func newVariables16(f *Fleet) map[string]*variable {
	n := f.o.kind
	number := func(v string) *variable { return &variable{value: v, numeric: true} }
	fixed := func(v string) *variable { return &variable{value: v, readOnly: true} }
	text := func(v string) *variable { return &variable{value: v} }
	return map[string]*variable{
		"AdditionalRootCertificateCheck":          fixed("false"),
		"AllowOfflineTxForUnknownId":              text("true"),
		"AuthorizationCacheEnabled":               text("true"),
		"AuthorizationKey":                        {writeOnly: true},
		"AuthorizeRemoteTxRequests":               text("false"),
		"ChargeProfileMaxStackLevel":              fixed("10"),
		"ChargingScheduleAllowedChargingRateUnit": fixed("Current,Power"),
		"ChargingScheduleMaxPeriods":              fixed(strconv.Itoa(maxPeriods)),
		"ClockAlignedDataInterval":                number("0"),
		"ConnectionTimeOut":                       number("60"),
		"CpoName":                                 text("Chargeyard"),
		"GetConfigurationMaxKeys":                 fixed("50"),
		"HeartbeatInterval":                       number("300"),
		"LocalAuthListEnabled":                    text("true"),
		"LocalAuthListMaxLength":                  fixed("10000"),
		"LocalAuthorizeOffline":                   text("true"),
		"LocalPreAuthorize":                       text("false"),
		"MaxChargingProfilesInstalled":            fixed(strconv.Itoa(maxProfiles)),
		"MeterValuesAlignedData":                  text("Energy.Active.Import.Register"),
		"MeterValuesSampledData":                  text(defaultMeasurands),
		"MeterValueSampleInterval":                number(f.o.sampleDefault()),
		"NumberOfConnectors":                      fixed(strconv.Itoa(n.Hardware.EVSEs * n.Hardware.Connectors)),
		"ReserveConnectorZeroSupported":           fixed("true"),
		"ResetRetries":                            number("3"),
		"SecurityProfile":                         fixed(f.o.securityProfile()),
		"SendLocalListMaxLength":                  fixed("1000"),
		"StopTransactionOnEVSideDisconnect":       text("true"),
		"StopTransactionOnInvalidId":              text("true"),
		"SupportedFeatureProfiles":                fixed("Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"),
		"SupportedFileTransferProtocols":          fixed("HTTP,HTTPS"),
		"TransactionMessageAttempts":              number(strconv.Itoa(messageAttempts)),
		"TransactionMessageRetryInterval":         number(strconv.Itoa(messageRetrySeconds)),
		"UnlockConnectorOnEVSideDisconnect":       text("true"),
		"WebSocketPingInterval":                   number(f.o.pingDefault()),
	}
}
