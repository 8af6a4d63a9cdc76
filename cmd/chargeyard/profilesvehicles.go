package main

import (
	"context"
	"strconv"
	"time"
)

type profilesVehiclesCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those at one station."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (profilesVehiclesCmd) Help() string {
	return `A vehicle with ISO 15118 says what it can take and when it leaves, and is promised a charging profile for that. "chargeyard profiles installed" shows
the profile once the station has accepted it.`
}

// vehiclePlanView is what the table shows of a vehicle of the API.
type vehiclePlanView struct {
	Station       string     `json:"station"`
	EVSE          int        `json:"evse"`
	TransactionID string     `json:"transactionId"`
	NeedsAt       *time.Time `json:"needsAt"`
	Reason        string     `json:"reason"`
	Outcome       string     `json:"outcome"`
	Detail        *string    `json:"detail"`
	ChangedAt     *time.Time `json:"changedAt"`
}

// Run lists vehicles.
func (c *profilesVehiclesCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station})
	list := first(client.Items(ctx, "/vehicle-plans", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "EVSE", right: true}, column{title: "TRANSACTION", drop: 2}, column{title: "NEEDS", drop: 4},
		column{title: "REASON", drop: 3}, column{title: "PROFILE"}, column{title: "DETAIL", drop: 1})
	for p, err := range decoded[vehiclePlanView](list) {
		if err != nil {
			return err
		}
		now := time.Now()
		t.row(p.Station, strconv.Itoa(p.EVSE), p.TransactionID, ago(p.NeedsAt, now), p.Reason, p.Outcome+", "+ago(p.ChangedAt, now), or(p.Detail))
	}
	return t.end(nothing("vehicle with a promised profile", query))
}
