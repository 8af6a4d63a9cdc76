package v21

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func derAlarm(req *ocpp21.NotifyDERAlarmRequest) []fleet.Record {
	return []fleet.Record{fleet.DERAlarm{
		ControlType: string(req.ControlType), Time: req.Timestamp.Time, Ended: req.AlarmEnded.Or(false),
		Fault: string(req.GridEventFault), ExtraInfo: req.ExtraInfo.Or(""),
	}}
}

func derEvent(req *ocpp21.NotifyDERStartStopRequest) []fleet.Record {
	return []fleet.Record{fleet.DERControlEvent{
		ControlID: req.ControlID, Started: req.Started, Time: req.Timestamp.Time, Superseded: req.SupersededIDs,
	}}
}

// derControls takes a report apart: it has a list for each kind of control. Those of two kinds are always defaults, which the
// report does not say.
func derControls(req *ocpp21.ReportDERControlRequest) []fleet.Record {
	b := derReport{request: int64(req.RequestID)}
	for _, c := range req.Curve {
		v := c.Curve
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(c.CurveType), Default: c.IsDefault, IsSuperseded: c.IsSuperseded}, v.Priority, v.StartTime, v.Duration, v)
	}
	for _, c := range req.EnterService {
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(ocpp21.DERControlTypeEnterService), Default: true}, c.EnterService.Priority, ocpp.Time{}, ocpp.Opt[ocpp.Decimal]{}, c.EnterService)
	}
	b.addFixedPF(ocpp21.DERControlTypeFixedPFAbsorb, req.FixedPFAbsorb)
	b.addFixedPF(ocpp21.DERControlTypeFixedPFInject, req.FixedPFInject)
	for _, c := range req.FixedVar {
		v := c.FixedVar
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(ocpp21.DERControlTypeFixedVar), Default: c.IsDefault, IsSuperseded: c.IsSuperseded}, v.Priority, v.StartTime, v.Duration, v)
	}
	for _, c := range req.FreqDroop {
		v := c.FreqDroop
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(ocpp21.DERControlTypeFreqDroop), Default: c.IsDefault, IsSuperseded: c.IsSuperseded}, v.Priority, v.StartTime, v.Duration, v)
	}
	for _, c := range req.Gradient {
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(ocpp21.DERControlTypeGradients), Default: true}, c.Gradient.Priority, ocpp.Time{}, ocpp.Opt[ocpp.Decimal]{}, c.Gradient)
	}
	for _, c := range req.LimitMaxDischarge {
		v := c.LimitMaxDischarge
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(ocpp21.DERControlTypeLimitMaxDischarge), Default: c.IsDefault, IsSuperseded: c.IsSuperseded}, v.Priority, v.StartTime, v.Duration, v)
	}
	return b.list
}

// derReport collects the controls of a report.
type derReport struct {
	request int64
	list    []fleet.Record
}

func (b *derReport) addFixedPF(kind ocpp21.DERControlType, list []ocpp21.FixedPFGet) {
	for _, c := range list {
		v := c.FixedPF
		b.add(fleet.DERControl{ControlID: c.ID, ControlType: string(kind), Default: c.IsDefault, IsSuperseded: c.IsSuperseded}, v.Priority, v.StartTime, v.Duration, v)
	}
}

// add adds a control with what all kinds have in common, and its settings as they are.
func (b *derReport) add(c fleet.DERControl, priority int, start ocpp.Time, duration ocpp.Opt[ocpp.Decimal], settings any) {
	c.RequestID, c.Priority, c.StartTime, c.Duration = b.request, int64(priority), start.Time, adapter.OptDecimal(duration)
	c.Settings = adapter.Object(settings)
	b.list = append(b.list, c)
}
