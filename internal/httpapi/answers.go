package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// DeviceAnswer is what a station answered last to a request that changes something at it or has it do something.
type DeviceAnswer struct {
	Number  int64  `json:"number" doc:"Rising in the order of arrival" example:"17"`
	Station string `json:"station" example:"CP-001"`
	Action  string `json:"action" example:"SetVariables"`
	Took    bool   `json:"took" doc:"The station did as asked: at once, from its next start on, or as soon as a transaction is over"`
	Status  string `json:"status" doc:"In the station's word" example:"RebootRequired"`
	MaybeAbout
	Attribute  *string    `json:"attribute" doc:"Of the variable" example:"Actual"`
	Object     *string    `json:"object" doc:"What else it is about: type and severity of a monitor to set, id of a monitor to clear, id of a display message, slot of a network profile, use and SHA-256 of a certificate to install, serial number of one to delete, id of a charging profile, what charging profiles to clear have in common, id of a transaction, a tariff, a DER control or an event stream, message to trigger, vendor and message of a DataTransfer, checksum of a firmware" example:"UpperThreshold/4"`
	Value      *string    `json:"value" doc:"What it was to become; of a remote start the remoteStartId, of a remote stop the transaction; null when there is none, or it is hidden"`
	Hidden     bool       `json:"hidden" doc:"There was a value, and it is not kept: it is a secret, or none was read before of the variable, which may be for writing only"`
	Reason     *string    `json:"reason" doc:"The station's reasonCode (OCPP 2.x)" example:"ReadOnly"`
	Info       *string    `json:"info" doc:"What the station said beside it (OCPP 2.x)"`
	ReceivedAt *time.Time `json:"receivedAt"`
}

// MaybeAbout is About of something that may be about no variable.
type MaybeAbout struct {
	Component         *string `json:"component" doc:"null: a configuration key of OCPP 1.6, or about no variable" example:"OCPPCommCtrlr"`
	ComponentInstance *string `json:"componentInstance"`
	EVSE              *int    `json:"evse" doc:"Of the variable, or the place that it is about; null: the station"`
	Connector         *int    `json:"connector" doc:"null: the whole EVSE, or the station"`
	Variable          *string `json:"variable" doc:"null: it is about no variable" example:"HeartbeatInterval"`
	VariableInstance  *string `json:"variableInstance"`
}

func maybeAbout(s fleet.Setting) MaybeAbout {
	a := about(s)
	return MaybeAbout{a.Component, a.ComponentInstance, a.EVSE, a.Connector, orNull(a.Variable), a.VariableInstance}
}

type answersInput struct {
	PageQuery
	SettingFilter
	ArrivalFilter
	Action string `query:"action" maxLength:"64" doc:"Only those to one action"`
	Status string `query:"status" maxLength:"64" doc:"Only those with this status"`
	Took   string `query:"took" enum:"true,false" doc:"Only those that did as asked, or that did not"`
}

func (a *api) registerAnswers() {
	operate(a, ofFleet("device-answers", "device answer", "List what stations answered to requests that change something at them or have them do something, the latest first",
		"For each action the latest answer about each thing that requests were about: a variable, a monitor, a certificate, a display message, a slot, a charging profile, a place. The latest 2,000 of each station are kept. Whoever sent the request, and how: for one station or for many, by its name or by a verb. docs/coverage.md says of every action where its answer is."), a.listAnswers)
	operate(a, ofFleet("certificates", "certificate", "List the certificates that are installed in stations, by station",
		"As far as the stations told: in answers to GetInstalledCertificateIds, and by accepting and deleting some. Subject and fingerprint are known of those that were installed from here."), a.listInstalled)
	operate(a, ofStation("network-profiles", "List the network profiles of a station",
		"Those that the station accepted (OCPP 2.x), by slot. Passwords, PINs and keys are not kept."), a.listNetworkProfiles)
	operate(a, huma.Operation{
		OperationID: "get-monitoring", Method: http.MethodGet, Path: "/stations/{id}/monitoring", Tags: []string{"station"},
		Summary: "Get which monitors a station has as a whole, and which events it reports", Description: "As it accepted them in SetMonitoringBase and SetMonitoringLevel (OCPP 2.x).",
	}, a.getMonitoring)
}

func (a *api) listAnswers(ctx context.Context, in *answersInput) (*answer[List[DeviceAnswer]], error) {
	p, err := a.o.Store.ListDeviceAnswers(ctx, store.DeviceAnswerQuery{
		SettingQuery: in.SettingFilter.query(), Arrival: in.ArrivalFilter.query(in.PageQuery), Action: in.Action, Status: in.Status, Took: flag(in.Took),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewDeviceAnswer), nil
}

func viewDeviceAnswer(d fleet.DeviceAnswer) DeviceAnswer {
	v := DeviceAnswer{
		Number: d.Number, Station: d.Station, Action: d.Action, Took: d.Took(), Status: d.Status, MaybeAbout: maybeAbout(d.Setting),
		Attribute: orNull(d.Attribute), Object: orNull(d.Object), Hidden: d.Value == fleet.Hidden, Reason: orNull(d.Reason), Info: orNull(d.Info),
		ReceivedAt: instant(d.Received),
	}
	if !v.Hidden {
		v.Value = orNull(d.Value)
	}
	return v
}

// Monitoring is which monitors a station has set, and which events it reports.
type Monitoring struct {
	Base    *string    `json:"base" doc:"Monitors that are set: All, FactoryDefault or HardWiredOnly; null: the station was not told" example:"All"`
	BaseAt  *time.Time `json:"baseAt" doc:"When it accepted that"`
	Level   *int       `json:"level" doc:"Events of this severity and graver ones are reported, from 0 (danger) to 9 (debug); null: the station was not told" example:"4"`
	LevelAt *time.Time `json:"levelAt" doc:"When it accepted that"`
}

func (a *api) getMonitoring(ctx context.Context, in *stationInput) (*answer[Monitoring], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	m, err := a.o.Store.Monitoring(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Monitoring]{Monitoring{Base: orNull(m.Base), BaseAt: instant(m.BaseAt), Level: m.Level, LevelAt: instant(m.LevelAt)}}, nil
}
