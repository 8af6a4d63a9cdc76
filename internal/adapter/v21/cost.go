package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// stationCost returns what a station computed, nil when it did not (I12). Its charging periods stay with the message.
func stationCost(d *ocpp21.CostDetails) *fleet.StationCost {
	if d == nil {
		return nil
	}
	cost, used := &d.TotalCost, &d.TotalUsage
	return &fleet.StationCost{
		Currency: cost.Currency, Kind: fleet.CostKind(cost.TypeOfCost),
		Total: fleet.Price{ExclTax: adapter.OptDecimal(cost.Total.ExclTax), InclTax: adapter.OptDecimal(cost.Total.InclTax)},
		Fixed: price(cost.Fixed), Energy: price(cost.Energy), ChargingTime: price(cost.ChargingTime), IdleTime: price(cost.IdleTime),
		ReservationTime: price(cost.ReservationTime), ReservationFixed: price(cost.ReservationFixed),
		Used: adapter.Decimal(used.Energy), UsedCharging: int64(used.ChargingTime), UsedIdle: int64(used.IdleTime),
		UsedReserving: int64(used.ReservationTime.Or(0)),
		Failed:        d.FailureToCalculate.Or(false), Reason: d.FailureReason.Or(""),
	}
}

func price(p *ocpp21.Price) fleet.Price {
	if p == nil {
		return fleet.Price{}
	}
	return fleet.Price{ExclTax: adapter.OptDecimal(p.ExclTax), InclTax: adapter.OptDecimal(p.InclTax)}
}

// driverTariff writes a tariff as a station gets it with the answer about a token. It has no validFrom (I08.FR.09).
func driverTariff(t *fleet.Tariff) *ocpp21.Tariff {
	taxes := taxRates(t.TaxRates)
	tariff := &ocpp21.Tariff{
		TariffID: t.ID, Currency: t.Currency, MinCost: costLimit(t.MinCost), MaxCost: costLimit(t.MaxCost),
		ChargingTime: tariffTime(t.ChargingTime, taxes), IdleTime: tariffTime(t.IdleTime, taxes),
	}
	for _, text := range t.Texts {
		tariff.Description = append(tariff.Description, *message(text))
	}
	if p, ok := adapter.Amount(t.Energy).Get(); ok {
		tariff.Energy = &ocpp21.TariffEnergy{Prices: []ocpp21.TariffEnergyPrice{{PriceKWh: p}}, TaxRates: taxes}
	}
	if p, ok := adapter.Amount(t.FixedFee).Get(); ok {
		tariff.FixedFee = &ocpp21.TariffFixed{Prices: []ocpp21.TariffFixedPrice{{PriceFixed: p}}, TaxRates: taxes}
	}
	return tariff
}

func tariffTime(perMinute fleet.Decimal, taxes []ocpp21.TaxRate) *ocpp21.TariffTime {
	p, ok := adapter.Amount(perMinute).Get()
	if !ok {
		return nil
	}
	return &ocpp21.TariffTime{Prices: []ocpp21.TariffTimePrice{{PriceMinute: p}}, TaxRates: taxes}
}

// costLimit is a minimum or maximum; ours are without taxes.
func costLimit(d fleet.Decimal) *ocpp21.Price {
	if d == "" {
		return nil
	}
	return &ocpp21.Price{ExclTax: adapter.Amount(d)}
}

func taxRates(rates []fleet.TaxRate) (list []ocpp21.TaxRate) {
	for _, r := range rates {
		if tax, ok := adapter.Amount(r.Tax).Get(); ok {
			rate := ocpp21.TaxRate{Type: r.Type, Tax: tax}
			if r.Stack > 0 {
				rate.Stack = ocpp.Some(r.Stack)
			}
			list = append(list, rate)
		}
	}
	return list
}
