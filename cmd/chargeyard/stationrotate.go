package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type stationsRotateCmd struct {
	apiFlags     `embed:""`
	stationFlags `embed:""`

	ID   string `arg:"" optional:"" help:"Identity of the station; without it, the flags below say which."`
	Show bool   `env:"-" help:"Print the new key, once. Without it only the station knows it."`
}

// Help explains more than the one line.
func (stationsRotateCmd) Help() string {
	return `Each station gets a new key of its own over its connection, and comes back with it; nobody has to go there. The old key is accepted
until it is clear that the station has the new one. A station that is not connected is not asked: keys do not wait. To give a key by hand there is
"chargeyard stations key".

    chargeyard stations rotate CP-001
    chargeyard stations rotate --tag depot

Exit code: that of "chargeyard call" for one station, 11 when it refuses; with many 1 when any of them refused or failed.`
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

// rotatedView is what is shown of new keys of many stations.
type rotatedView struct {
	Selected, Changed, Waiting, Refused, Offline, Keyless, Unknown, Failed int
	Failures                                                               []struct{ Station, Detail string }
}

func (c *stationsRotateCmd) many(ctx context.Context, s streams) error {
	client, err := c.clientFor(bulkLimit)
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPost, "/credentials/rotate", map[string]any{"select": c.selection()})
	if err != nil {
		return callError(err)
	}
	var got rotatedView
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if c.json() {
		err = writeJSON(s.out, body)
	} else {
		err = got.facts().write(s.out)
	}
	switch {
	case err != nil:
		return err
	case got.Selected == 0:
		return &exitError{exitNotFound, errors.New("no station was selected")}
	case got.Refused+got.Failed > 0:
		return fmt.Errorf("%d of %d stations did not take a new key", got.Refused+got.Failed, got.Selected)
	}
	return nil
}

func (v *rotatedView) facts() facts {
	f := facts{{"selected", fmt.Sprint(v.Selected)}, {"changed", fmt.Sprint(v.Changed)}}
	f.addCount("waiting", v.Waiting, "they take it over when they start again")
	f.addCount("refused", v.Refused, "they go on with the old one")
	f.addCount("failed", v.Failed, "without an answer; either key is accepted, if it was sent")
	f.addCount("offline", v.Offline, "nothing was sent")
	f.addCount("keyless", v.Keyless, "they come without a key, or with a certificate")
	f.addCount("unknown", v.Unknown, "neither created nor seen")
	for _, failure := range v.Failures {
		f.add(failure.Station, failure.Detail)
	}
	return f
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
