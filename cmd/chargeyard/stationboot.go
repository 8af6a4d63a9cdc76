package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type stationsBootCmd struct {
	apiFlags `embed:""`

	ID     string `arg:"" help:"Identity of the station."`
	Answer string `arg:"" enum:"accepted,pending,rejected,default" help:"In any case: accepted, pending (it may be configured, and not charge), rejected (nothing is sent to it), or default: as --boot of the server says."`
}

// Help explains more than the one line.
func (stationsBootCmd) Help() string {
	return `It counts from the next boot on. A pending station that is connected is asked to boot at once.

    chargeyard stations boot CP-001 accepted`
}

// Run sets how the boots of a station are answered.
func (c *stationsBootCmd) Run(ctx context.Context, s streams) error {
	answer := strings.ToUpper(c.Answer[:1]) + c.Answer[1:]
	body, err := c.send(ctx, http.MethodPatch, apiclient.Path("stations", c.ID), map[string]string{"boot": answer})
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	_, err = fmt.Fprintf(s.err, "The next boot of %s will be answered: %s.\n", printable(c.ID), c.Answer)
	return err
}
