package store

import (
	"context"
	"errors"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// MaxTariffs bounds how many tariffs there are.
const MaxTariffs = 10_000

// What callers ask of an error about a tariff.
var (
	ErrOtherTariff = errors.New("there is a tariff of this id with other prices")
	ErrTariffUsed  = errors.New("the tariff has been given to somebody, and stays on record")
	ErrNoTariff    = errors.New("there is no such tariff")
)

// Tariffs are what charging costs, and who has which. That of a token and of a group is in their records.
type Tariffs interface {
	// PutTariff adds a tariff, or changes the texts and the note of one that has the same prices. It returns the tariff as it is
	// then, and whether there was none. ErrOtherTariff, ErrTooMany.
	PutTariff(ctx context.Context, t fleet.Tariff) (put fleet.Tariff, created bool, err error)
	// DeleteTariff removes a tariff that was never given to anybody. ErrNotFound, ErrTariffUsed.
	DeleteTariff(ctx context.Context, id string) error
	// Tariff returns one tariff. ErrNotFound.
	Tariff(ctx context.Context, id string) (fleet.Tariff, error)
	// ListTariffs returns tariffs in the order of their ids.
	ListTariffs(ctx context.Context, q TariffQuery) (Page[fleet.Tariff], error)

	// SetDefaultTariff says which tariff counts where no other does; "" is none. ErrNoTariff.
	SetDefaultTariff(ctx context.Context, id string) error
	// DefaultTariff returns the id of that tariff, "" when there is none.
	DefaultTariff(ctx context.Context) (string, error)
	// SetStationTariff gives a station a tariff; "" is none. ErrNotFound, ErrNoTariff.
	SetStationTariff(ctx context.Context, station, id string) error
}

// TariffQuery selects tariffs.
type TariffQuery struct {
	Cursor   string
	Limit    int    // 0: DefaultLimit
	Currency string // "": all
}
