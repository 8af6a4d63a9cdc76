package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// customerReported keeps a part of a text on a person. Its notice does not have the text, which can be deleted.
func (w *writer) customerReported(e fleet.CustomerReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	now := fleet.Micros(e.Received)
	number, fresh, err := w.reportPart(e.Station, fleet.ReportCustomer, now, e.Part, e.Text)
	if err != nil || !fresh {
		return fleet.Result{Duplicate: !fresh}, err
	}
	if e.Text != "" && e.Part.SeqNo < int64(w.o.Devices.CustomerTexts) {
		err := w.exec("INSERT INTO customer_texts (report, seq_no, received, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			number, e.Part.SeqNo, now, fleet.Clip(e.Text, maxText))
		if err != nil {
			return fleet.Result{}, err
		}
	}
	return fleet.Result{}, w.reportNotice(e, fleet.ReportCustomer, number, e.Part, 1, now)
}

// forgetEvery is how often the writer looks for customer information that is too old.
const forgetEvery = time.Hour

// forgetCustomers deletes customer information that has been here long enough. Every commit asks; once an hour one does it.
func (w *writer) forgetCustomers(now time.Time) error {
	if now.Before(w.forgetAt) {
		return nil
	}
	w.forgetAt = now.Add(forgetEvery)
	return w.exec("DELETE FROM customer_texts WHERE received < ?", fleet.Micros(now.Add(-w.o.Devices.CustomerFor)))
}

// DeleteCustomerInformation implements store.Devices.
func (db *DB) DeleteCustomerInformation(ctx context.Context, station string, number int64) error {
	return db.change(ctx, func(w *writer) error {
		var known int64
		found, err := w.queryRow("SELECT number FROM reports WHERE number = ? AND station = ? AND kind = ?",
			[]any{number, station, string(fleet.ReportCustomer)}, []any{&known})
		if err == nil && !found {
			err = fmt.Errorf("customer information %d of %q: %w", number, station, store.ErrNotFound)
		}
		if err != nil {
			return err
		}
		return w.exec("DELETE FROM customer_texts WHERE report = ?", number)
	})
}
