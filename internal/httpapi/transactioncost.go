package httpapi

import "github.com/chargeyard/chargeyard/internal/fleet"

// TransactionCost is what a transaction costs. What nobody knows is null; that does not mean that it is free.
type TransactionCost struct {
	Tariff       *string      `json:"tariff" doc:"Id of the tariff by which it costs" example:"T-2026-11"`
	TariffSource *string      `json:"tariffSource" doc:"Why this one. token, group, station, default: it was given to the token, to its group, to the station, or is the default. told: the station computes the cost, and said by which tariff"`
	Cost         Number       `json:"cost" doc:"With taxes, so far or in the end" example:"12.30"`
	CostExclTax  Number       `json:"costExclTax" doc:"Without taxes" example:"10.34"`
	Currency     *string      `json:"currency" doc:"ISO 4217" example:"EUR"`
	CostKind     *string      `json:"costKind" example:"NormalCost" doc:"NormalCost; MinCost, MaxCost: a limit of the tariff set it"`
	CostBy       *string      `json:"costBy" doc:"Who computed it: server or station" example:"server"`
	CostParts    *CostParts   `json:"costParts,omitempty" doc:"What it is made of; without a limit the sum is the cost. Absent without a cost"`
	CostUsage    *CostUsage   `json:"costUsage,omitempty" doc:"What it is for, as the messages tell. Absent without a cost"`
	CreditTaken  Number       `json:"creditTaken" doc:"What was taken off the credit of its token when it had ended; null: nothing" example:"12.30"`
	StationCost  *StationCost `json:"stationCost,omitempty" doc:"What the station computed last (OCPP 2.1). Absent when it did not"`
}

// CostParts are the parts of a cost; those that the tariff has no price for are absent.
type CostParts struct {
	Fixed        *Price `json:"fixed,omitempty"`
	Energy       *Price `json:"energy,omitempty"`
	ChargingTime *Price `json:"chargingTime,omitempty"`
	IdleTime     *Price `json:"idleTime,omitempty"`
}

// Price is an amount of money.
type Price struct {
	ExclTax Number `json:"exclTax" doc:"Without taxes"`
	InclTax Number `json:"inclTax" doc:"With taxes"`
}

// CostUsage is what was used.
type CostUsage struct {
	Energy       Number `json:"energy" doc:"Wh; null: not measured"`
	ChargingTime int64  `json:"chargingTime" doc:"Seconds"`
	IdleTime     int64  `json:"idleTime" doc:"Seconds in which the vehicle was connected and did not charge any more"`
}

// StationCost is what a station computed by itself; amounts that it did not tell are absent.
type StationCost struct {
	Tariff             *string   `json:"tariff" doc:"By which it goes"`
	Currency           *string   `json:"currency"`
	TypeOfCost         *string   `json:"typeOfCost" example:"NormalCost"`
	Total              *Price    `json:"total,omitempty"`
	Fixed              *Price    `json:"fixed,omitempty"`
	Energy             *Price    `json:"energy,omitempty"`
	ChargingTime       *Price    `json:"chargingTime,omitempty"`
	IdleTime           *Price    `json:"idleTime,omitempty"`
	ReservationTime    *Price    `json:"reservationTime,omitempty"`
	ReservationFixed   *Price    `json:"reservationFixed,omitempty"`
	Usage              CostUsage `json:"usage"`
	ReservedTime       int64     `json:"reservedTime" doc:"Seconds"`
	FailureToCalculate bool      `json:"failureToCalculate" doc:"It could not; then the cost is the server's"`
	FailureReason      *string   `json:"failureReason"`
}

func viewCost(t fleet.Transaction) TransactionCost {
	v := TransactionCost{Tariff: orNull(t.Tariff), TariffSource: orNull(string(t.TariffSource)), StationCost: viewStationCost(t), CreditTaken: number(t.CreditTaken)}
	if c := t.Cost; c != nil {
		v.Cost, v.CostExclTax, v.Currency = number(c.Total.InclTax), number(c.Total.ExclTax), orNull(c.Currency)
		v.CostKind, v.CostBy = orNull(string(c.Kind)), orNull(string(c.By))
		v.CostParts = &CostParts{viewPrice(c.Fixed), viewPrice(c.Energy), viewPrice(c.ChargingTime), viewPrice(c.IdleTime)}
		v.CostUsage = &CostUsage{number(c.Usage.Energy), c.Usage.ChargingTime, c.Usage.IdleTime}
	}
	return v
}

func viewPrice(p fleet.Price) *Price {
	if p == (fleet.Price{}) {
		return nil
	}
	return &Price{number(p.ExclTax), number(p.InclTax)}
}

func viewStationCost(t fleet.Transaction) *StationCost {
	c := t.StationCost
	if c == nil {
		return nil
	}
	return &StationCost{
		Tariff: orNull(t.StationTariff), Currency: orNull(c.Currency), TypeOfCost: orNull(string(c.Kind)),
		Total: viewPrice(c.Total), Fixed: viewPrice(c.Fixed), Energy: viewPrice(c.Energy), ChargingTime: viewPrice(c.ChargingTime),
		IdleTime: viewPrice(c.IdleTime), ReservationTime: viewPrice(c.ReservationTime), ReservationFixed: viewPrice(c.ReservationFixed),
		Usage: CostUsage{number(c.Used), c.UsedCharging, c.UsedIdle}, ReservedTime: c.UsedReserving,
		FailureToCalculate: c.Failed, FailureReason: orNull(c.Reason),
	}
}
