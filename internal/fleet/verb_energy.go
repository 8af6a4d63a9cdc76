package fleet

import "time"

// energyVerbs are about which way energy goes, and who pays for it. All of them are of OCPP 2.1.
func energyVerbs() []VerbKind {
	return []VerbKind{
		verb[AllowEnergyTransferRequest]("Say which ways to move energy a transaction may use", `The station negotiates with the vehicle anew, if it can, and sends the vehicle's needs again.`,
			`{"transaction":"CP-001:5d3bb8d4","modes":["DC","DC_BPT"]}`),
		verb[PriorityChargingRequest]("Let a transaction charge first, or no longer", `The station uses its profile for priority charging. notFound (NoProfile): it has none.`, `{"transaction":"CP-001:5d3bb8d4","activate":true}`),
		verb[AFRRSignalRequest]("Pass on a signal of the grid for frequency restoration", `For a transaction with a charging profile for LocalFrequency: the station follows the curve of the profile.`, `{"signal":40}`),
		verb[BatterySwapRequest]("Start a swap of batteries", `For a token that the operator has accepted already. The station's messages about the swap bear the requestId that was sent.`,
			`{"idToken":{"value":"CAFE0123","type":"ISO14443"}}`),
		verb[WebPaymentRequest]("Tell the station that a driver is paying on a web page", `The station keeps the EVSE for the driver for that long. Its answer says nothing.`, `{"evse":1,"seconds":120}`),
	}
}

// AllowEnergyTransferRequest says which ways to move energy a transaction may use.
type AllowEnergyTransferRequest struct {
	OfTransaction
	Modes []string `json:"modes" minItems:"1" maxItems:"20" enum:"AC_single_phase,AC_two_phase,AC_three_phase,DC,AC_BPT,AC_BPT_DER,AC_DER,DC_BPT,DC_ACDP,DC_ACDP_BPT,WPT" doc:"As EnergyTransferModeEnumType of OCPP 2.1"`
}

// VerbName is the verb's name in the API.
func (*AllowEnergyTransferRequest) VerbName() string { return "allow-energy-transfer" }

// Check demands a transaction and a mode.
func (r *AllowEnergyTransferRequest) Check() error {
	if len(r.Modes) == 0 {
		return WrongArgument("/modes", "give one at least")
	}
	return r.checkTransaction()
}

// PriorityChargingRequest lets a transaction charge first, or no longer.
type PriorityChargingRequest struct {
	OfTransaction
	Activate bool `json:"activate" doc:"true: from now on. false: no longer"`
}

// VerbName is the verb's name in the API.
func (*PriorityChargingRequest) VerbName() string { return "priority-charging" }

// Check demands a transaction.
func (r *PriorityChargingRequest) Check() error { return r.checkTransaction() }

// AFRRSignalRequest passes on a signal of the grid.
type AFRRSignalRequest struct {
	Signal int        `json:"signal" minimum:"-2147483648" maximum:"2147483647" doc:"As the operator of the grid sends it" example:"40"`
	At     *time.Time `json:"at,omitempty" doc:"When it counts from. Left out: now"`
}

// VerbName is the verb's name in the API.
func (*AFRRSignalRequest) VerbName() string { return "afrr-signal" }

// Check refuses nothing.
func (*AFRRSignalRequest) Check() error { return nil }

// BatterySwapRequest starts a swap of batteries.
type BatterySwapRequest struct {
	IDToken TokenArgument `json:"idToken" doc:"Who swaps"`
	Numbered
}

// VerbName is the verb's name in the API.
func (*BatterySwapRequest) VerbName() string { return "request-battery-swap" }

// Check demands a token.
func (r *BatterySwapRequest) Check() error {
	if r.IDToken.Value == "" {
		return WrongArgument("/idToken/value", "say whose token it is")
	}
	return nil
}

// WebPaymentRequest tells the station that a driver is paying on a web page.
type WebPaymentRequest struct {
	EVSE    int `json:"evse" minimum:"1" maximum:"2147483647" doc:"Where the driver is" example:"1"`
	Seconds int `json:"seconds" minimum:"1" maximum:"86400" doc:"How long the station keeps the EVSE for the driver" example:"120"`
}

// VerbName is the verb's name in the API.
func (*WebPaymentRequest) VerbName() string { return "web-payment-started" }

// Check demands an EVSE and a time.
func (r *WebPaymentRequest) Check() error {
	switch {
	case r.EVSE < 1:
		return WrongArgument("/evse", "say at which EVSE")
	case r.Seconds < 1:
		return WrongArgument("/seconds", "say for how long")
	}
	return nil
}
