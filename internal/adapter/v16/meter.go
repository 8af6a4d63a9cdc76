package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// meterValues stores meter values, those of a transaction as an event of it.
func (h handlers) meterValues(ctx context.Context, st *csms.Station, req *ocpp16.MeterValuesRequest) (*ocpp16.MeterValuesResponse, error) {
	if _, err := h.Submit(ctx, meterEvent(st.Identity(), req)); err != nil {
		return nil, err
	}
	return &ocpp16.MeterValuesResponse{}, nil
}

// meterEvent takes an id that is none for an absent one: there would be a transaction for each message.
func meterEvent(station string, req *ocpp16.MeterValuesRequest) fleet.Event {
	list := samples(req.MeterValue)
	id, ok := req.TransactionID.Get()
	if !ok || !fleet.IsTransactionNumber(id) {
		return fleet.Metered{
			Station: station, Received: time.Now(), EVSE: req.ConnectorID, Connector: req.ConnectorID, Samples: list,
		}
	}
	return fleet.TransactionEvent{
		Station: station, Received: time.Now(), TransactionID: fleet.TransactionNumber(id),
		Kind: fleet.TransactionUpdated, Time: adapter.Earliest(list),
		EVSE: req.ConnectorID, Connector: req.ConnectorID, Samples: list,
	}
}

// samples flattens meter values: each sampled value gets the time of its meter value.
func samples(values []ocpp16.MeterValue) []fleet.Sample {
	var list []fleet.Sample
	for i := range values {
		for j := range values[i].SampledValue {
			list = append(list, sample(values[i].Timestamp.Time, &values[i].SampledValue[j]))
		}
	}
	return list
}

func sample(at time.Time, v *ocpp16.SampledValue) fleet.Sample {
	s := fleet.Sample{
		Time: at, Measurand: string(v.Measurand), Phase: string(v.Phase), Context: string(v.Context),
		Location: string(v.Location), Unit: string(v.Unit),
	}
	if v.Format == ocpp16.ValueFormatSignedData {
		s.Signed = &fleet.SignedValue{Data: v.Value}
		return s
	}
	adapter.Reading(&s, v.Value)
	return s
}
