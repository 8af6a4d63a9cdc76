package main

import (
	"context"
	"net/http"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type stationsTagCmd struct {
	apiFlags `embed:""`

	ID   string   `arg:"" help:"Identity of the station."`
	Tags []string `arg:"" name:"tag" help:"Words to select it by: letters, digits and . _ : -"`
}

// Help explains more than the one line.
func (stationsTagCmd) Help() string {
	return `Tags select stations in lists and in bulk commands.

    chargeyard stations tag CP-001 depot-north pilot
    chargeyard stations --tag pilot
    chargeyard stations untag CP-001 pilot`
}

// Run tags a station.
func (c *stationsTagCmd) Run(ctx context.Context) error {
	return c.each(ctx, http.MethodPut, c.ID, c.Tags)
}

type stationsUntagCmd struct {
	apiFlags `embed:""`

	ID   string   `arg:"" help:"Identity of the station."`
	Tags []string `arg:"" name:"tag" help:"Tags that it has."`
}

// Run takes tags from a station.
func (c *stationsUntagCmd) Run(ctx context.Context) error {
	return c.each(ctx, http.MethodDelete, c.ID, c.Tags)
}

// each sends a request about each tag of a station.
func (f apiFlags) each(ctx context.Context, method, station string, tags []string) error {
	for _, tag := range tags {
		if _, err := f.send(ctx, method, apiclient.Path("stations", station, "tags", tag), nil); err != nil {
			return err
		}
	}
	return nil
}
