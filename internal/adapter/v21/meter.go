package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// meterValues stores meter values, which belong to no transaction in OCPP 2.x. EVSE 0 is the main meter.
func (h handlers) meterValues(ctx context.Context, st *csms.Station, req *ocpp21.MeterValuesRequest) (*ocpp21.MeterValuesResponse, error) {
	_, err := h.Submit(ctx, fleet.Metered{
		Station: st.Identity(), Received: time.Now(), EVSE: req.EVSEID, Samples: samples(req.MeterValue),
	})
	if err != nil {
		return nil, err
	}
	return &ocpp21.MeterValuesResponse{}, nil
}

// samples flattens meter values: each sampled value gets the time of its meter value.
func samples(values []ocpp21.MeterValue) []fleet.Sample {
	var list []fleet.Sample
	for i := range values {
		for j := range values[i].SampledValue {
			list = append(list, sample(values[i].Timestamp.Time, &values[i].SampledValue[j]))
		}
	}
	return list
}

func sample(at time.Time, v *ocpp21.SampledValue) fleet.Sample {
	s := fleet.Sample{
		Time: at, Measurand: string(v.Measurand), Phase: string(v.Phase), Context: string(v.Context), Location: string(v.Location),
	}
	adapter.Reading(&s, v.Value.String())
	if u := v.UnitOfMeasure; u != nil {
		s.Unit, s.Multiplier = u.Unit.Or(""), u.Multiplier.Or(0)
	}
	if m := v.SignedMeterValue; m != nil {
		s.Signed = &fleet.SignedValue{
			Data: m.SignedMeterData, Method: m.SigningMethod.Or(""), Encoding: m.EncodingMethod, PublicKey: m.PublicKey.Or(""),
		}
	}
	return s
}
