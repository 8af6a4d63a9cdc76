package ocppgen

import "testing"

func TestGoNames(t *testing.T) {
	for wire, want := range map[string]string{
		"idTag": "IDTag", "evseIds": "EVSEIDs", "connectorId": "ConnectorID", "ocppCsmsUrl": "OCPPCSMSURL",
		"evMaxEnergyRequest": "EVMaxEnergyRequest", "limit_L2": "LimitL2", "Energy.Active.Net": "EnergyActiveNet",
		"L1-N": "L1N", "kWh": "KWh", "soC": "SoC", "soc": "SoC", "stateOfCharge": "StateOfCharge", "eMAID": "EMAID",
		"iso15118SchemaVersion": "ISO15118SchemaVersion", "v2xBaseline": "V2XBaseline", "AC_single_phase": "ACSinglePhase",
		"ocspRequestData": "OCSPRequestData", "UnknownVendorId": "UnknownVendorID", "Idle": "Idle", "responderURL": "ResponderURL",
	} {
		if got := goName(wire); got != want {
			t.Errorf("goName(%q) = %q, want %q", wire, got, want)
		}
	}
}

func TestDefinitionNamesLoseTheirSuffixUnlessTwoWouldMeet(t *testing.T) {
	taken := func(def string) bool { return def == "IdTokenType" }
	for def, want := range map[string]string{
		"EVSEType": "EVSE", "MeasurandEnumType": "Measurand", "IdTokenType": "IDToken", "IdTokenEnumType": "IDTokenType",
		"AuthorizationData": "AuthorizationData",
	} {
		if got := defName(def, taken); got != want {
			t.Errorf("defName(%q) = %q, want %q", def, got, want)
		}
	}
}

func TestFileNames(t *testing.T) {
	for action, want := range map[string]string{
		"BootNotification": "boot_notification.go", "GetDERControl": "get_der_control.go",
		"Get15118EVCertificate": "get_15118_ev_certificate.go", "AFRRSignal": "afrr_signal.go",
	} {
		if got := fileName(action); got != want {
			t.Errorf("fileName(%q) = %q, want %q", action, got, want)
		}
	}
}
