package httpapi

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ReservationUpdate is what a station says of a reservation (H01, H03, H04).
type ReservationUpdate struct {
	Record
	ReservationID int64   `json:"reservationId" doc:"Id of the reservation"`
	Status        *string `json:"status" doc:"Expired, Removed, or NoTransaction (2.1)"`
}

func viewReservationUpdate(k Record, r fleet.ReservationUpdate) ReservationUpdate {
	return ReservationUpdate{
		Record:        k,
		ReservationID: r.ReservationID, Status: orNull(r.Status),
	}
}

// ChargingNeeds is what a vehicle wants (K15, K17 to K20).
type ChargingNeeds struct {
	Record
	EVSE               int64      `json:"evse" doc:"EVSE of the vehicle"`
	Time               *time.Time `json:"time" doc:"When the vehicle said it, by the station's clock (2.1)"`
	EnergyTransfer     *string    `json:"energyTransfer" doc:"Mode of energy transfer that it wants, such as AC_three_phase"`
	AvailableTransfers []string   `json:"availableTransfers" nullable:"false" doc:"Modes that it could do, too (2.1)"`
	DepartureTime      *time.Time `json:"departureTime" doc:"When it wants to leave"`
	MaxScheduleTuples  *int64     `json:"maxScheduleTuples" doc:"Periods that a schedule for it may have"`
	ControlMode        *string    `json:"controlMode" doc:"ScheduledControl or DynamicControl (ISO 15118-20)"`
	MobilityNeedsMode  *string    `json:"mobilityNeedsMode" doc:"EVCC or EVCC_SECC (ISO 15118-20)"`
	EnergyAmount       Number     `json:"energyAmount" doc:"Energy that it wants, Wh"`
	MinCurrent         Number     `json:"minCurrent" doc:"A per phase"`
	MaxCurrent         Number     `json:"maxCurrent" doc:"A, with AC per phase"`
	MaxVoltage         Number     `json:"maxVoltage" doc:"V"`
	MinPower           Number     `json:"minPower" doc:"W (2.1, ISO 15118-20)"`
	MaxPower           Number     `json:"maxPower" doc:"W"`
	EnergyCapacity     Number     `json:"energyCapacity" doc:"Of its battery, Wh"`
	StateOfCharge      *int64     `json:"stateOfCharge" doc:"Percent"`
	FullSoC            *int64     `json:"fullSoC" doc:"Percent at which it takes its battery for full"`
	BulkSoC            *int64     `json:"bulkSoC" doc:"Percent at which fast charging ends"`
	Details            AnyJSON    `json:"details" doc:"What it says of bidirectional charging, in the words of OCPP 2.1: v2xChargingParameters, evEnergyOffer, derChargingParameters"`
	Answer             *string    `json:"answer" doc:"What the station was answered"`
}

func viewChargingNeeds(k Record, r fleet.ChargingNeeds) ChargingNeeds {
	return ChargingNeeds{
		Record: k,
		EVSE:   r.EVSE, Time: instant(r.Time), EnergyTransfer: orNull(r.EnergyTransfer),
		AvailableTransfers: orEmpty(r.AvailableTransfers), DepartureTime: instant(r.DepartureTime),
		MaxScheduleTuples: r.MaxScheduleTuples, ControlMode: orNull(r.ControlMode),
		MobilityNeedsMode: orNull(r.MobilityNeedsMode), EnergyAmount: number(r.EnergyAmount),
		MinCurrent: number(r.MinCurrent), MaxCurrent: number(r.MaxCurrent), MaxVoltage: number(r.MaxVoltage),
		MinPower: number(r.MinPower), MaxPower: number(r.MaxPower), EnergyCapacity: number(r.EnergyCapacity), StateOfCharge: r.StateOfCharge,
		FullSoC: r.FullSoC, BulkSoC: r.BulkSoC, Details: AnyJSON(r.Details), Answer: orNull(r.Answer),
	}
}

// EVSchedule is the schedule that a vehicle computed (K15 to K17).
type EVSchedule struct {
	Record
	EVSE              int64              `json:"evse" doc:"EVSE of the vehicle"`
	TimeBase          *time.Time         `json:"timeBase" doc:"Time to which its periods relate"`
	SelectedSchedule  *int64             `json:"selectedSchedule" doc:"Id of the offered schedule that it chose (2.1)"`
	ToleranceAccepted *bool              `json:"toleranceAccepted" doc:"It accepts the power tolerance (2.1)"`
	Schedules         []ChargingSchedule `json:"schedules" nullable:"false" doc:"What it will draw"`
	Answer            *string            `json:"answer" doc:"What the station was answered"`
}

