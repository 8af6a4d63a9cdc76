package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type desiredCmd struct {
	List   desiredListCmd   `cmd:"" default:"withargs" help:"List what is wanted of a station; the same as \"chargeyard desired STATION\"."`
	Set    desiredSetCmd    `cmd:"" help:"Want variables or configuration keys of stations to be something."`
	Remove desiredRemoveCmd `cmd:"" help:"Want nothing more of variables of a station."`
	Apply  desiredApplyCmd  `cmd:"" help:"Set what is otherwise than wanted at a station now."`
}

// Help explains more than the one line.
func (desiredCmd) Help() string {
	return `What is wanted stays wanted: a station is asked when it comes, and set right. "chargeyard drift" lists what is otherwise.

    chargeyard desired set --tag depot HeartbeatInterval=600 OCPPCommCtrlr.HeartbeatInterval=600
    chargeyard desired CP-001
    chargeyard drift`
}

type desiredListCmd struct {
	apiFlags `embed:""`

	Station string `arg:"" help:"Identity of the station."`
	State   string `env:"-" enum:",unknown,same,drift,refused,rebootRequired" default:"" placeholder:"STATE" help:"Only those in this state: unknown, same, drift, refused or rebootRequired."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Run lists what is wanted of a station.
func (c *desiredListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"state": c.State})
	list := first(client.Items(ctx, apiclient.Path("stations", c.Station, "desired"), query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "COMPONENT"}, column{title: "VARIABLE"}, column{title: "DESIRED"}, column{title: "VALUE"}, column{title: "STATE"}, column{title: "ANSWER", drop: 1})
	for v, err := range decoded[driftView](list) {
		if err != nil {
			return err
		}
		t.row(v.component(), v.name(), v.Value, v.Actual, v.State, v.Status)
	}
	return t.end(nothing("desired value", query))
}

type desiredSetCmd struct {
	apiFlags     `embed:""`
	stationFlags `embed:""`

	Values  []string `arg:"" name:"name=value" help:"KEY=VALUE for a configuration key of OCPP 1.6, COMPONENT.VARIABLE=VALUE for a variable of 2.x, or a JSON object as in the API."`
	Compare bool     `env:"-" help:"Only compare: nothing is set without being asked."`
}

// Help explains more than the one line.
func (desiredSetCmd) Help() string {
	return `Each station gets what its version of OCPP can have, so that one command may go to a fleet of all versions. The selection is what it is
now: stations that come later are not among it. Passwords and keys are refused: "chargeyard stations rotate" changes keys.

    chargeyard desired set --select CP-001 HeartbeatInterval=600
    chargeyard desired set --tag depot HeartbeatInterval=600 OCPPCommCtrlr.HeartbeatInterval=600
    chargeyard desired set --all '{"component":"EVSE","evse":1,"variable":"AvailabilityState","value":"Available"}'`
}

// Validate refuses what the API would not take; kong calls it.
func (c *desiredSetCmd) Validate() error { return c.check() }

// Run wants something.
func (c *desiredSetCmd) Run(ctx context.Context, s streams) error {
	values, err := readValues(c.Values)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	client, err := c.clientFor(bulkLimit)
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPut, "/desired", map[string]any{"select": c.selection(), "values": values, "apply": !c.Compare})
	if err != nil {
		return err
	}
	var got struct{ Selected, Changed, Skipped, Unknown int }
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if c.json() {
		err = writeJSON(s.out, body)
	} else {
		f := facts{{"selected", fmt.Sprint(got.Selected)}, {"wanted of", fmt.Sprint(got.Changed)}}
		f.addCount("skipped", got.Skipped, "their version of OCPP can have none of it")
		f.addCount("unknown", got.Unknown, "neither created nor seen")
		err = f.write(s.out)
	}
	if err == nil && got.Changed == 0 {
		err = &exitError{exitNotFound, fmt.Errorf("nothing is wanted now: %d stations were selected, and none of them can have it", got.Selected)}
	}
	return err
}

type desiredRemoveCmd struct {
	apiFlags `embed:""`

	Station   string `arg:"" help:"Identity of the station."`
	Component string `env:"-" placeholder:"NAME" help:"Only those of one component."`
	Variable  string `env:"-" placeholder:"NAME" help:"Only those of one variable or configuration key."`
}

// Help explains more than the one line.
func (desiredRemoveCmd) Help() string {
	return `Without flags nothing at all is wanted of the station any more. What it has does not change.`
}

// Run wants nothing more.
func (c *desiredRemoveCmd) Run(ctx context.Context, s streams) error {
	path := apiclient.Path("stations", c.Station, "desired")
	if query := filled(map[string]string{"component": c.Component, "variable": c.Variable}); len(query) > 0 {
		path += "?" + query.Encode()
	}
	body, err := c.send(ctx, http.MethodDelete, path, nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var got struct{ Removed int }
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Desired values that were removed: %d.\n", got.Removed)
	return err
}

type desiredApplyCmd struct {
	apiFlags `embed:""`

	Station string `arg:"" help:"Identity of the station."`
}

// Help explains more than the one line.
func (desiredApplyCmd) Help() string {
	return `Also what the station has refused before, and what is only to be compared. Requests that come of it are listed by
"chargeyard commands --lane bulk".`
}

// Run sets what is otherwise.
func (c *desiredApplyCmd) Run(ctx context.Context, s streams) error {
	body, err := c.send(ctx, http.MethodPost, apiclient.Path("stations", c.Station, "apply-desired"), nil)
	if err != nil {
		return callError(err)
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var got struct{ Requests int }
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Requests to the station that come of it: %d.\n", got.Requests)
	return err
}
