package adapter

import (
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
)

// TotalCost is what the answer to an event of a transaction says about money: the running cost while it goes on (I02.FR.04),
// the final one at its end (I03.FR.02). Absent does not mean free (I03.FR.04).
func TotalCost(kind fleet.TransactionKind, cost fleet.Decimal) ocpp.Opt[ocpp.Decimal] {
	if kind == fleet.TransactionStarted || cost == "" {
		return ocpp.Opt[ocpp.Decimal]{}
	}
	return Amount(cost)
}

// Amount returns an amount of money as it is sent, absent for "".
func Amount(d fleet.Decimal) ocpp.Opt[ocpp.Decimal] {
	n, err := ocpp.ParseDecimal(string(d))
	if err != nil {
		return ocpp.Opt[ocpp.Decimal]{}
	}
	return ocpp.Some(n)
}

// PersonalMessage is what a station shows a driver, of at most limit characters: the driver's message with the text of the
// tariff below, or that text alone when there is no room for both (I01.FR.01). The language is that of the text, if it is
// alone.
func PersonalMessage(message string, text fleet.TariffText, limit int) fleet.TariffText {
	switch both := message + "\n" + text.Content; {
	case message == "":
		return text
	case text.Content == "" && utf8.RuneCountInString(message) <= limit:
		return fleet.TariffText{Content: message}
	case utf8.RuneCountInString(both) <= limit:
		return fleet.TariffText{Content: both}
	}
	return text
}