func viewEVSchedule(k Record, r fleet.EVSchedule) EVSchedule {
	return EVSchedule{
		Record: k,
		EVSE:   r.EVSE, TimeBase: instant(r.TimeBase), SelectedSchedule: r.SelectedSchedule,
		ToleranceAccepted: r.ToleranceAccepted, Schedules: viewSchedules(r.Schedules), Answer: orNull(r.Answer),
	}
}

// ChargingLimit is a limit that others than this system set, or its end (K11 to K13, K23 to K27).
type ChargingLimit struct {
	Record
	EVSE            int64              `json:"evse" doc:"0: the whole station"`
	Source          *string            `json:"source" doc:"Who set it, such as EMS or SO"`
	Cleared         bool               `json:"cleared" doc:"It holds no longer"`
	GridCritical    *bool              `json:"gridCritical" doc:"It is critical for the grid"`
	LocalGeneration bool               `json:"localGeneration" doc:"It is power of local generation that may be used in addition (K27)"`
	Schedules       []ChargingSchedule `json:"schedules" nullable:"false" doc:"The limit; empty when the station does not say"`
}

func viewChargingLimit(k Record, r fleet.ChargingLimit) ChargingLimit {
	return ChargingLimit{
		Record: k,
		EVSE:   r.EVSE, Source: orNull(r.Source), Cleared: r.Cleared, GridCritical: r.GridCritical,
		LocalGeneration: r.LocalGeneration, Schedules: viewSchedules(r.Schedules),
	}
}

// ChargingProfile is a charging profile that is installed at a station, as it reported (K09).
type ChargingProfile struct {
	Record
	EVSE           int64              `json:"evse" doc:"0: the whole station"`
	ProfileID      int64              `json:"profileId" doc:"Id of the profile"`
	Source         *string            `json:"source" doc:"Who installed it"`
	StackLevel     int64              `json:"stackLevel" doc:"The highest that is valid counts"`
	Purpose        *string            `json:"purpose" doc:"Such as TxDefaultProfile"`
	Type           *string            `json:"type" doc:"Absolute, Recurring, Relative or Dynamic (2.1)"`
	Recurrency     *string            `json:"recurrency" doc:"Daily or Weekly"`
	ValidFrom      *time.Time         `json:"validFrom" doc:"null: always"`
	ValidTo        *time.Time         `json:"validTo" doc:"null: for ever"`
	TransactionID  *string            `json:"transactionId" doc:"Transaction that it is for"`
	Schedules      []ChargingSchedule `json:"schedules" nullable:"false" doc:"Its schedules"`
	RequestID      int64              `json:"requestId" doc:"Of the GetChargingProfiles that asked"`
	MaxOffline     *int64             `json:"maxOffline" doc:"Seconds without a connection until it is not valid any more; null: it stays valid (OCPP 2.1)"`
	EndsOffline    bool               `json:"endsOffline" doc:"It does not become valid again after that (OCPP 2.1)"`
	UpdateInterval *int64             `json:"updateInterval" doc:"Seconds after which the station asks for new values (OCPP 2.1)"`
	UpdatedAt      *time.Time         `json:"updatedAt" doc:"When the station got its values last, as it said (OCPP 2.1)"`
}

func viewChargingProfile(k Record, r fleet.ChargingProfile) ChargingProfile {
	return ChargingProfile{
		Record: k,
		EVSE:   r.EVSE, ProfileID: r.ProfileID, Source: orNull(r.Source), StackLevel: r.StackLevel,
		Purpose: orNull(r.Purpose), Type: orNull(r.Type), Recurrency: orNull(r.Recurrency),
		ValidFrom: instant(r.ValidFrom), ValidTo: instant(r.ValidTo), TransactionID: orNull(r.TransactionID),
		Schedules: viewSchedules(r.Schedules), RequestID: r.RequestID,
		MaxOffline: r.MaxOffline, EndsOffline: r.EndsOffline, UpdateInterval: r.UpdateInterval, UpdatedAt: instant(r.UpdatedAt),
	}
}

// PriorityCharging says that a transaction charges with priority, or no longer (K21, K22).
type PriorityCharging struct {
	Record
	TransactionID *string `json:"transactionId" doc:"Transaction, as the station calls it"`
	Activated     bool    `json:"activated" doc:"false: no longer"`
}

func viewPriorityCharging(k Record, r fleet.PriorityCharging) PriorityCharging {
	return PriorityCharging{
		Record:        k,
		TransactionID: orNull(r.TransactionID), Activated: r.Activated,
	}
}

// ScheduleRequest is a question for the present values of a dynamic charging profile (K28).
type ScheduleRequest struct {
	Record
	ProfileID int64   `json:"profileId" doc:"Id of the profile"`
	Answer    *string `json:"answer" doc:"What the station was answered"`
}

func viewScheduleRequest(k Record, r fleet.ScheduleRequest) ScheduleRequest {
	return ScheduleRequest{
		Record:    k,
		ProfileID: r.ProfileID, Answer: orNull(r.Answer),
	}
}
