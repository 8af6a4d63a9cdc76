package httpapi

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// DERAlarm is an alarm of a control of distributed energy, or its end (R05).
type DERAlarm struct {
	Record
	ControlType *string    `json:"controlType" doc:"Control that raised it, such as HVMustTrip"`
	Time        *time.Time `json:"time" doc:"By the station's clock"`
	Ended       bool       `json:"ended" doc:"The alarm is over"`
	Fault       *string    `json:"fault" doc:"What is wrong with the grid, such as OverVoltage"`
	ExtraInfo   *string    `json:"extraInfo" doc:"In words"`
}

func viewDERAlarm(k Record, r fleet.DERAlarm) DERAlarm {
	return DERAlarm{
		Record:      k,
		ControlType: orNull(r.ControlType), Time: instant(r.Time), Ended: r.Ended, Fault: orNull(r.Fault),
		ExtraInfo: orNull(r.ExtraInfo),
	}
}

// DERControlEvent is the begin or end of a control of distributed energy (R04).
type DERControlEvent struct {
	Record
	ControlID  *string    `json:"controlId" doc:"Id of the control"`
	Started    bool       `json:"started" doc:"false: it ended"`
	Time       *time.Time `json:"time" doc:"By the station's clock"`
	Superseded []string   `json:"superseded" nullable:"false" doc:"Ids of the controls that it supersedes"`
}

func viewDERControlEvent(k Record, r fleet.DERControlEvent) DERControlEvent {
	return DERControlEvent{
		Record:    k,
		ControlID: orNull(r.ControlID), Started: r.Started, Time: instant(r.Time), Superseded: orEmpty(r.Superseded),
	}
}

// DERControl is a control of distributed energy that is installed at a station, as it reported or accepted (R04).
type DERControl struct {
	Record
	ControlID    *string    `json:"controlId" doc:"Id of the control"`
	ControlType  *string    `json:"controlType" doc:"Such as VoltVar"`
	Default      bool       `json:"default" doc:"It holds when nothing else is scheduled"`
	IsSuperseded bool       `json:"superseded" doc:"Another one of higher priority holds"`
	Priority     int64      `json:"priority" doc:"The lowest counts"`
	StartTime    *time.Time `json:"startTime" doc:"null: at once"`
	Duration     Number     `json:"duration" doc:"Seconds"`
	Settings     AnyJSON    `json:"settings" doc:"Its values, in the words of OCPP 2.1"`
	KnownFrom    string     `json:"knownFrom" enum:"answer,report" doc:"answer: the station accepted it in SetDERControl, and reported nothing else since. report: it reported it"`
	RequestID    int64      `json:"requestId" doc:"Of the GetDERControl that asked; 0: none did"`
}

func viewDERControl(k Record, r fleet.DERControl) DERControl {
	return DERControl{
		Record: k, KnownFrom: knownFrom(r.Accepted),
		ControlID: orNull(r.ControlID), ControlType: orNull(r.ControlType), Default: r.Default,
		IsSuperseded: r.IsSuperseded, Priority: r.Priority, StartTime: instant(r.StartTime),
		Duration: number(r.Duration), Settings: AnyJSON(r.Settings), RequestID: r.RequestID,
	}
}

// BatterySwap is a battery that was put into a slot, taken out, or forgotten (S03).
type BatterySwap struct {
	Record
	RequestID      int64      `json:"requestId" doc:"The same for what belongs together"`
	Event          *string    `json:"event" doc:"BatteryIn, BatteryOut or BatteryOutTimeout"`
	IDToken        *string    `json:"idToken" doc:"Who swaps"`
	IDTokenType    *string    `json:"idTokenType"`
	EVSE           int64      `json:"evse" doc:"The slot"`
	SerialNumber   *string    `json:"serialNumber" doc:"Of the battery"`
	StateOfCharge  Number     `json:"stateOfCharge" doc:"Percent"`
	StateOfHealth  Number     `json:"stateOfHealth" doc:"Percent"`
	ProductionDate *time.Time `json:"productionDate"`
	VendorInfo     *string    `json:"vendorInfo"`
}

func viewBatterySwap(k Record, r fleet.BatterySwap) BatterySwap {
	return BatterySwap{
		Record:    k,
		RequestID: r.RequestID, Event: orNull(r.Event), IDToken: orNull(r.IDToken),
		IDTokenType: orNull(r.IDTokenType), EVSE: r.EVSE, SerialNumber: orNull(r.SerialNumber),
		StateOfCharge: number(r.StateOfCharge), StateOfHealth: number(r.StateOfHealth),
		ProductionDate: instant(r.ProductionDate), VendorInfo: orNull(r.VendorInfo),
	}
}

// Settlement is how a payment at the station's terminal ended (C20 to C22).
type Settlement struct {
	Record
	PSPRef        *string    `json:"pspRef" doc:"Reference of the payment service provider"`
	Status        *string    `json:"status" doc:"Settled, Canceled, Rejected or Failed"`
	StatusInfo    *string    `json:"statusInfo"`
	Amount        Number     `json:"amount" doc:"What was paid"`
	Time          *time.Time `json:"time" doc:"By the station's clock"`
	TransactionID *string    `json:"transactionId"`
	ReceiptID     *string    `json:"receiptId"`
	ReceiptURL    *string    `json:"receiptUrl"`
	VATNumber     *string    `json:"vatNumber" doc:"Of the company for the invoice"`
	Company       *string    `json:"company"`
	Address       *string    `json:"address"`
	City          *string    `json:"city"`
	PostalCode    *string    `json:"postalCode"`
	Country       *string    `json:"country"`
}

