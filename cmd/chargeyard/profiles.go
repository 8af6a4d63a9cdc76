package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type profilesCmd struct {
	List      profilesListCmd      `cmd:"" default:"withargs" help:"List the library of charging profiles; the same as \"chargeyard profiles\"."`
	Show      profilesShowCmd      `cmd:"" help:"Show a charging profile as JSON."`
	Add       profilesAddCmd       `cmd:"" help:"Keep a charging profile under a name."`
	Delete    profilesDeleteCmd    `cmd:"" help:"Delete a charging profile of the library; stations that have it keep it."`
	Installed profilesInstalledCmd `cmd:"" help:"List the charging profiles and limits that stations have, as far as they told."`
	Vehicles  profilesVehiclesCmd  `cmd:"" help:"List the vehicles that were promised a charging profile for what they want, and what became of it."`
}

// Help explains more than the one line.
func (profilesCmd) Help() string {
	return `Charging profiles are kept under names, in one shape for all versions of OCPP. "chargeyard do STATION set-profile" installs one.

    chargeyard profiles add night @night.json
    chargeyard do CP-001 set-profile library=night evse=1
    chargeyard profiles installed --station CP-001`
}

// profileView is what the table shows of a profile of the API.
type profileView struct {
	ID         string  `json:"id"`
	Note       *string `json:"note"`
	Purpose    string  `json:"purpose"`
	Kind       string  `json:"kind"`
	Recurrency *string `json:"recurrency"`
	StackLevel int     `json:"stackLevel"`
}

type profilesListCmd struct {
	apiFlags `embed:""`

	Purpose string `env:"-" enum:",ChargingStationMaxProfile,TxDefaultProfile,TxProfile,PriorityCharging,LocalGeneration" default:"" placeholder:"PURPOSE" help:"Only those of this purpose: ChargingStationMaxProfile, TxDefaultProfile, TxProfile, PriorityCharging or LocalGeneration."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Run lists profiles.
func (c *profilesListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"purpose": c.Purpose})
	list := first(client.Items(ctx, "/profiles", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "PROFILE"}, column{title: "PURPOSE"}, column{title: "KIND"}, column{title: "LEVEL", right: true, drop: 2}, column{title: "NOTE", drop: 1})
	for p, err := range decoded[profileView](list) {
		if err != nil {
			return err
		}
		kind := p.Kind
		if p.Recurrency != nil {
			kind += ", " + *p.Recurrency
		}
		t.row(p.ID, p.Purpose, kind, strconv.Itoa(p.StackLevel), or(p.Note))
	}
	return t.end(nothing("charging profile", query))
}

type profilesShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Name of the profile."`
}

// Run shows a profile: it is JSON for people, too.
func (c *profilesShowCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Get(ctx, apiclient.Path("profiles", c.ID), nil)
	if err != nil {
		return err
	}
	return writeJSON(s.out, body)
}

type profilesAddCmd struct {
	apiFlags `embed:""`

	ID      string `arg:"" help:"Name of the profile: letters, digits and . _ -"`
	Profile string `arg:"" help:"A JSON object as in the API, @FILE, or - for standard input."`
	Replace bool   `env:"-" help:"Replace the profile of this name. Stations that have it keep what they have until it is installed again."`
}

// Help explains more than the one line.
func (profilesAddCmd) Help() string {
	return `The name is what "chargeyard do STATION set-profile library=NAME" installs.

    chargeyard profiles add night '{"purpose":"TxDefaultProfile","kind":"Relative","stackLevel":0,
        "schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}'`
}

// Run keeps a profile.
func (c *profilesAddCmd) Run(ctx context.Context, s streams) error {
	text, err := readPayload(c.Profile, s.in)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(text, &body); err != nil {
		return &exitError{exitInvalid, err}
	}
	method, path := http.MethodPut, apiclient.Path("profiles", c.ID)
	if !c.Replace {
		method, path = http.MethodPost, "/profiles"
		if body["id"], err = json.Marshal(c.ID); err != nil {
			return err
		}
	}
	got, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	_, err = fmt.Fprintf(s.err, "The charging profile %s is in the library.\n", printable(c.ID))
	return err
}

type profilesDeleteCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Name of the profile."`
}

// Run deletes a profile.
func (c *profilesDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("profiles", c.ID), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The charging profile %s was deleted.\n", printable(c.ID))
	return err
}
