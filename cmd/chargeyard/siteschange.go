package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type sitesSetCmd struct {
	apiFlags `embed:""`

	ID            string        `arg:"" help:"Name of the site: letters, digits and . _ -"`
	Unit          string        `env:"-" enum:"A,W" required:"" placeholder:"A|W" help:"Of all limits: amperes per phase, or watts. It stays as long as there are members. Required."`
	Sum           float64       `name:"limit" zero:"" env:"-" required:"" placeholder:"N" help:"What all members may take together. Required."`
	Policy        string        `env:"-" enum:"equal,first" default:"equal" placeholder:"equal|first" help:"equal: every session gets the same, or as much as its station takes. first: those that began first get what they take. Default equal."`
	Minimum       float64       `env:"-" placeholder:"N" help:"What a session gets at least; when there is less, those that began last pause. Vehicles need 6 A. Default: nothing."`
	Fallback      float64       `env:"-" placeholder:"N" help:"What a member may take that has been out of contact for --fallback-after. So much is kept free for each member. Default: nothing."`
	FallbackAfter time.Duration `env:"-" placeholder:"TIME" help:"From 5m to 24h. Default: a member keeps its last share however long it is away."`
	Note          string        `env:"-" placeholder:"TEXT" help:"Your own words."`
}

// Help explains more than the one line.
func (sitesSetCmd) Help() string {
	return `What is left out gets its default, also when the site is there; its members stay, and the new limit is shared at once. Limits by the hour
are for the API: PUT /api/v1/sites/{id} with times.

    chargeyard sites set garage --unit A --limit 40 --minimum 6`
}

// Run creates or changes a site.
func (c *sitesSetCmd) Run(ctx context.Context, s streams) error {
	body := map[string]any{"unit": c.Unit, "limit": c.Sum, "policy": c.Policy}
	for name, value := range map[string]float64{"minimum": c.Minimum, "fallback": c.Fallback} {
		if value != 0 {
			body[name] = value
		}
	}
	if c.FallbackAfter > 0 {
		body["fallbackAfter"] = int64(c.FallbackAfter / time.Second)
	}
	if c.Note != "" {
		body["note"] = c.Note
	}
	got, err := c.send(ctx, http.MethodPut, apiclient.Path("sites", c.ID), body)
	if e, ok := errors.AsType[*apiclient.Error](err); ok && e.Status == http.StatusNotFound {
		body["id"] = c.ID
		got, err = c.send(ctx, http.MethodPost, "/sites", body)
	}
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	return writeSite(s, got)
}

type sitesJoinCmd struct {
	apiFlags `embed:""`

	ID      string  `arg:"" help:"Name of the site."`
	Station string  `arg:"" help:"Identity of the station."`
	Max     float64 `env:"-" required:"" placeholder:"N" help:"What the station takes at most, in the unit of the site. So much counts for it until it has acknowledged a share. Required."`
}

// Help explains more than the one line.
func (sitesJoinCmd) Help() string {
	return `The station gets a charging profile for the whole of it, which is renewed whenever the shares change. For a member it changes what it
takes at most.`
}

// Run adds a member.
func (c *sitesJoinCmd) Run(ctx context.Context, s streams) error {
	got, err := c.send(ctx, http.MethodPut, apiclient.Path("sites", c.ID, "members", c.Station), map[string]any{"max": c.Max})
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	_, err = fmt.Fprintf(s.err, "The station %s is a member of the site %s.\n", printable(c.Station), printable(c.ID))
	return err
}

type sitesLeaveCmd struct {
	apiFlags `embed:""`

	ID      string `arg:"" help:"Name of the site."`
	Station string `arg:"" help:"Identity of the station."`
}

// Run takes a member out.
func (c *sitesLeaveCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("sites", c.ID, "members", c.Station), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The station %s left the site %s.\n", printable(c.Station), printable(c.ID))
	return err
}

type sitesDeleteCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Name of the site."`
}

// Run deletes a site.
func (c *sitesDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("sites", c.ID), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The site %s was deleted.\n", printable(c.ID))
	return err
}