func viewSettlement(k Record, r fleet.Settlement) Settlement {
	return Settlement{
		Record: k,
		PSPRef: orNull(r.PSPRef), Status: orNull(r.Status), StatusInfo: orNull(r.StatusInfo),
		Amount: number(r.Amount), Time: instant(r.Time), TransactionID: orNull(r.TransactionID),
		ReceiptID: orNull(r.ReceiptID), ReceiptURL: orNull(r.ReceiptURL), VATNumber: orNull(r.VATNumber),
		Company: orNull(r.Company), Address: orNull(r.Address), City: orNull(r.City),
		PostalCode: orNull(r.PostalCode), Country: orNull(r.Country),
	}
}

// VATCheck is a question whether a VAT number is valid (C18).
type VATCheck struct {
	Record
	VATNumber *string `json:"vatNumber"`
	EVSE      *int64  `json:"evse"`
	Answer    *string `json:"answer" doc:"What the station was answered"`
}

func viewVATCheck(k Record, r fleet.VATCheck) VATCheck {
	return VATCheck{
		Record:    k,
		VATNumber: orNull(r.VATNumber), EVSE: r.EVSE, Answer: orNull(r.Answer),
	}
}

// EventStream is a periodic event stream that a station opened or closed (N11, N13).
type EventStream struct {
	Record
	StreamID  int64  `json:"streamId"`
	Open      bool   `json:"open" doc:"false: closed"`
	MonitorID *int64 `json:"monitorId" doc:"Id of the monitor whose values it brings"`
	Interval  *int64 `json:"interval" doc:"Seconds between messages at most"`
	Values    *int64 `json:"values" doc:"Values per message at most"`
}

func viewEventStream(k Record, r fleet.EventStream) EventStream {
	return EventStream{
		Record:   k,
		StreamID: r.StreamID, Open: r.Open, MonitorID: r.MonitorID, Interval: r.Interval, Values: r.Values,
	}
}

// StreamValue is a value that an event stream brought (N15).
type StreamValue struct {
	Record
	StreamID int64      `json:"streamId"`
	Time     *time.Time `json:"time" doc:"By the station's clock"`
	Value    AnyJSON    `json:"value" doc:"As sent"`
	Pending  int64      `json:"pending" doc:"Values that waited at the station when it was sent"`
}

func viewStreamValue(k Record, r fleet.StreamValue) StreamValue {
	return StreamValue{
		Record:   k,
		StreamID: r.StreamID, Time: instant(r.Time), Value: AnyJSON(r.Value), Pending: r.Pending,
	}
}

// DataTransfer is a DataTransfer that a station sent (P02).
type DataTransfer struct {
	Record
	VendorID  *string `json:"vendorId" doc:"Vendor that made the format up"`
	MessageID *string `json:"messageId"`
	Data      AnyJSON `json:"data" doc:"As sent; in OCPP 1.6 always a text"`
	Answer    *string `json:"answer" doc:"What the station was answered"`
	Reply     AnyJSON `json:"reply" doc:"Data of the answer"`
}

func viewDataTransfer(k Record, r fleet.DataTransfer) DataTransfer {
	return DataTransfer{
		Record:   k,
		VendorID: orNull(r.VendorID), MessageID: orNull(r.MessageID), Data: AnyJSON(r.Data),
		Answer: orNull(r.Answer), Reply: AnyJSON(r.Reply),
	}
}

// Contradiction says that a message outside of transactions contradicts what is known, or what can be.
type Contradiction struct {
	Record
	Message       *string    `json:"message" doc:"What the message told, such as StatusReported or Metered" example:"Metered"`
	Contradiction *string    `json:"contradiction" doc:"time, meter-negative, meter-backwards, place, reservation, empty-token, or impossible: then nothing of the message could be kept" example:"time"`
	EVSE          *int64     `json:"evse" doc:"EVSE that the message names"`
	Time          *time.Time `json:"time" doc:"Time that the message names"`
	Detail        *string    `json:"detail" doc:"In words" example:"it happened at 1970-01-01T00:00:00Z"`
}

func viewContradiction(k Record, r fleet.Contradiction) Contradiction {
	return Contradiction{
		Record: k, Message: orNull(r.Message), Contradiction: orNull(string(r.What)), EVSE: r.EVSE, Time: instant(r.Time), Detail: orNull(r.Detail),
	}
}

// InstalledTariff is a tariff at one place of a station (OCPP 2.1, I07 to I10).
type InstalledTariff struct {
	Record
	TariffID  string     `json:"tariffId" example:"DAY-2026"`
	Default   bool       `json:"default" doc:"For all drivers who have none of their own; false: of a driver"`
	EVSE      int64      `json:"evse" doc:"0: every EVSE"`
	ValidFrom *time.Time `json:"validFrom" doc:"Of several that count, the one holds that became valid last; null: at once"`
	KnownFrom string     `json:"knownFrom" enum:"answer,report" doc:"answer: the station accepted it in SetDefaultTariff. report: it told in GetTariffs that it has it"`
}

func viewInstalledTariff(k Record, r fleet.InstalledTariff) InstalledTariff {
	return InstalledTariff{
		Record: k, TariffID: r.TariffID, Default: r.Default, EVSE: r.EVSE, ValidFrom: instant(r.ValidFrom), KnownFrom: knownFrom(r.Accepted),
	}
}

// knownFrom says by what a station told of something: it accepted it, or reported it.
func knownFrom(accepted bool) string {
	if accepted {
		return string(fleet.ProfileFromAnswer)
	}
	return string(fleet.ProfileFromReport)
}
