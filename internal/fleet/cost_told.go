package fleet

// StationCost is what a station computed itself (I12), as it told last. Its zero value tells nothing. Numbers that were not
// told are "" or 0.
type StationCost struct {
	Currency         string   `json:"currency,omitempty"`
	Kind             CostKind `json:"kind,omitempty"`
	Total            Price    `json:"total,omitzero"`
	Fixed            Price    `json:"fixed,omitzero"`
	Energy           Price    `json:"energy,omitzero"`
	ChargingTime     Price    `json:"chargingTime,omitzero"`
	IdleTime         Price    `json:"idleTime,omitzero"`
	ReservationTime  Price    `json:"reservationTime,omitzero"`
	ReservationFixed Price    `json:"reservationFixed,omitzero"`

	Used          Decimal `json:"used,omitempty"`          // Wh
	UsedCharging  int64   `json:"usedCharging,omitempty"`  // seconds
	UsedIdle      int64   `json:"usedIdle,omitempty"`      // seconds
	UsedReserving int64   `json:"usedReserving,omitempty"` // seconds

	Failed bool   `json:"failed,omitempty"` // it could not compute (I12.FR.14)
	Reason string `json:"reason,omitempty"` // why
}

// Cost returns the cost as the station computed it, nil when it did not. A station that tells the total without taxes only
// knows of none.
func (s StationCost) Cost() *Cost {
	total := Price{s.Total.ExclTax, s.Total.InclTax}
	if total.InclTax == "" {
		total.InclTax = total.ExclTax
	}
	if s.Failed || total.InclTax == "" {
		return nil
	}
	return &Cost{
		Currency: s.Currency, Kind: s.Kind, By: CostByStation, Total: total,
		CostParts: CostParts{Fixed: s.Fixed, Energy: s.Energy, ChargingTime: s.ChargingTime, IdleTime: s.IdleTime},
	}
}

// Cost returns what the transaction has cost so far: as the station computed it, or else by rates, which are nil when no
// tariff counts. nil: nobody knows.
func (h *History) Cost(rates *Rates) *Cost {
	if c := h.CostTold.V.Cost(); c != nil {
		c.Usage = h.Usage()
		return c
	}
	if rates == nil {
		return nil
	}
	return rates.Cost(h.Usage(), h.Ended)
}
