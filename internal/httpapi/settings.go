package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Variable is an attribute of a variable of the device model, or a configuration key of OCPP 1.6, as the station told it
// last. What it did not tell is null.
type Variable struct {
	About
	Attribute          string     `json:"attribute" doc:"Actual, Target, MinSet or MaxSet; a configuration key has an Actual one only" example:"Actual"`
	Value              *string    `json:"value" doc:"As text; null when it was not told, or is hidden"`
	Hidden             bool       `json:"hidden" doc:"There is a value, and it is not kept here: it is a secret, or was written and never read"`
	Mutability         *string    `json:"mutability" doc:"ReadOnly, WriteOnly or ReadWrite" example:"ReadWrite"`
	Persistent         *bool      `json:"persistent" doc:"It outlives a reboot"`
	Constant           *bool      `json:"constant" doc:"It never changes"`
	DataType           *string    `json:"dataType" example:"integer"`
	Unit               *string    `json:"unit" example:"s"`
	MinLimit           Number     `json:"minLimit"`
	MaxLimit           Number     `json:"maxLimit" doc:"Of a text or list: characters at most"`
	MaxElements        *int64     `json:"maxElements" doc:"Of a list (OCPP 2.1)"`
	ValuesList         *string    `json:"valuesList" doc:"Values that it can have, with commas between"`
	SupportsMonitoring *bool      `json:"supportsMonitoring" doc:"Monitors can be set on it"`
	Source             string     `json:"source" doc:"Message that brought the value" example:"NotifyReport"`
	Time               *time.Time `json:"time" doc:"When the station made the report, by its clock"`
	ReceivedAt         *time.Time `json:"receivedAt" doc:"When it came, by the server's clock"`
	Desired            *string    `json:"desired" doc:"What it is wanted to be; null: nothing is wanted" example:"300"`
	DesiredState       *string    `json:"desiredState" doc:"unknown, same, drift, refused or rebootRequired, as in the list of desired values; null: nothing is wanted" example:"drift"`
}

// Monitor is a monitor that is set on a variable.
type Monitor struct {
	ID int64 `json:"id" doc:"In the station"`
	About
	Type        string     `json:"type" example:"UpperThreshold"`
	Value       Number     `json:"value" doc:"Threshold, difference, or interval in seconds"`
	Severity    int        `json:"severity" doc:"From 0 (danger) to 9 (debug)" example:"4"`
	Transaction bool       `json:"transaction" doc:"It watches during transactions only"`
	Kind        *string    `json:"kind" doc:"Who set it (OCPP 2.1)" example:"CustomMonitor"`
	ReceivedAt  *time.Time `json:"receivedAt" doc:"When the latest report of it came"`
}

// DisplayMessage is a message that a station has to show.
type DisplayMessage struct {
	ID               int64         `json:"id" doc:"In the station"`
	Priority         string        `json:"priority" example:"NormalCycle"`
	State            *string       `json:"state" doc:"When it is shown; null: always" example:"Charging"`
	Texts            []DisplayText `json:"texts" nullable:"false" doc:"The first one is the message; the others say it in other languages (OCPP 2.1)"`
	Display          *string       `json:"display" doc:"Component that shows it; null: the main display"`
	DisplayInstance  *string       `json:"displayInstance"`
	DisplayEVSE      *int          `json:"displayEvse" doc:"EVSE of the display; null: the station's"`
	DisplayConnector *int          `json:"displayConnector"`
	StartsAt         *time.Time    `json:"startsAt" doc:"null: at once"`
	EndsAt           *time.Time    `json:"endsAt" doc:"null: never"`
	TransactionID    *string       `json:"transactionId" doc:"It goes when this transaction ends"`
	ReceivedAt       *time.Time    `json:"receivedAt" doc:"When the latest report of it came"`
}

// DisplayText is a message in one language.
type DisplayText struct {
	Format   string  `json:"format" example:"UTF8"`
	Language *string `json:"language" example:"en"`
	Content  string  `json:"content"`
}

type variablesInput struct {
	DeviceQuery
	SettingFilter
	Attribute  string `query:"attribute" enum:"Actual,Target,MinSet,MaxSet" doc:"Only this attribute"`
	Mutability string `query:"mutability" enum:"ReadOnly,WriteOnly,ReadWrite" doc:"Only what can be read, written, or both"`
	Drift      string `query:"drift" enum:"true" doc:"Only those that are otherwise than desired"`
}

