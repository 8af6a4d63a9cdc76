package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type profilesInstalledCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those at one station."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (profilesInstalledCmd) Help() string {
	return `Limits of "chargeyard do STATION limit" and shares of sites are among them. Stations of OCPP 2.x tell what else they have when they are asked
with "chargeyard do STATION get-profiles".`
}

// installedProfileView is what the table shows of an installed profile of the API.
type installedProfileView struct {
	Station    string     `json:"station"`
	EVSE       int        `json:"evse"`
	ProfileID  int64      `json:"profileId"`
	Purpose    string     `json:"purpose"`
	StackLevel int        `json:"stackLevel"`
	Limiter    *string    `json:"limiter"`
	KnownFrom  string     `json:"knownFrom"`
	KnownAt    *time.Time `json:"knownAt"`
	Schedules  []struct {
		Unit    *string
		Periods []struct {
			Start int64
			Limit json.Number
		}
	} `json:"schedules"`
}

// Run lists installed profiles.
func (c *profilesInstalledCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station})
	list := first(client.Items(ctx, "/installed-profiles", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "EVSE", right: true}, column{title: "PROFILE", right: true, drop: 3}, column{title: "PURPOSE", drop: 1},
		column{title: "LEVEL", right: true, drop: 4}, column{title: "LIMIT"}, column{title: "KNOWN FROM", drop: 2})
	for p, err := range decoded[installedProfileView](list) {
		if err != nil {
			return err
		}
		t.row(p.Station, p.place(), strconv.FormatInt(p.ProfileID, 10), p.Purpose, strconv.Itoa(p.StackLevel), p.limits(), p.KnownFrom+", "+ago(p.KnownAt, time.Now()))
	}
	return t.end(nothing("installed charging profile", query))
}

func (p *installedProfileView) place() string {
	if p.EVSE == 0 {
		return "all"
	}
	return strconv.Itoa(p.EVSE)
}

// limits are those of the first schedule, each with the second from which on it holds.
func (p *installedProfileView) limits() string {
	const most = 3
	if len(p.Schedules) == 0 {
		return none
	}
	unit := or(p.Schedules[0].Unit)
	var list []string
	for i, period := range p.Schedules[0].Periods {
		switch {
		case i == most:
			return strings.Join(list, ", ") + ", ..."
		case period.Start == 0:
			list = append(list, fmt.Sprintf("%s %s", period.Limit, unit))
		default:
			list = append(list, fmt.Sprintf("%s %s after %ds", period.Limit, unit, period.Start))
		}
	}
	return strings.Join(list, ", ")
}
