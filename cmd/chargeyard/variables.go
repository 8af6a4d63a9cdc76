package main

import (
	"context"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/apiclient"
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
	query := filled(map[string]string{"component": c.Component, "variable": c.Variable})
	if c.Drift {
		query.Set("drift", "true")
	}
	list := first(client.Items(ctx, apiclient.Path("stations", c.Station, "variables"), query), c.Limit)
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
