package fleet

import (
	"encoding/json"
	"time"
)

// ChargingNeeds is what a vehicle wants (K15, K17 to K20).
type ChargingNeeds struct {
	EVSE               int64           `json:"evse"`                         // EVSE of the vehicle
	Time               time.Time       `json:"time,omitzero"`                // When the vehicle said it, by the station's clock (2.1)
	EnergyTransfer     string          `json:"energyTransfer,omitempty"`     // Mode of energy transfer that it wants, such as AC_three_phase
	AvailableTransfers []string        `json:"availableTransfers,omitempty"` // Modes that it could do, too (2.1)
	DepartureTime      time.Time       `json:"departureTime,omitzero"`       // When it wants to leave
	MaxScheduleTuples  *int64          `json:"maxScheduleTuples,omitempty"`  // Periods that a schedule for it may have
	ControlMode        string          `json:"controlMode,omitempty"`        // ScheduledControl or DynamicControl (ISO 15118-20)
	MobilityNeedsMode  string          `json:"mobilityNeedsMode,omitempty"`  // EVCC or EVCC_SECC (ISO 15118-20)
	EnergyAmount       Decimal         `json:"energyAmount,omitempty"`       // Energy that it wants, Wh
	MinCurrent         Decimal         `json:"minCurrent,omitempty"`         // A per phase
	MaxCurrent         Decimal         `json:"maxCurrent,omitempty"`         // A, with AC per phase
	MaxVoltage         Decimal         `json:"maxVoltage,omitempty"`         // V
	MinPower           Decimal         `json:"minPower,omitempty"`           // W (2.1, ISO 15118-20)
	MaxPower           Decimal         `json:"maxPower,omitempty"`           // W
	EnergyCapacity     Decimal         `json:"energyCapacity,omitempty"`     // Of its battery, Wh
	StateOfCharge      *int64          `json:"stateOfCharge,omitempty"`      // Percent
	FullSoC            *int64          `json:"fullSoC,omitempty"`            // Percent at which it takes its battery for full
	BulkSoC            *int64          `json:"bulkSoC,omitempty"`            // Percent at which fast charging ends
	Details            json.RawMessage `json:"details,omitempty"`            // What it says of bidirectional charging, in the words of OCPP 2.1: v2xChargingParameters, evEnergyOffer, derChargingParameters
	Answer             string          `json:"answer,omitempty"`             // What the station was answered
}

// Kind returns RecordNeeds.
func (ChargingNeeds) Kind() RecordKind { return RecordNeeds }

// Subject returns what it is about.
func (r ChargingNeeds) Subject() string { return subject(r.EVSE) }

// Moment returns when that was.
func (r ChargingNeeds) Moment() time.Time { return r.Time }

// Alike returns AlikeEver.
func (ChargingNeeds) Alike() Alike { return AlikeEver }

// Check demands an EVSE that can be.
func (r ChargingNeeds) Check() error { return checkEVSE(r.EVSE) }

// EVSchedule is the schedule that a vehicle computed (K15 to K17).
type EVSchedule struct {
	EVSE              int64              `json:"evse"`                        // EVSE of the vehicle
	TimeBase          time.Time          `json:"timeBase,omitzero"`           // Time to which its periods relate
	SelectedSchedule  *int64             `json:"selectedSchedule,omitempty"`  // Id of the offered schedule that it chose (2.1)
	ToleranceAccepted *bool              `json:"toleranceAccepted,omitempty"` // It accepts the power tolerance (2.1)
	Schedules         []ChargingSchedule `json:"schedules,omitempty"`         // What it will draw
	Answer            string             `json:"answer,omitempty"`            // What the station was answered
}

// Kind returns RecordEVSchedule.
func (EVSchedule) Kind() RecordKind { return RecordEVSchedule }

// Subject returns what it is about.
func (r EVSchedule) Subject() string { return subject(r.EVSE) }

// Moment returns when that was.
func (r EVSchedule) Moment() time.Time { return r.TimeBase }

// Alike returns AlikeEver.
func (EVSchedule) Alike() Alike { return AlikeEver }

// Check demands an EVSE that can be.
func (r EVSchedule) Check() error { return checkEVSE(r.EVSE) }

// ChargingLimit is a limit that others than this system set, or its end (K11 to K13, K23 to K27).
type ChargingLimit struct {
	EVSE            int64              `json:"evse"`                   // 0: the whole station
	Source          string             `json:"source,omitempty"`       // Who set it, such as EMS or SO
	Cleared         bool               `json:"cleared"`                // It holds no longer
	GridCritical    *bool              `json:"gridCritical,omitempty"` // It is critical for the grid
	LocalGeneration bool               `json:"localGeneration"`        // It is power of local generation that may be used in addition (K27)
	Schedules       []ChargingSchedule `json:"schedules,omitempty"`    // The limit; empty when the station does not say
}

