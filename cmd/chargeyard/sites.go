package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type sitesCmd struct {
	List   sitesListCmd   `cmd:"" default:"withargs" help:"List sites; the same as \"chargeyard sites\"."`
	Show   sitesShowCmd   `cmd:"" help:"Show one site with its members and their shares."`
	Log    sitesLogCmd    `cmd:"" help:"List how the limit of a site was shared, and why, the latest first."`
	Set    sitesSetCmd    `cmd:"" help:"Create a site, or change its limit."`
	Join   sitesJoinCmd   `cmd:"" help:"Make a station a member of a site."`
	Leave  sitesLeaveCmd  `cmd:"" help:"Take a station out of a site."`
	Delete sitesDeleteCmd `cmd:"" help:"Delete a site; its stations then take what they can."`
}

// Help explains more than the one line.
func (sitesCmd) Help() string {
	return `The stations of a site share a limit, and never take more together.

    chargeyard sites set garage --unit A --limit 40 --minimum 6
    chargeyard sites join garage CP-001 --max 32
    chargeyard sites show garage
    chargeyard sites log garage --limit 5`
}

// siteView is what is shown of a site of the API.
type siteView struct {
	ID            string           `json:"id"`
	Note          *string          `json:"note"`
	Unit          string           `json:"unit"`
	Limit         json.Number      `json:"limit"`
	Times         []siteTimeView   `json:"times"`
	TimeZone      string           `json:"timeZone"`
	Policy        string           `json:"policy"`
	Minimum       json.Number      `json:"minimum"`
	Fallback      json.Number      `json:"fallback"`
	FallbackAfter *int64           `json:"fallbackAfter"`
	Members       []siteMemberView `json:"members"`
}

type siteTimeView struct {
	Days     []string `json:"days"`
	From, To string
	Limit    json.Number `json:"limit"`
}

type siteMemberView struct {
	Station        string      `json:"station"`
	Max            json.Number `json:"max"`
	Acknowledged   json.Number `json:"acknowledged"`
	AcknowledgedAt *time.Time  `json:"acknowledgedAt"`
	Reserved       json.Number `json:"reserved"`
	Note           *string     `json:"note"`
}

type sitesListCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only the one that this station is a member of."`
	Limit   int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Run lists sites.
func (c *sitesListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"station": c.Station})
	list := first(client.Items(ctx, "/sites", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "SITE"}, column{title: "LIMIT", right: true}, column{title: "POLICY", drop: 1}, column{title: "MEMBERS", right: true}, column{title: "NOTE", drop: 2})
	for v, err := range decoded[siteView](list) {
		if err != nil {
			return err
		}
		t.row(v.ID, v.in(v.Limit), v.Policy, strconv.Itoa(len(v.Members)), or(v.Note))
	}
	return t.end(nothing("site", query))
}

// in writes a value in the unit of the site.
func (v *siteView) in(n json.Number) string {
	if n == "" {
		return none
	}
	return n.String() + " " + v.Unit
}

type sitesShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Name of the site."`
}

// Run shows a site.
func (c *sitesShowCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Get(ctx, apiclient.Path("sites", c.ID), nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	return writeSite(s, body)
}

// writeSite shows what the API says of a site.
func writeSite(s streams, body json.RawMessage) error {
	var v siteView
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	if err := v.facts().write(s.out); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(s.out); err != nil {
		return err
	}
	t := newTable(s.out, column{title: "MEMBER"}, column{title: "MAX", right: true}, column{title: "SHARE", right: true}, column{title: "COUNTS FOR", right: true},
		column{title: "SINCE", drop: 2}, column{title: "NOTE", drop: 1})
	for _, m := range v.Members {
		t.row(m.Station, v.in(m.Max), v.in(m.Acknowledged), v.in(m.Reserved), ago(m.AcknowledgedAt, time.Now()), or(m.Note))
	}
	return t.end("It has no members.")
}

func (v *siteView) facts() facts {
	var f facts
	f.add("site", v.ID)
	f.add("note", or(v.Note))
	f.add("limit", v.in(v.Limit))
	for _, t := range v.Times {
		f.add("limit at times", fmt.Sprintf("%s from %s to %s (%s), %s", strings.Join(t.Days, ","), t.From, t.To, v.TimeZone, v.in(t.Limit)))
	}
	f.add("shared", map[string]string{"equal": "equally", "first": "first come, first served"}[v.Policy])
	if v.Minimum != "0" {
		f.add("a session gets", "at least "+v.in(v.Minimum)+", or pauses")
	}
	if v.FallbackAfter != nil {
		f.add("out of contact", fmt.Sprintf("%s after %ds", v.in(v.Fallback), *v.FallbackAfter))
	}
	return f
}

type sitesLogCmd struct {
	apiFlags `embed:""`

	ID    string `arg:"" help:"Name of the site."`
	Limit int    `env:"-" placeholder:"N" help:"The latest N of them. Default: all, which are 1000 at most."`
}

// allocationView is what the table shows of an allocation of the API.
type allocationView struct {
	At       *time.Time  `json:"at"`
	Reason   string      `json:"reason"`
	Unit     string      `json:"unit"`
	Limit    json.Number `json:"limit"`
	Reserved json.Number `json:"reserved"`
	Shares   []struct {
		Station, Outcome string
		Target           json.Number
	} `json:"shares"`
}

// Run lists how a limit was shared.
func (c *sitesLogCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	list := first(client.Items(ctx, apiclient.Path("sites", c.ID, "allocations"), nil), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "WHEN"}, column{title: "WHY"}, column{title: "LIMIT", right: true}, column{title: "IN USE", right: true, drop: 1}, column{title: "SHARES"})
	for a, err := range decoded[allocationView](list) {
		if err != nil {
			return err
		}
		t.row(ago(a.At, time.Now()), a.Reason, a.Limit.String()+" "+a.Unit, a.Reserved.String()+" "+a.Unit, a.shares())
	}
	return t.end("The limit was not shared yet.")
}

// shares says what each member was to have.
func (a *allocationView) shares() string {
	var list []string
	for _, share := range a.Shares {
		list = append(list, fmt.Sprintf("%s %s (%s)", share.Station, share.Target, share.Outcome))
	}
	return strings.Join(list, ", ")
}
