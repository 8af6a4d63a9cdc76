package main

import (
	"context"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type transactionsStopCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the list, STATION:TRANSACTION; the station's own id does, too, when no other station has the same."`

	Timeout   time.Duration `env:"-" default:"30s" placeholder:"TIME" help:"How long to wait for the answer, 60s at most. Default 30s."`
	Expect    string        `env:"-" placeholder:"STATUS" help:"Fail with exit code 11 unless the answer has this status, such as accepted. Default: any status that is no refusal."`
	keptFlags `embed:""`
}

// Help explains more than the one line.
func (transactionsStopCmd) Help() string {
	return `Asks the station where the transaction goes on to stop it, under the id that it has there. The transaction has ended when the station
says so: look at it with "chargeyard transactions show".

    chargeyard transactions stop CP-001:17
    chargeyard transactions stop CP-001:17 --expires 1h

Exit code: 14 it has ended already; 8 there is no such transaction; all others are those of "chargeyard do".`
}

// Run asks the station.
func (c *transactionsStopCmd) Run(ctx context.Context, s streams) error {
	client, err := c.clientFor(2*c.Timeout + c.wait() + callSlack)
	if err != nil {
		return err
	}
	body := map[string]any{}
	c.deliver(body, c.Timeout)
	answer, err := client.Send(ctx, http.MethodPost, apiclient.Path("transactions", c.ID, "stop"), body)
	if err != nil {
		return callError(err)
	}
	return done{c.apiFlags, c.Expect}.answered(s, answer)
}
