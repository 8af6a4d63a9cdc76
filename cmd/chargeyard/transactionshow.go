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

type transactionsShowCmd struct {
	apiFlags `embed:""`

	ID      string `arg:"" help:"Id of the list, STATION:TRANSACTION; the station's own id does, too, when no other station has the same."`
	Samples bool   `env:"-" help:"List every measured value instead of a summary."`
}

// Help explains more than the one line.
func (transactionsShowCmd) Help() string {
	return `Each measured quantity is summed up in a line. Messages that contradict others are named, with what they say otherwise: those that came
again with other content (conflicts; the first one counts), and what cannot be (anomalies; they count as they came).

    chargeyard transactions show CP-001:17
    chargeyard transactions show CP-001:17 --samples --output json`
}

// Run shows a transaction, or its samples.
func (c *transactionsShowCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	samples := client.Items(ctx, apiclient.Path("transactions", c.ID, "samples"), nil)
	if c.Samples {
		if c.json() {
			return writeArray(s.out, samples)
		}
		return sampleTable(s, samples)
	}
	body, err := client.Get(ctx, apiclient.Path("transactions", c.ID), nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, body)
	}
	var t transactionView
	if err := json.Unmarshal(body, &t); err != nil {
		return err
	}
	if err := t.facts(time.Now()).write(s.out); err != nil {
		return err
	}
	if err := t.contradictions(ctx, client, s, time.Now()); err != nil {
		return err
	}
	return summary(s, samples)
}

func (t *transactionView) facts(now time.Time) facts {
	var f facts
	f.add("transaction", readable(t.ID))
	f.add("station", t.Station)
	f.add("EVSE", t.place())
	f.add("state", t.state())
	f.add("started", moment(t.StartedAt, now))
	f.add("ended", moment(t.EndedAt, now))
	f.add("took", t.took(now))
	if e := t.energy(); e != none {
		f.add("energy", e+" kWh")
	}
	f.add("meter", t.meter())
	t.addCost(&f)
	f.add("started by", t.token())
	f.add("ended by", or(t.StopToken))
	if t.Offline {
		f.add("offline", "some of it happened while the station was offline")
	}
	if t.RemoteStartID != nil {
		f.add("remote start", strconv.FormatInt(*t.RemoteStartID, 10))
	}
	if t.ReservationID != nil {
		f.add("reservation", strconv.FormatInt(*t.ReservationID, 10))
	}
	t.addLimits(&f)
	f.add("events", t.history())
	f.add("anomalies", strings.Join(t.Anomalies, ", "))
	f.add("clock", t.clock())
	f.add("first message", moment(t.FirstReceived, now))
	f.add("last message", moment(t.LastReceived, now))
	return f
}

func (t *transactionView) meter() string {
	side := func(n json.Number) string {
		if n == "" {
			return "?"
		}
		return n.String() + " Wh"
	}
	end := t.MeterStop
	if end == "" {
		end = t.MeterLast
	}
	return side(t.MeterStart) + " to " + side(end)
}

func (t *transactionView) token() string {
	said := or(t.IDToken)
	if t.IDTokenType != nil {
		said += " (" + *t.IDTokenType + ")"
	}
	if t.Authorization != nil {
		said += ", " + *t.Authorization
	}
	return said
}

// history tells how whole the events are.
func (t *transactionView) history() string {
	said := strconv.FormatInt(t.Events, 10)
	if trouble := t.trouble(); trouble != "" {
		return said + "; " + trouble
	}
	return said + ", none missing"
}

// clock tells how far the station's clock is off, when that is more than messages take to travel; "" when not.
func (t *transactionView) clock() string {
	if t.ClockOffset == nil {
		return ""
	}
	off := time.Duration(*t.ClockOffset * float64(time.Second))
	switch {
	case off >= 5*time.Second:
		return "the station's is about " + span(off) + " behind"
	case off <= -5*time.Second:
		return "the station's is about " + span(-off) + " ahead"
	}
	return ""
}

// sampleView is what the tables show of a sample of the API.
type sampleView struct {
	Time       *time.Time  `json:"time"`
	Measurand  string      `json:"measurand"`
	Value      json.Number `json:"value"`
	Text       *string     `json:"text"`
	Unit       *string     `json:"unit"`
	Multiplier int         `json:"multiplier"`
	Phase      *string     `json:"phase"`
	Context    *string     `json:"context"`
	Location   *string     `json:"location"`
}

func (v *sampleView) value() string {
	said := v.Value.String()
	if said == "" {
		said = or(v.Text)
	}
	if v.Multiplier != 0 {
		said += "e" + strconv.Itoa(v.Multiplier)
	}
	return said
}

func sampleTable(s streams, samples items) error {
	t := newTable(s.out, column{title: "TIME"}, column{title: "MEASURAND"}, column{title: "PHASE", drop: 1}, column{title: "VALUE", right: true}, column{title: "UNIT"},
		column{title: "CONTEXT", drop: 3}, column{title: "LOCATION", drop: 2})
	for v, err := range decoded[sampleView](samples) {
		if err != nil {
			return err
		}
		at := none
		if v.Time != nil {
			at = v.Time.Local().Format("2006-01-02 15:04:05")
		}
		t.row(at, v.Measurand, or(v.Phase), v.value(), or(v.Unit), or(v.Context), or(v.Location))
	}
	return t.end("It has no measured values.")
}

// series is one quantity at one place.
type series struct{ measurand, phase, location, unit string }

// course is how a quantity went.
type course struct {
	series

	n           int
	first, last string
	low, high   float64
}

func (c *course) add(v sampleView) {
	value, err := strconv.ParseFloat(v.value(), 64)
	if c.n == 0 {
		c.first, c.low, c.high = v.value(), value, value
	}
	c.n++
	c.last = v.value()
	if err == nil {
		c.low, c.high = min(c.low, value), max(c.high, value)
	}
}

// summary shows how each quantity went.
func summary(s streams, samples items) error {
	var courses []*course
	known := map[series]*course{}
	for v, err := range decoded[sampleView](samples) {
		if err != nil {
			return err
		}
		key := series{v.Measurand, or(v.Phase), or(v.Location), or(v.Unit)}
		if known[key] == nil {
			known[key] = &course{series: key}
			courses = append(courses, known[key])
		}
		known[key].add(v)
	}
	if _, err := fmt.Fprintln(s.out); err != nil {
		return err
	}
	t := newTable(s.out, column{title: "MEASURAND"}, column{title: "PHASE", drop: 2}, column{title: "LOCATION", drop: 4}, column{title: "VALUES", right: true, drop: 3},
		column{title: "FIRST", right: true}, column{title: "LAST", right: true}, column{title: "LOWEST", right: true, drop: 1}, column{title: "HIGHEST", right: true, drop: 1}, column{title: "UNIT"})
	for _, c := range courses {
		t.row(c.measurand, c.phase, c.location, strconv.Itoa(c.n), c.first, c.last, plain(c.low), plain(c.high), c.unit)
	}
	return t.end("It has no measured values.")
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