// Kind returns RecordLimit.
func (ChargingLimit) Kind() RecordKind { return RecordLimit }

// Subject returns what it is about.
func (r ChargingLimit) Subject() string { return subject(r.EVSE, r.Source, r.LocalGeneration) }

// Moment returns the zero time: the message has none.
func (ChargingLimit) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (ChargingLimit) Alike() Alike { return AlikeInARow }

// Check demands an EVSE that can be.
func (r ChargingLimit) Check() error { return checkEVSE(r.EVSE) }

// ChargingProfile is a charging profile that is installed at a station, as it reported (K09).
type ChargingProfile struct {
	EVSE          int64              `json:"evse"`                    // 0: the whole station
	ProfileID     int64              `json:"profileId"`               // Id of the profile
	Source        string             `json:"source,omitempty"`        // Who installed it
	StackLevel    int64              `json:"stackLevel"`              // The highest that is valid counts
	Purpose       string             `json:"purpose,omitempty"`       // Such as TxDefaultProfile
	Type          string             `json:"type,omitempty"`          // Absolute, Recurring, Relative or Dynamic (2.1)
	Recurrency    string             `json:"recurrency,omitempty"`    // Daily or Weekly
	ValidFrom     time.Time          `json:"validFrom,omitzero"`      // null: always
	ValidTo       time.Time          `json:"validTo,omitzero"`        // null: for ever
	TransactionID string             `json:"transactionId,omitempty"` // Transaction that it is for
	Schedules     []ChargingSchedule `json:"schedules,omitempty"`     // Its schedules
	RequestID     int64              `json:"requestId"`               // Of the GetChargingProfiles that asked
	ProfileUpkeep
}

// Profile returns what the profile says, wherever it is.
func (r ChargingProfile) Profile() Profile {
	return Profile{
		Purpose: ProfilePurpose(r.Purpose), Kind: ProfileKind(r.Type), Recurrency: Recurrency(r.Recurrency), StackLevel: r.StackLevel,
		ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, Schedules: r.Schedules,
		MaxOffline: r.MaxOffline, EndsOffline: r.EndsOffline, UpdateInterval: r.UpdateInterval,
	}
}

// ProfileUpkeep is how long a profile counts without a connection, and when it gets other values (OCPP 2.1).
type ProfileUpkeep struct {
	MaxOffline     *int64    `json:"maxOffline,omitempty"`     // Seconds without a connection until it is not valid
	EndsOffline    bool      `json:"endsOffline,omitempty"`    // It does not become valid again after that
	UpdateInterval *int64    `json:"updateInterval,omitempty"` // Seconds after which the station asks for new values
	UpdatedAt      time.Time `json:"updatedAt,omitzero"`       // When the station got its values last
}

// Kind returns RecordProfile.
func (ChargingProfile) Kind() RecordKind { return RecordProfile }

// Subject returns what it is about.
func (r ChargingProfile) Subject() string { return subject(r.EVSE, r.ProfileID) }

// Moment returns the zero time: the message has none.
func (ChargingProfile) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (ChargingProfile) Alike() Alike { return AlikeInARow }

// Check demands an EVSE that can be.
func (r ChargingProfile) Check() error { return checkEVSE(r.EVSE) }

// PriorityCharging says that a transaction charges with priority, or no longer (K21, K22).
type PriorityCharging struct {
	TransactionID string `json:"transactionId,omitempty"` // Transaction, as the station calls it
	Activated     bool   `json:"activated"`               // false: no longer
}

// Kind returns RecordPriority.
func (PriorityCharging) Kind() RecordKind { return RecordPriority }

// Subject returns what it is about.
func (r PriorityCharging) Subject() string { return r.TransactionID }

// Moment returns the zero time: the message has none.
func (PriorityCharging) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (PriorityCharging) Alike() Alike { return AlikeInARow }

// Check accepts everything.
func (PriorityCharging) Check() error { return nil }

// ScheduleRequest is a question for the present values of a dynamic charging profile (K28).
type ScheduleRequest struct {
	ProfileID int64  `json:"profileId"`        // Id of the profile
	Answer    string `json:"answer,omitempty"` // What the station was answered
}

// Kind returns RecordScheduleRequest.
func (ScheduleRequest) Kind() RecordKind { return RecordScheduleRequest }

// Subject returns what it is about.
func (r ScheduleRequest) Subject() string { return subject(r.ProfileID) }

// Moment returns the zero time: the message has none.
func (ScheduleRequest) Moment() time.Time { return time.Time{} }

// Alike returns AlikeNever.
func (ScheduleRequest) Alike() Alike { return AlikeNever }

// Check accepts everything.
func (ScheduleRequest) Check() error { return nil }
