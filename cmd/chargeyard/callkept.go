package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// keptFlags ask for more than now: the request is kept by the server until it has been dealt with.
type keptFlags struct {
	Wait    *time.Duration `env:"-" placeholder:"TIME" help:"Have the request kept, and wait so long for its end, 60s at most for one station. Default for many stations: 1m." group:"Kept by the server"`
	Expires time.Duration  `env:"-" placeholder:"TIME" help:"Have the request kept, and sent within that time, also to a station that comes later. Default for many stations: 1h." group:"Kept by the server"`
	Key     string         `env:"-" placeholder:"TEXT" help:"Have the request kept under this key: repeating the command with the same key asks nothing twice." group:"Kept by the server"`
}

func (f *keptFlags) kept() bool { return f.Wait != nil || f.Expires > 0 || f.Key != "" }

// addTo asks for what was given.
func (f *keptFlags) addTo(request map[string]any) {
	if f.Expires > 0 {
		request["expires"] = f.Expires.Seconds()
	}
	if f.Key != "" {
		request["key"] = f.Key
	}
}

// wait is how long to wait for one station.
func (f *keptFlags) wait() time.Duration {
	if f.Wait == nil {
		return 0
	}
	return *f.Wait
}

// defaultBulkWait is how long the end of a bulk command is waited for when nobody says.
const defaultBulkWait = time.Minute

// bulkLook is the time between two looks at a bulk command.
const bulkLook = 500 * time.Millisecond

// exitKept tells that the server has kept a request, and that it has not come to its end.
const exitKept = 13

// queued reports that a kept command has not been dealt with in time.
func queued(body json.RawMessage) error {
	var c commandView
	if err := json.Unmarshal(body, &c); err != nil || c.State == "" {
		return err
	}
	return &exitError{exitKept, fmt.Errorf("the request is %s; what becomes of it: chargeyard commands show %s", c.State, c.ID)}
}

// keptBulk has the request kept for many stations, and waits for the end.
func (c *askFlags) keptBulk(ctx context.Context, s streams, request map[string]any) error {
	request["select"] = c.keptSelection()
	if c.Concurrency > 0 {
		request["concurrency"] = c.Concurrency
	}
	if c.Pace > 0 {
		request["pace"] = c.Pace
	}
	c.addTo(request)
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPost, "/bulks", request)
	if err != nil {
		return callError(err)
	}
	limit := defaultBulkWait
	if c.Wait != nil {
		limit = *c.Wait
	}
	return c.follow(ctx, s, client, body, limit)
}

func (c *askFlags) keptSelection() map[string]any {
	selection := map[string]any{}
	if len(c.Stations) > 0 {
		selection["stations"] = c.Stations
	}
	for name, flag := range map[string]bool{"all": c.All, "online": c.Online} {
		if flag {
			selection[name] = true
		}
	}
	for name, value := range map[string]string{"version": c.Version, "vendor": c.Vendor, "model": c.Model, "firmware": c.Firmware, "tag": c.Tag} {
		if value != "" {
			selection[name] = value
		}
	}
	return selection
}

// follow shows how far a bulk command is until it is over, and what came of it.
func (c *askFlags) follow(ctx context.Context, s streams, client *apiclient.Client, body json.RawMessage, limit time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(bulkLook)
	defer tick.Stop()
	show := newProgressLine(s.err)
	for {
		var b keptBulkView
		if err := json.Unmarshal(body, &b); err != nil {
			return err
		}
		show.write(b.progress())
		if b.over() {
			show.end()
			return c.bulkOver(s, body, &b)
		}
		select {
		case <-tick.C:
		case <-waiting.Done():
			show.end()
			return errors.Join(c.showBulk(s, body, &b),
				&exitError{exitKept, fmt.Errorf("it goes on; how far it is: chargeyard bulks show %s; the end of it: chargeyard bulks stop %s", b.ID, b.ID)})
		}
		next, err := client.Get(ctx, apiclient.Path("bulks", b.ID), nil)
		if err != nil {
			return fmt.Errorf("the bulk command %s goes on: %w", b.ID, err)
		}
		body = next
	}
}

func (c *askFlags) showBulk(s streams, body json.RawMessage, b *keptBulkView) error {
	if c.json() {
		return writeJSON(s.out, body)
	}
	return b.facts(time.Now()).write(s.out)
}

// bulkOver shows what came of a bulk command and turns the counts into an error, or none.
func (c *askFlags) bulkOver(s streams, body json.RawMessage, b *keptBulkView) error {
	verdict := c.verdict(&bulkView{Selected: b.Stations, Answered: b.Counts["answered"], Statuses: b.Statuses})
	if verdict != nil && b.Stations > 0 {
		verdict = fmt.Errorf("%w; which ones: chargeyard bulks results %s", verdict, b.ID)
	}
	return errors.Join(c.showBulk(s, body, b), verdict)
}

// progressLine is one line that is written again and again, on a terminal only.
type progressLine struct{ w io.Writer }

func newProgressLine(w io.Writer) progressLine {
	if terminalWidth(w) == 0 {
		return progressLine{}
	}
	return progressLine{w}
}

func (p progressLine) write(text string) {
	if p.w != nil {
		_, _ = fmt.Fprintf(p.w, "\r\x1b[K%s", printable(text)) // nobody misses it
	}
}

func (p progressLine) end() {
	if p.w != nil {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// progress is how far a bulk command is, in one line.
func (b *keptBulkView) progress() string {
	left := b.Counts["queued"] + b.Counts["sent"]
	percent := 100
	if b.Stations > 0 {
		percent = int(math.Floor(100 * float64(b.Stations-left) / float64(b.Stations)))
	}
	return fmt.Sprintf("%s: %d of %d stations, %d%%, %d under way", b.what(), b.Stations-left, b.Stations, percent, b.Counts["sent"])
}
