package main

import (
	"context"
	"time"
)

type refusalsCmd struct {
	apiFlags `embed:""`

	Station string        `env:"-" placeholder:"ID" help:"Only attempts under this identity."`
	Since   time.Duration `env:"-" placeholder:"TIME" help:"Only those of the last 90s, 15m, 24h, ..."`
	Limit   int           `env:"-" placeholder:"N" help:"The latest N of them. Default: all."`
}

// Help explains more than the one line.
func (refusalsCmd) Help() string {
	return `The latest is first. This tells why a station does not connect.

    chargeyard refusals --station CP-001 --since 1h`
}

// Run lists refused attempts.
func (c *refusalsCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station})
	if c.Since > 0 {
		query.Set("since", time.Now().Add(-c.Since).UTC().Format(time.RFC3339Nano))
	}
	list := first(client.Items(ctx, "/refusals", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "WHEN"}, column{title: "STATION"}, column{title: "ADDRESS", drop: 1}, column{title: "REASON"}, column{title: "IN WORDS", drop: 2})
	for r, err := range decoded[refusalView](list) {
		if err != nil {
			return err
		}
		t.row(ago(r.Time, time.Now()), r.Station, r.Address, r.Reason, r.Detail)
	}
	return t.end(nothing("refusal", query))
}

// refusalView is what the table shows of a refusal of the API.
type refusalView struct {
	Time    *time.Time `json:"time"`
	Station string     `json:"station"`
	Address string     `json:"address"`
	Reason  string     `json:"reason"`
	Detail  string     `json:"detail"`
}
