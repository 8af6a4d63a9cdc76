package main

import (
	"context"
	"net/url"
	"strconv"
)

type variablesCmd struct {
	apiFlags `embed:""`

	Station   string `arg:"" help:"Identity of the station."`
	Component string `env:"-" placeholder:"NAME" help:"Only those of one component."`
	Variable  string `env:"-" placeholder:"NAME" help:"Only those of one variable or configuration key."`
	Drift     bool   `env:"-" help:"Only those that are otherwise than desired."`
	Limit     int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (variablesCmd) Help() string {
	return `Variables of OCPP 2.x and configuration keys of 1.6, as the station told them last, beside what they are wanted to be.

    chargeyard variables CP-001 --drift`
}

// Run lists variables of a station.
func (c *variablesCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := url.Values{}
	set(query, "component", c.Component)
	set(query, "variable", c.Variable)
	if c.Drift {
		query.Set("drift", "true")
	}
	list := first(client.Items(ctx, "/stations/"+url.PathEscape(c.Station)+"/variables", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "COMPONENT"}, column{title: "VARIABLE"}, column{title: "ATTRIBUTE", drop: 2}, column{title: "VALUE"}, column{title: "DESIRED"}, column{title: "STATE", drop: 1})
	for v, err := range decoded[variableView](list) {
		if err != nil {
			return err
		}
		value := v.Value
		if v.Hidden {
			value = "***"
		}
		t.row(v.component(), v.name(), v.Attribute, value, v.Desired, v.DesiredState)
	}
	if c.Drift {
		return t.end("The station told nothing that is otherwise than desired.")
	}
	return t.end("Nothing is known of such variables: ask the station with get-variables or report-base.")
}

// set adds a parameter, unless it is empty.
func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

// aboutView is what tables show of what something is about.
type aboutView struct {
	Component         string `json:"component"`
	ComponentInstance string `json:"componentInstance"`
	EVSE              int    `json:"evse"`
	Connector         int    `json:"connector"`
	Variable          string `json:"variable"`
	VariableInstance  string `json:"variableInstance"`
}

func (a aboutView) component() string {
	text := instance(a.Component, a.ComponentInstance)
	if a.EVSE != 0 {
		text += " " + strconv.Itoa(a.EVSE)
	}
	if a.Connector != 0 {
		text += "/" + strconv.Itoa(a.Connector)
	}
	return text
}

func (a aboutView) name() string { return instance(a.Variable, a.VariableInstance) }

func instance(name, instance string) string {
	if instance != "" {
		return name + "[" + instance + "]"
	}
	return name
}

// variableView is what the table shows of a variable of the API.
type variableView struct {
	aboutView
	Attribute    string `json:"attribute"`
	Value        string `json:"value"`
	Hidden       bool   `json:"hidden"`
	Desired      string `json:"desired"`
	DesiredState string `json:"desiredState"`
}

type driftCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those of one station."`
	State   string `env:"-" enum:",unknown,same,drift,refused,rebootRequired" default:"" placeholder:"STATE" help:"Those in this state: unknown, same, drift, refused or rebootRequired. Default: drift and refused."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Run lists what is otherwise than wanted.
func (c *driftCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := url.Values{}
	set(query, "station", c.Station)
	set(query, "state", c.State)
	list := first(client.Items(ctx, "/drift", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "COMPONENT"}, column{title: "VARIABLE"}, column{title: "VALUE"}, column{title: "DESIRED"}, column{title: "STATE"}, column{title: "ANSWER", drop: 1})
	for v, err := range decoded[driftView](list) {
		if err != nil {
			return err
		}
		t.row(v.Station, v.component(), v.name(), v.Actual, v.Value, v.State, v.Status)
	}
	return t.end("Nothing is otherwise than wanted.")
}

// driftView is what the table shows of a desired value of the API.
type driftView struct {
	aboutView
	Station string `json:"station"`
	Actual  string `json:"actual"`
	Value   string `json:"value"`
	State   string `json:"state"`
	Status  string `json:"status"`
}
