package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// bulkLimit is the longest that the API lets a bulk command take, and a little more.
const bulkLimit = 10*time.Minute + callSlack

// bulkView is what is shown of the result of the API.
type bulkView struct {
	Action   string         `json:"action"`
	Verb     string         `json:"verb"`
	Selected int            `json:"selected"`
	Answered int            `json:"answered"`
	Refused  int            `json:"refused"`
	Timeout  int            `json:"timeout"`
	Offline  int            `json:"offline"`
	Invalid  int            `json:"invalid"`
	Failed   int            `json:"failed"`
	Statuses map[string]int `json:"statuses"`
	Seconds  float64        `json:"seconds"`
	Omitted  int            `json:"omitted"`
	Problems []struct {
		Version  string `json:"version"`
		Stations int    `json:"stations"`
		Detail   string `json:"detail"`
		Pointer  string `json:"pointer"`
	} `json:"problems"`
	Failures []struct {
		Station string `json:"station"`
		Outcome string `json:"outcome"`
		Detail  string `json:"detail"`
		Code    string `json:"code"`
	} `json:"failures"`
}

// bulk sends the request to many stations.
func (c *askFlags) bulk(ctx context.Context, s streams, request map[string]any) error {
	request["select"] = c.selection()
	request["concurrency"] = c.AtOnce
	client, err := c.clientFor(bulkLimit)
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPost, "/commands", request)
	if err != nil {
		return callError(err)
	}
	var result bulkView
	if err := json.Unmarshal(body, &result); err != nil {
		return err
	}
	show := func() error { return writeJSON(s.out, body) }
	if !c.json() {
		show = func() error { return result.write(s) }
	}
	return errors.Join(show(), c.verdict(&result))
}

func (c *askFlags) selection() map[string]any {
	if len(c.Stations) > 0 {
		return map[string]any{"stations": c.Stations}
	}
	selection := map[string]any{"all": true}
	if c.Online {
		selection["online"] = true
	}
	if c.Version != "" {
		selection["version"] = c.Version
	}
	return selection
}

// verdict turns the counts into an error, or none.
func (c *askFlags) verdict(r *bulkView) error {
	switch {
	case r.Selected == 0:
		return &exitError{exitNotFound, errors.New("no station was selected")}
	case r.Answered < r.Selected:
		return fmt.Errorf("%d of %d stations gave no answer", r.Selected-r.Answered, r.Selected)
	case c.Expect != "":
		if n := r.Answered - r.with(c.expected); n > 0 {
			return fmt.Errorf("%d of %d stations answered, but not with status %s", n, r.Answered, c.Expect)
		}
	case c.refuses != nil:
		if n := r.with(c.refuses); n > 0 {
			return fmt.Errorf("%d of %d stations do not do it", n, r.Answered)
		}
	}
	return nil
}

// expected reports whether a status is the one that --expect names, or means that.
func (c *askFlags) expected(status string) bool {
	return status == c.Expect || c.refuses != nil && (strings.EqualFold(status, c.Expect) || strings.EqualFold(string(fleet.VerdictOfWord(status)), c.Expect))
}

// with counts the answers with a status that fits.
func (r *bulkView) with(fits func(status string) bool) (n int) {
	for status, answers := range r.Statuses {
		if fits(status) {
			n += answers
		}
	}
	return n
}

// write shows the counts, and why.
func (r *bulkView) write(s streams) error {
	var f facts
	f.add("action", r.Action)
	f.add("verb", r.Verb)
	f.add("stations", fmt.Sprint(r.Selected))
	f.add("answered", r.answers())
	for _, count := range []struct {
		n    int
		name string
	}{{r.Refused, "refused"}, {r.Timeout, "no answer in time"}, {r.Offline, "offline"}, {r.Invalid, "not of their version"}, {r.Failed, "failed"}} {
		if count.n > 0 {
			f.add(count.name, fmt.Sprint(count.n))
		}
	}
	f.add("took", time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond).String())
	for _, p := range r.Problems {
		f.add("OCPP "+p.Version, fmt.Sprintf("%d stations: %s: %s", p.Stations, p.Pointer, p.Detail))
	}
	if err := f.write(s.out); err != nil || len(r.Failures) == 0 {
		return err
	}
	return r.failures(s)
}

// answers counts the answers by their status.
func (r *bulkView) answers() string {
	var statuses []string
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		statuses = append(statuses, fmt.Sprintf("%d %s", r.Statuses[status], status))
	}
	if statuses == nil {
		return fmt.Sprint(r.Answered)
	}
	return fmt.Sprintf("%d: %s", r.Answered, strings.Join(statuses, ", "))
}

func (r *bulkView) failures(s streams) error {
	if _, err := fmt.Fprintln(s.out); err != nil {
		return err
	}
	t := newTable(s.out, column{title: "STATION"}, column{title: "OUTCOME"}, column{title: "CODE", drop: 1}, column{title: "IN WORDS", drop: 2})
	for _, f := range r.Failures {
		t.row(f.Station, f.Outcome, f.Code, f.Detail)
	}
	if err := t.end(""); err != nil || r.Omitted == 0 {
		return err
	}
	_, err := fmt.Fprintf(s.out, "and %d more\n", r.Omitted)
	return err
}
