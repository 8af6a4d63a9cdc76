package fleet

import (
	"time"
)

// BatterySwap is a battery that was put into a slot, taken out, or forgotten (S03).
type BatterySwap struct {
	RequestID      int64     `json:"requestId"`         // The same for what belongs together
	Event          string    `json:"event,omitempty"`   // BatteryIn, BatteryOut or BatteryOutTimeout
	IDToken        string    `json:"idToken,omitempty"` // Who swaps
	IDTokenType    string    `json:"idTokenType,omitempty"`
	EVSE           int64     `json:"evse"`                    // The slot
	SerialNumber   string    `json:"serialNumber,omitempty"`  // Of the battery
	StateOfCharge  Decimal   `json:"stateOfCharge,omitempty"` // Percent
	StateOfHealth  Decimal   `json:"stateOfHealth,omitempty"` // Percent
	ProductionDate time.Time `json:"productionDate,omitzero"`
	VendorInfo     string    `json:"vendorInfo,omitempty"`
}

// Kind returns RecordBatterySwap.
func (BatterySwap) Kind() RecordKind { return RecordBatterySwap }

// Subject returns what it is about.
func (r BatterySwap) Subject() string { return subject(r.RequestID, r.Event, r.EVSE, r.SerialNumber) }

// Moment returns the zero time: the message has none.
func (BatterySwap) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (BatterySwap) Alike() Alike { return AlikeInARow }

// Check demands an EVSE that can be.
func (r BatterySwap) Check() error { return checkEVSE(r.EVSE) }
