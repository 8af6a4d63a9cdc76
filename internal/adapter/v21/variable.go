package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// notifyReport keeps a part of the device model (B07, B08), without the secrets that a station should not send.
func (h handlers) notifyReport(ctx context.Context, st *csms.Station, req *ocpp21.NotifyReportRequest) (*ocpp21.NotifyReportResponse, error) {
	part := adapter.Part(req.RequestID, req.SeqNo, req.TBC, req.GeneratedAt)
	report := fleet.VariablesReported{Station: st.Identity(), Received: time.Now(), Action: req.OCPPAction().Name, Part: &part}
	for i := range req.ReportData {
		data := &req.ReportData[i]
		for j := range data.VariableAttribute {
			v := reported(data, &data.VariableAttribute[j])
			v.Station, v.Received, v.Time, v.Source = report.Station, report.Received, req.GeneratedAt.Time, report.Action
			report.List = append(report.List, v.Redacted())
		}
	}
	if _, err := h.Submit(ctx, report); err != nil {
		return nil, err
	}
	return &ocpp21.NotifyReportResponse{}, nil
}

// reported reads an attribute; what a report leaves out has the default of the specification.
func reported(data *ocpp21.ReportData, a *ocpp21.VariableAttribute) fleet.Variable {
	persistent, constant := a.Persistent.Or(false), a.Constant.Or(false)
	v := fleet.Variable{
		Setting: setting(&data.Component, &data.Variable), Attribute: attribute(a.Type), Value: adapter.Ref(a.Value),
		Mutability: string(a.Mutability), Persistent: &persistent, Constant: &constant,
	}
	if v.Mutability == "" {
		v.Mutability = fleet.ReadWrite
	}
	if c := data.VariableCharacteristics; c != nil {
		v.DataType, v.Unit, v.ValuesList = string(c.DataType), c.Unit.Or(""), c.ValuesList.Or("")
		v.MinLimit, v.MaxLimit, v.MaxElements = limit(c.MinLimit), limit(c.MaxLimit), adapter.Int64(c.MaxElements)
		v.SupportsMonitoring = &c.SupportsMonitoring
	}
	return v
}

func attribute(t ocpp21.AttributeType) string {
	if t == "" {
		return fleet.AttributeActual
	}
	return string(t)
}

func limit(o ocpp.Opt[ocpp.Decimal]) fleet.Decimal {
	d, ok := o.Get()
	if !ok {
		return ""
	}
	return fleet.Decimal(d.String())
}
