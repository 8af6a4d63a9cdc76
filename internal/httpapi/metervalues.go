package httpapi

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// MeterValues are what a station measured at one time outside of transactions.
type MeterValues struct {
	EVSE       *int       `json:"evse" doc:"null: the station"`
	Connector  *int       `json:"connector" doc:"null: the whole EVSE, or the station"`
	ReceivedAt *time.Time `json:"receivedAt" doc:"By the server's clock"`
	Samples    []Sample   `json:"samples" nullable:"false" doc:"What one message measured"`
}

type meterValuesInput struct {
	PageQuery
	ID        string    `path:"id" maxLength:"255" doc:"Identity of the station"`
	EVSE      string    `query:"evse" pattern:"^[0-9]{1,9}$" patternDescription:"number of an EVSE" doc:"Only those of one EVSE; 0: of the station itself. In OCPP 1.6 a connector is an EVSE"`
	Connector string    `query:"connector" pattern:"^[0-9]{1,9}$" patternDescription:"number of a connector" doc:"Only those of one connector of it"`
	Since     time.Time `query:"since" doc:"Only those that were measured then or later, by the station's clock" example:"2026-05-01T00:00:00Z"`
	Until     time.Time `query:"until" doc:"Only those that were measured before" example:"2026-05-02T00:00:00Z"`
}

func (a *api) registerMeterValues() {
	operate(a, ofStation("meter-values", "List the meter values that belong to no transaction, by EVSE, connector and time",
		"Those that a station measures by the clock, for instance every quarter of an hour. What it measures in a transaction is in /transactions/{id}/samples. The limit counts messages."), a.listMeterValues)
}

func (a *api) listMeterValues(ctx context.Context, in *meterValuesInput) (*answer[List[MeterValues]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.MeterValues(ctx, store.MeterQuery{
		Station: in.ID, EVSE: evseNumber(in.EVSE), Connector: evseNumber(in.Connector), Since: in.Since, Until: in.Until, Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewMeterValues), nil
}

func viewMeterValues(m fleet.Metered) MeterValues {
	v := MeterValues{EVSE: orNull(m.EVSE), Connector: orNull(m.Connector), ReceivedAt: instant(m.Received), Samples: make([]Sample, 0, len(m.Samples))}
	for _, s := range m.Samples {
		v.Samples = append(v.Samples, viewSample(fleet.TransactionSample{Sample: s, Received: m.Received}, false))
	}
	return v
}