type monitorsInput struct {
	DeviceQuery
	SettingFilter
	Severity string `query:"severity" enum:"0,1,2,3,4,5,6,7,8,9" doc:"Only those at least so grave: 0 is the gravest"`
}

type displayMessagesInput struct {
	DeviceQuery
	Transaction string `query:"transaction" maxLength:"255" doc:"Only those of one transaction, by the station's own transactionId"`
}

func (a *api) registerSettings() {
	operate(a, ofStation("variables", "List the variables or configuration keys of a station",
		"The device model of OCPP 2.x and the configuration of 1.6 in one shape, by component, instance, place, variable and attribute: as the station told them last, in reports and in answers to commands. Passwords and keys are not kept."), a.listVariables)
	operate(a, ofStation("monitors", "List the monitors that are set on variables of a station",
		"As the station reported, set and cleared them last (OCPP 2.x)."), a.listMonitors)
	operate(a, ofStation("display-messages", "List the messages that a station has to show",
		"As the station reported, accepted and removed them last (OCPP 2.x)."), a.listDisplayMessages)
	operate(a, huma.Operation{
		OperationID: "get-kept", Method: http.MethodGet, Path: "/stations/{id}/kept", Tags: []string{"station"},
		Summary: "Get how much of what a station said of itself is kept", Description: "Each list of a station is bounded. What is dropped is counted here.",
	}, a.getKept)
}

func (a *api) listVariables(ctx context.Context, in *variablesInput) (*answer[List[Variable]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	wanted, err := a.wantedOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListVariables(ctx, store.VariableQuery{
		SettingQuery: in.query(), Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, Attribute: in.Attribute, Mutability: in.Mutability,
		Drift: in.Drift == "true",
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(v fleet.Variable) Variable {
		shown := viewVariable(v)
		if d, ok := wanted[v.Key()]; ok {
			shown.Desired, shown.DesiredState = &d.Value, new(string(d.State))
		}
		return shown
	}), nil
}

func (a *api) listMonitors(ctx context.Context, in *monitorsInput) (*answer[List[Monitor]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListMonitors(ctx, store.MonitorQuery{
		SettingQuery: in.query(), Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, Severity: smallNumber(in.Severity),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewMonitor), nil
}

func (a *api) listDisplayMessages(ctx context.Context, in *displayMessagesInput) (*answer[List[DisplayMessage]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListDisplayMessages(ctx, store.DisplayMessageQuery{
		Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, TransactionID: in.Transaction,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewDisplayMessage), nil
}

func viewVariable(v fleet.Variable) Variable {
	hidden := v.Value != nil && *v.Value == fleet.Hidden
	value := v.Value
	if hidden {
		value = nil
	}
	return Variable{
		About: about(v.Setting), Attribute: v.Attribute, Value: value, Hidden: hidden, Mutability: orNull(v.Mutability),
		Persistent: v.Persistent, Constant: v.Constant, DataType: orNull(v.DataType), Unit: orNull(v.Unit),
		MinLimit: number(v.MinLimit), MaxLimit: number(v.MaxLimit), MaxElements: v.MaxElements, ValuesList: orNull(v.ValuesList),
		SupportsMonitoring: v.SupportsMonitoring, Source: v.Source, Time: instant(v.Time), ReceivedAt: instant(v.Received),
	}
}

func viewMonitor(m fleet.Monitor) Monitor {
	return Monitor{
		ID: m.ID, About: about(m.Setting), Type: m.Type, Value: number(m.Value), Severity: m.Severity, Transaction: m.Transaction,
		Kind: orNull(m.Kind), ReceivedAt: instant(m.Received),
	}
}

func viewDisplayMessage(m fleet.DisplayMessage) DisplayMessage {
	texts := make([]DisplayText, 0, len(m.Texts))
	for _, t := range m.Texts {
		texts = append(texts, DisplayText{Format: t.Format, Language: orNull(t.Language), Content: t.Content})
	}
	return DisplayMessage{
		ID: m.ID, Priority: m.Priority, State: orNull(m.State), Texts: texts, Display: orNull(m.Display.Component),
		DisplayInstance: orNull(m.Display.ComponentInstance), DisplayEVSE: orNull(m.Display.EVSE), DisplayConnector: orNull(m.Display.Connector),
		StartsAt: instant(m.StartsAt), EndsAt: instant(m.EndsAt), TransactionID: orNull(m.TransactionID), ReceivedAt: instant(m.Received),
	}
}
