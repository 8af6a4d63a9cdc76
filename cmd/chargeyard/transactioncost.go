package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// costParts, costUsage and costTold are what is shown of the cost of a transaction of the API.
type costParts struct {
	Fixed        *costPart `json:"fixed"`
	Energy       *costPart `json:"energy"`
	ChargingTime *costPart `json:"chargingTime"`
	IdleTime     *costPart `json:"idleTime"`
}

type costPart struct {
	ExclTax json.Number `json:"exclTax"`
	InclTax json.Number `json:"inclTax"`
}

type costUsage struct {
	ChargingTime int64 `json:"chargingTime"`
	IdleTime     int64 `json:"idleTime"`
}

type costTold struct {
	Failed bool    `json:"failureToCalculate"`
	Reason *string `json:"failureReason"`
}

// cost is what it has cost so far, with taxes; none when nobody knows.
func (t *transactionView) cost() string {
	if t.Cost == "" {
		return none
	}
	return strings.TrimSpace(t.Cost.String() + " " + or(t.Currency))
}

// addCost adds what it costs, why, and what that is made of.
func (t *transactionView) addCost(f *facts) {
	if t.Tariff != nil {
		f.add("tariff", fmt.Sprintf("%s (%s)", *t.Tariff, or(t.TariffSource)))
	}
	if t.Cost != "" {
		said := t.cost()
		if t.CostExclTax != "" {
			said += ", " + t.CostExclTax.String() + " without taxes"
		}
		switch or(t.CostKind) {
		case "MinCost":
			said += ", the minimum"
		case "MaxCost":
			said += ", the maximum"
		}
		if or(t.CostBy) == "station" {
			said += ", as the station computed it"
		}
		f.add("cost", said)
		f.add("made of", t.parts())
	}
	if t.StationCost != nil && t.StationCost.Failed {
		f.add("station", strings.TrimSpace("could not compute the cost: "+or(t.StationCost.Reason)))
	}
}

// parts says what the cost is made of, without taxes.
func (t *transactionView) parts() string {
	if t.CostParts == nil {
		return ""
	}
	var charging, idle string
	if t.CostUsage != nil {
		charging = " for " + span(time.Duration(t.CostUsage.ChargingTime)*time.Second)
		idle = " for " + span(time.Duration(t.CostUsage.IdleTime)*time.Second)
	}
	var words []string
	for _, p := range []struct {
		part *costPart
		of   string
	}{{t.CostParts.Fixed, "to start"}, {t.CostParts.Energy, "for energy"}, {t.CostParts.ChargingTime, "to charge" + charging}, {t.CostParts.IdleTime, "idle" + idle}} {
		if p.part != nil && p.part.ExclTax != "" {
			words = append(words, p.part.ExclTax.String()+" "+p.of)
		}
	}
	return strings.Join(words, ", ")
}
