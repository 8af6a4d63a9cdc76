package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

type stationsRotateCmd struct {
	apiFlags     `embed:""`
	stationFlags `embed:""`

	ID   string `arg:"" optional:"" help:"Identity of the station; without it, the flags below say which."`
	Show bool   `env:"-" help:"Print the new key, once. Without it only the station knows it."`

	Wait    time.Duration `env:"-" default:"1m" placeholder:"TIME" help:"With many stations: how long to wait for the end. Default 1m." group:"Which stations"`
	Expires time.Duration `env:"-" placeholder:"TIME" help:"With many stations: those that come later get their key within this time. Default 1h." group:"Which stations"`
}

// Help explains more than the one line.
func (stationsRotateCmd) Help() string {
	return `Each station gets a new key of its own over its connection, and comes back with it; nobody has to go there. The old key is accepted
until it is clear that the station has the new one. One station has to be connected; of many, those that are not get theirs when they come. To
give a key by hand there is "chargeyard stations key".

    chargeyard stations rotate CP-001
    chargeyard stations rotate --tag depot

With many stations it is the verb rotate-key in bulk: "chargeyard bulks results" has what became of each.

Exit code: that of "chargeyard call" for one station, 11 when it refuses; with many 1 when any of them did not take it, 13 when it goes on.`
}

// Validate refuses what cannot be; kong calls it.
func (c *stationsRotateCmd) Validate() error {
	switch {
	case c.ID == "":
		if c.Show {
			return errors.New("--show is for one station")
		}
		return c.check()
	case c.any():
		return errors.New("give a station, or flags that select stations")
	}
	return nil
}

// Run has stations change their keys.
func (c *stationsRotateCmd) Run(ctx context.Context, s streams) error {
	if c.ID == "" {
		return c.many(ctx, s)
	}
	client, err := c.clientFor(rotateLimit)
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPost, apiclient.Path("stations", c.ID, "credential", "rotate"), map[string]any{"show": c.Show})
	if err != nil {
		return callError(err)
	}
	var got struct {
		Status, Said string
		Key          string
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if c.json() {
		return errors.Join(writeJSON(s.out, body), rotated(got.Status, got.Said))
	}
	if err := rotated(got.Status, got.Said); err != nil {
		return err
	}
	said := "has a new key"
	if got.Status == "waiting" {
		said = "takes its new key over when it starts again; until then it comes with the old one"
	}
	if c.Show {
		return stationKey{c.ID, got.Key}.write(s, said)
	}
	_, err = fmt.Fprintf(s.err, "The station %s %s.\n", printable(c.ID), said)
	return err
}

// rotateLimit is the longest that the API lets one station take, and a little more.
const rotateLimit = 2*30*time.Second + callSlack

// rotated is the error of a station that does not take a key.
func rotated(status, said string) error {
	if status != "refused" {
		return nil
	}
	return &exitError{exitStatus, fmt.Errorf("the station did not take the new key, and goes on with the old one: it answered %s", printable(said))}
}

// many has the server change the keys one after the other, and waits for the end.
func (c *stationsRotateCmd) many(ctx context.Context, s streams) error {
	ask := askFlags{apiFlags: c.apiFlags, refuses: isNo}
	client, err := c.client()
	if err != nil {
		return err
	}
	request := map[string]any{"verb": (*fleet.RotateKeyRequest)(nil).VerbName(), "select": c.selection()}
	if c.Expires > 0 {
		request["expires"] = c.Expires.Seconds()
	}
	body, err := client.Send(ctx, http.MethodPost, "/bulks", request)
	if err != nil {
		return callError(err)
	}
	return ask.follow(ctx, s, client, body, c.Wait)
}

// credentialView is what is shown of the key of a station.
type credentialView struct {
	Set, Offered bool
	Since        *time.Time
	SeenAt       *time.Time
	OfferedAt    *time.Time
}

// words says how it stands with a key.
func (v *credentialView) words(now time.Time) string {
	if !v.Set {
		return "none"
	}
	words := "the station has not come with it yet"
	if v.SeenAt != nil {
		words = "the station first came with it " + moment(v.SeenAt, now)
	}
	if v.Offered {
		words += "; a new one was sent to it " + ago(v.OfferedAt, now) + ", and either is accepted until it comes with that"
	}
	return words
}
