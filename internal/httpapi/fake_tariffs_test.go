package httpapi_test

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/store"
)

// fakeTariffs has none; the tests of tariffs use a real store.
type fakeTariffs struct{ store.Tariffs }

func (fakeTariffs) DefaultTariff(context.Context) (string, error) { return "", nil }
