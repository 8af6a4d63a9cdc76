package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type eventsCmd struct {
	apiFlags `embed:""`

	After   *int64   `env:"-" zero:"" placeholder:"N" help:"Go on behind the event of this number, as the header Last-Event-ID does; 0: from the oldest that is kept. Default: what happens from now on."`
	Kind    []string `env:"-" placeholder:"KIND" help:"Only events of these kinds, such as station.booted; what stands before a dot is all that begin with it: transaction."`
	Station string   `env:"-" placeholder:"ID" help:"Only events about one station."`
	Limit   int      `env:"-" placeholder:"N" help:"End after N events. Default: go on until Ctrl-C."`
}

// Help explains more than the one line.
func (eventsCmd) Help() string {
	return `A connection that is lost is made again, and goes on where it was: nothing is missing and nothing comes twice. Where events were
deleted meanwhile, a line says which. With --output json each event is one line, as the API says it, and one about such a
gap is {"gap":{...}}.

    chargeyard events --kind transaction,station.booted
    chargeyard events --station CP-001 --after 0 --output json`
}

// Run follows the events.
func (c *eventsCmd) Run(ctx context.Context, s streams) error {
	client, err := c.clientFor(0)
	if err != nil {
		return err
	}
	after := int64(-1)
	if c.After != nil {
		after = *c.After
	}
	if after < 0 && c.After != nil {
		return &exitError{exitInvalid, fmt.Errorf("--after takes the number of an event, or 0, not %d", after)}
	}
	write := c.writer(s)
	left := c.Limit
	for event, err := range client.Follow(ctx, apiclient.FollowOptions{Query: c.query(), After: after, Interrupted: func(err error) {
		fmt.Fprintf(s.err, "chargeyard: %v; going on where it was\n", err)
	}}) {
		if err == nil {
			err = write(event)
		}
		if err != nil {
			return err
		}
		if left--; left == 0 {
			return nil
		}
	}
	return nil
}

func (c *eventsCmd) query() url.Values {
	q := url.Values{}
	if c.Station != "" {
		q.Set("station", c.Station)
	}
	if len(c.Kind) > 0 {
		q.Set("kind", strings.Join(c.Kind, ","))
	}
	return q
}

func (c *eventsCmd) writer(s streams) func(apiclient.StreamEvent) error {
	if !c.json() {
		return (&eventLines{w: s.out, width: terminalWidth(s.out)}).write
	}
	return func(e apiclient.StreamEvent) error {
		form := "%s\n"
		if e.Kind == gapKind {
			form = `{"gap":%s}` + "\n"
		}
		_, err := fmt.Fprintf(s.out, form, e.Data)
		return err
	}
}

// gapKind is what the API calls events that cannot be had.
const gapKind = "gap"

// eventLines writes events below each other, each at once. The columns are as wide as most need.
type eventLines struct {
	w     io.Writer
	width int // of the terminal; 0: unlimited
	begun bool
}

// eventView is what a line shows of an event of the API.
type eventView struct {
	Number  int64           `json:"number"`
	Kind    string          `json:"kind"`
	Time    *time.Time      `json:"time"`
	Station string          `json:"station"`
	Data    json.RawMessage `json:"data"`
}

func (l *eventLines) write(e apiclient.StreamEvent) error {
	if !l.begun {
		l.begun = true
		if err := l.line("TIME", "NUMBER", "STATION", "EVENT", "WHAT"); err != nil {
			return err
		}
	}
	if e.Kind == gapKind {
		return l.gap(e.Data)
	}
	var v eventView
	if err := json.Unmarshal(e.Data, &v); err != nil {
		return fmt.Errorf("an event cannot be read: %w", err)
	}
	at, station := none, v.Station
	if v.Time != nil {
		at = v.Time.Local().Format("2006-01-02 15:04:05")
	}
	if station == "" {
		station = none
	}
	return l.line(at, strconv.FormatInt(v.Number, 10), station, v.Kind, inWords(v.Data))
}

func (l *eventLines) gap(data json.RawMessage) error {
	var g struct {
		From, To int64
		Reason   string
	}
	if err := json.Unmarshal(data, &g); err != nil {
		return fmt.Errorf("a gap cannot be read: %w", err)
	}
	said := fmt.Sprintf("events %d to %d were deleted before they could be read", g.From, g.To)
	if g.Reason == "unknown" {
		said = "the server never gave that number: its store is another one, or was set back; what comes is new"
	}
	return l.line(none, none, none, gapKind, said)
}

func (l *eventLines) line(cells ...string) error {
	widths := []int{19, 8, 14, 19, 0}
	var b strings.Builder
	for i, cell := range cells {
		cell = printable(cell)
		b.WriteString(cell)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", max(0, widths[i]-runewidth.StringWidth(cell))+gap))
		}
	}
	text := strings.TrimRight(b.String(), " ")
	if l.width > 0 {
		text = runewidth.Truncate(text, l.width, "…")
	}
	_, err := io.WriteString(l.w, text+"\n")
	return err
}

// inWords writes a JSON object as name=value, in its order. What is no plain value stays JSON.
func inWords(object json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return strings.TrimSpace(string(object))
	}
	var said []string
	for d.More() {
		var value json.RawMessage
		name, err := d.Token()
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			break
		}
		said = append(said, fmt.Sprintf("%v=%s", name, bare(value)))
	}
	return strings.Join(said, " ")
}

// bare takes the quotes off a string that can do without.
func bare(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil || text == "" || strings.ContainsAny(text, " =\"") {
		return string(value)
	}
	return text
}
