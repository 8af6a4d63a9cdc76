package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"github.com/alecthomas/kong"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type driftCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those of one station."`
	State   string `env:"-" enum:",unknown,same,drift,refused,rebootRequired" default:"" placeholder:"STATE" help:"Those in this state: unknown, same, drift, refused or rebootRequired. Default: drift and refused."`
	Summary bool   `env:"-" help:"Only count them, by variable and state."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Help explains more than the one line.
func (driftCmd) Help() string {
	return `"chargeyard desired" says what is wanted.

    chargeyard drift --station CP-001
    chargeyard drift --summary`
}

// Validate refuses flags that do not go together; kong calls it.
func (c *driftCmd) Validate(*kong.Context) error {
	if c.Summary && (c.State != "" || c.Limit > 0) {
		return errors.New("--summary counts all states and variables; it goes with --station only")
	}
	return nil
}

// Run lists what is otherwise than wanted.
func (c *driftCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station, "state": c.State})
	if c.Summary {
		return c.count(ctx, s, client, query)
	}
	list := first(client.Items(ctx, "/drift", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "COMPONENT"}, column{title: "VARIABLE"}, column{title: "VALUE"}, column{title: "DESIRED"}, column{title: "STATE"}, column{title: "ANSWER", drop: 1})
	for v, err := range decoded[driftView](list) {
		if err != nil {
			return err
		}
		t.row(v.Station, v.component(), v.name(), v.Actual, v.Value, v.State, v.Status)
	}
	if c.State != "" {
		return t.end("No desired value is in this state.")
	}
	return t.end("Nothing is otherwise than wanted.")
}

// driftCounts are numbers of desired values by their state.
type driftCounts struct {
	Unknown, Same, Drift, Refused, RebootRequired int
}

func (n driftCounts) cells() []string {
	return []string{strconv.Itoa(n.Same), strconv.Itoa(n.Drift), strconv.Itoa(n.Refused), strconv.Itoa(n.RebootRequired), strconv.Itoa(n.Unknown)}
}

// count shows the summary.
func (c *driftCmd) count(ctx context.Context, s streams, client *apiclient.Client, query url.Values) error {
	body, err := client.Get(ctx, "/drift/summary", query)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var summary struct {
		Total     driftCounts
		Variables []struct {
			Component, Variable string
			driftCounts
		}
	}
	if err := json.Unmarshal(body, &summary); err != nil {
		return err
	}
	t := newTable(s.out, column{title: "COMPONENT"}, column{title: "VARIABLE"}, column{title: "SAME", right: true}, column{title: "DRIFT", right: true},
		column{title: "REFUSED", right: true}, column{title: "NEXT START", right: true}, column{title: "NOT TOLD", right: true})
	for _, v := range summary.Variables {
		t.row(append([]string{v.Component, v.Variable}, v.cells()...)...)
	}
	if len(summary.Variables) > 1 {
		t.row(append([]string{"", "all of them"}, summary.Total.cells()...)...)
	}
	return t.end("Nothing is wanted.")
}

// driftView is what the table shows of a desired value of the API.
type driftView struct {
	aboutView
	Station string `json:"station"`
	Actual  string `json:"actual"`
	Value   string `json:"value"`
	State   string `json:"state"`
	Status  string `json:"status"`
}
