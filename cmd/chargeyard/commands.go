package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type commandsCmd struct {
	List   commandsListCmd   `cmd:"" default:"withargs" help:"List commands that the server keeps, the latest first; the same as \"chargeyard commands\"."`
	Show   commandsShowCmd   `cmd:"" help:"Show one command with its payload and its answer."`
	Cancel commandsCancelCmd `cmd:"" help:"Cancel a command that was not sent."`
}

// Help explains more than the one line.
func (commandsCmd) Help() string {
	return `A command that is kept is sent when the station is there, survives a restart of the server, and says what became of
it. "chargeyard call" and "chargeyard do" make one with --expires, --wait or --key:

    chargeyard call CP-001 Reset '{"type":"Soft"}' --expires 24h
    chargeyard commands --station CP-001 --state queued
    chargeyard commands cancel ID`
}

// commandView is what is shown of a command of the API.
type commandView struct {
	ID       string          `json:"id"`
	Key      string          `json:"key"`
	Bulk     string          `json:"bulk"`
	Station  string          `json:"station"`
	Version  string          `json:"version"`
	Action   string          `json:"action"`
	Payload  json.RawMessage `json:"payload"`
	Verb     string          `json:"verb"`
	Args     json.RawMessage `json:"arguments"`
	Lane     string          `json:"lane"`
	Timeout  float64         `json:"timeout"`
	State    string          `json:"state"`
	Created  *time.Time      `json:"created"`
	Expires  *time.Time      `json:"expires"`
	Attempts int             `json:"attempts"`
	Sent     *time.Time      `json:"sent"`
	Ended    *time.Time      `json:"ended"`
	Response json.RawMessage `json:"response"`
	Status   string          `json:"status"`
	Code     string          `json:"code"`
	Detail   string          `json:"detail"`
}

type commandsListCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those for this station."`
	State   string `env:"-" enum:"${commandStates}" default:"" placeholder:"STATE" help:"Only those in this state: queued, sent, answered, refused, timeout, unknown, expired, canceled or invalid."`
	Action  string `env:"-" placeholder:"ACTION" help:"Only those of this action."`
	Verb    string `env:"-" placeholder:"VERB" help:"Only those of this verb."`
	Lane    string `env:"-" enum:",people,charging,bulk" default:"" placeholder:"LANE" help:"Only those of this lane: people, charging or bulk."`
	Key     string `env:"-" placeholder:"TEXT" help:"Only the one with this key."`
	Limit   int    `env:"-" placeholder:"N" help:"The latest N of them. Default: all."`
}

// Run lists commands.
func (c *commandsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station, "state": c.State, "action": c.Action, "verb": c.Verb, "lane": c.Lane, "key": c.Key})
	list := first(client.Items(ctx, "/commands", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "COMMAND"}, column{title: "STATION"}, column{title: "ACTION"}, column{title: "STATE"},
		column{title: "STATUS", drop: 1}, column{title: "CREATED", drop: 2}, column{title: "IN WORDS", drop: 3})
	for v, err := range decoded[commandView](list) {
		if err != nil {
			return err
		}
		t.row(v.ID, v.Station, cmp.Or(v.Action, v.Verb), v.State, v.Status+v.Code, ago(v.Created, time.Now()), v.Detail)
	}
	return t.end(nothing("command", query))
}

type commandsShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the command."`
}

// Run shows a command.
func (c *commandsShowCmd) Run(ctx context.Context, s streams) error {
	return c.command(ctx, s, http.MethodGet, c.ID)
}

type commandsCancelCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the command."`
}

// Run cancels a command.
func (c *commandsCancelCmd) Run(ctx context.Context, s streams) error {
	return c.command(ctx, s, http.MethodDelete, c.ID)
}

// command shows a command as a request leaves it.
func (f apiFlags) command(ctx context.Context, s streams, method, id string) error {
	body, err := f.send(ctx, method, apiclient.Path("commands", id), nil)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(s.out, body)
	}
	var v commandView
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return v.facts(time.Now()).write(s.out)
}

func (v *commandView) facts(now time.Time) facts {
	var f facts
	f.add("command", v.ID)
	f.add("key", v.Key)
	f.add("bulk command", v.Bulk)
	f.add("station", v.Station)
	f.add("OCPP", v.Version)
	f.add("verb", strings.TrimSpace(v.Verb+" "+string(v.Args)))
	f.add("action", v.Action)
	f.add("payload", string(v.Payload))
	f.add("state", v.State)
	f.add("in words", v.Detail)
	f.add("code", v.Code)
	f.add("response", string(v.Response))
	f.add("lane", v.Lane)
	f.add("created", moment(v.Created, now))
	f.add("sent", moment(v.Sent, now))
	if v.Attempts > 1 {
		f.add("attempts", fmt.Sprint(v.Attempts))
	}
	if v.Ended != nil {
		f.add("ended", moment(v.Ended, now))
	} else {
		f.add("expires", moment(v.Expires, now))
	}
	return f
}
