package sqlite

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// TestWhatWasUndoneIsNotKnown: tariffs, and what stations can do with them, are remembered by the writer. A commit that fails
// takes back what it read meanwhile.
func TestWhatWasUndoneIsNotKnown(t *testing.T) {
	var broken atomic.Bool
	db := openHooked(t, store.Options{RetryMin: time.Millisecond, RetryMax: time.Millisecond}, hooks{beforeCommit: func() error {
		if broken.Load() {
			return errors.New("no more disk")
		}
		return nil
	}})
	ctx := t.Context()
	for _, id := range []string{"one", "two"} {
		tariff := fleet.Tariff{ID: id, TariffPrices: fleet.TariffPrices{Currency: "EUR"}, Texts: []fleet.TariffText{{Content: id}}}
		if _, _, err := db.PutTariff(ctx, tariff); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SetDefaultTariff(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	asked := fleet.AuthorizationAsked{Station: "A", Received: noon, Token: fleet.IDToken{Value: "x"}}
	yes := "true"
	told := fleet.VariablesReported{Station: "A", Received: noon, List: []fleet.Variable{{
		Station: "A", Setting: fleet.Setting{Component: "TariffCostCtrlr", Variable: "Enabled", VariableInstance: "Tariff"}, Attribute: fleet.AttributeActual, Value: &yes,
	}}}
	text := func() string {
		t.Helper()
		r, err := db.Submit(ctx, asked)
		if err != nil {
			t.Fatal(err)
		}
		return r.TariffText.Content
	}
	if got := text(); got != "" {
		t.Errorf("before the station told anything: %q", got)
	}
	broken.Store(true)
	err := db.change(ctx, func(w *writer) error { // all in one batch, in which the writer looks at what it has just changed
		if _, err := w.giveTariff("two"); err != nil {
			return err
		}
		w.forgetTariffs()
		if err := w.exec("UPDATE tariffs SET is_default = (id = 'two')"); err != nil {
			return err
		}
		if _, err := w.variablesReported(told); err != nil {
			return err
		}
		r, err := w.authorizationAsked(asked)
		if err == nil && r.TariffText.Content != "two" {
			t.Errorf("in the batch: %q", r.TariffText.Content)
		}
		return err
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	broken.Store(false)
	waitHealthy(t, db)
	if got := text(); got != "" {
		t.Errorf("what the station did not tell: %q", got)
	}
	if _, err := db.Submit(ctx, told); err != nil {
		t.Fatal(err)
	}
	if got := text(); got != "one" {
		t.Errorf("the default that was not changed: %q", got)
	}
}
