package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type bulksCmd struct {
	List    bulksListCmd    `cmd:"" default:"withargs" help:"List bulk commands, the latest first; the same as \"chargeyard bulks\"."`
	Show    bulksShowCmd    `cmd:"" help:"Show how far one bulk command is."`
	Results bulksResultsCmd `cmd:"" help:"List what became of a bulk command at each station."`
	Stop    bulksStopCmd    `cmd:"" help:"Stop a bulk command: what was not sent is canceled."`
}

// Help explains more than the one line.
func (bulksCmd) Help() string {
	return `A bulk command asks many stations for the same thing. "chargeyard call" and "chargeyard do" make one:

    chargeyard do --tag pilot --pace 5 reset mode=onIdle
    chargeyard call --tag pilot --pace 5 Reset '{"type":"Soft"}'
    chargeyard bulks --state running
    chargeyard bulks results ID --state timeout
    chargeyard bulks stop ID`
}

// keptBulkView is what is shown of a bulk command of the API.
type keptBulkView struct {
	ID       string          `json:"id"`
	Key      string          `json:"key"`
	Action   string          `json:"action"`
	Verb     string          `json:"verb"`
	Args     json.RawMessage `json:"arguments"`
	State    string          `json:"state"`
	Stations int             `json:"stations"`
	Pace     *float64        `json:"pace"`
	AtOnce   int             `json:"concurrency"`
	Counts   map[string]int  `json:"counts"`
	Statuses map[string]int  `json:"statuses"`
	Created  *time.Time      `json:"created"`
	Expires  *time.Time      `json:"expires"`
	Ended    *time.Time      `json:"ended"`
}

// what is asked for: an action or a verb.
func (b *keptBulkView) what() string { return b.Action + b.Verb }

func (b *keptBulkView) over() bool { return b.State == "done" || b.State == "stopped" }

// count writes numbers by their names.
func count(counts map[string]int) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%d %s", counts[name], name))
	}
	if list == nil {
		return none
	}
	return strings.Join(list, ", ")
}

func (b *keptBulkView) facts(now time.Time) facts {
	var f facts
	f.add("bulk command", b.ID)
	f.add("key", b.Key)
	f.add("action", b.Action)
	f.add("verb", strings.TrimSpace(b.Verb+" "+string(b.Args)))
	f.add("state", b.State)
	f.add("stations", fmt.Sprint(b.Stations))
	f.add("commands", count(b.Counts))
	f.add("statuses", count(b.Statuses))
	if b.Pace != nil {
		f.add("pace", fmt.Sprintf("%g stations per second", *b.Pace))
	}
	f.add("at once", fmt.Sprint(b.AtOnce))
	f.add("created", moment(b.Created, now))
	if b.over() {
		f.add("ended", moment(b.Ended, now))
	} else {
		f.add("expires", moment(b.Expires, now))
	}
	return f
}

type bulksListCmd struct {
	apiFlags `embed:""`

	State  string `env:"-" enum:",running,stopping,done,stopped" default:"" placeholder:"STATE" help:"Only those that are running, stopping, done or stopped."`
	Action string `env:"-" placeholder:"ACTION" help:"Only those of this action."`
	Verb   string `env:"-" placeholder:"VERB" help:"Only those of this verb."`
	Limit  int    `env:"-" placeholder:"N" help:"The latest N of them. Default: all."`
}

// Run lists bulk commands.
func (c *bulksListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"state": c.State, "action": c.Action, "verb": c.Verb})
	list := first(client.Items(ctx, "/bulks", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "BULK"}, column{title: "WHAT"}, column{title: "STATE"}, column{title: "STATIONS", right: true},
		column{title: "COMMANDS", drop: 1}, column{title: "CREATED", drop: 2})
	for b, err := range decoded[keptBulkView](list) {
		if err != nil {
			return err
		}
		t.row(b.ID, b.what(), b.State, fmt.Sprint(b.Stations), count(b.Counts), ago(b.Created, time.Now()))
	}
	return t.end(nothing("bulk command", query))
}

// filled is a query of the values that are not empty.
func filled(values map[string]string) url.Values {
	q := url.Values{}
	for name, value := range values {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

type bulksShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the bulk command."`
}

// Run shows a bulk command.
func (c *bulksShowCmd) Run(ctx context.Context, s streams) error {
	return c.show(ctx, s, http.MethodGet, c.ID)
}

type bulksStopCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the bulk command."`
}

// Help explains more than the one line.
func (bulksStopCmd) Help() string {
	return `What was not sent is canceled; what was sent is waited for. It stays on record.`
}

// Run stops a bulk command.
func (c *bulksStopCmd) Run(ctx context.Context, s streams) error {
	return c.show(ctx, s, http.MethodDelete, c.ID)
}

// show shows a bulk command as a request leaves it.
func (f apiFlags) show(ctx context.Context, s streams, method, id string) error {
	body, err := f.send(ctx, method, apiclient.Path("bulks", id), nil)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(s.out, body)
	}
	var b keptBulkView
	if err := json.Unmarshal(body, &b); err != nil {
		return err
	}
	return b.facts(time.Now()).write(s.out)
}

type bulksResultsCmd struct {
	apiFlags `embed:""`

	ID     string `arg:"" help:"Id of the bulk command."`
	State  string `env:"-" enum:"${commandStates}" default:"" placeholder:"STATE" help:"Only those in this state: queued, sent, answered, refused, timeout, unknown, expired, canceled or invalid."`
	Status string `env:"-" placeholder:"STATUS" help:"Only those whose answer has this status, such as Rejected."`
	Limit  int    `env:"-" placeholder:"N" help:"N of them. Default: all."`
}

// Run lists the commands of a bulk command.
func (c *bulksResultsCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"state": c.State, "status": c.Status})
	list := first(client.Items(ctx, apiclient.Path("bulks", c.ID, "commands"), query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "STATE"}, column{title: "STATUS", drop: 1}, column{title: "CODE", drop: 2}, column{title: "IN WORDS", drop: 3})
	for r, err := range decoded[commandView](list) {
		if err != nil {
			return err
		}
		t.row(r.Station, r.State, r.Status, r.Code, r.Detail)
	}
	return t.end(nothing("result", query))
}
