package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/chargeyard/chargeyard/internal/apiclient"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

type doCmd struct {
	apiFlags `embed:""`

	Station string   `arg:"" help:"The station."`
	Verb    string   `arg:"" help:"What it is to do; see the list below."`
	Words   []string `arg:"" optional:"" name:"name=value" help:"Its arguments, such as evse=1, or a JSON object, @FILE, or - for standard input. \"chargeyard verbs VERB\" says which there are."`

	Timeout time.Duration `env:"-" default:"30s" placeholder:"TIME" help:"How long to wait for the answer, 60s at most. Default 30s."`
	Expires time.Duration `env:"-" placeholder:"TIME" help:"Keep it for a station that is not connected, and send it within this time when it comes." group:"Later"`
	Wait    time.Duration `env:"-" placeholder:"TIME" help:"With --expires or --key: how long to wait for its end. Default: not at all." group:"Later"`
	Key     string        `env:"-" placeholder:"TEXT" help:"Keep it under a key of yours: the same again under the same key is not done twice." group:"Later"`
	Expect  string        `env:"-" placeholder:"STATUS" help:"Fail with exit code 11 unless the answer has this status, such as accepted or Scheduled. Default: any status that is no refusal."`
}

// Help explains more than the one line.
func (doCmd) Help() string {
	var b strings.Builder
	b.WriteString(`The same words for stations of OCPP 1.6, 2.0.1 and 2.1. What a station's version does not have is refused, and nothing is
sent; the message says what to do instead.

    chargeyard do CP-001 start evse=1 idToken=CAFE0123
    chargeyard do CP-001 stop evse=1
    chargeyard do CP-001 reset mode=hard
    chargeyard do CP-001 availability operational=false evse=2
    chargeyard do CP-001 update-firmware location=https://firmware.example/cp.bin --expires 24h

Verbs:

`)
	for _, kind := range fleet.VerbKinds() {
		fmt.Fprintf(&b, "    %-26s%s\n", kind.Name, kind.Summary)
	}
	b.WriteString(`
Exit code: 0 the station answered, and not with a no; or it is kept. 11 it answered with a no, or with another status than
--expect. All others are those of "chargeyard call".`)
	return b.String()
}

// Validate refuses what the API would not take; kong calls it.
func (c *doCmd) Validate(*kong.Context) error {
	switch {
	case c.Timeout < 0 || c.Expires < 0 || c.Wait < 0:
		return errors.New("--timeout, --expires and --wait take durations above zero, such as 30s")
	case c.Wait > 0 && c.Expires == 0 && c.Key == "":
		return errors.New("--wait goes with --expires or --key; --timeout says how long to wait for the answer")
	}
	return nil
}

// Run asks the station.
func (c *doCmd) Run(ctx context.Context, s streams) error {
	kind, err := verbOf(c.Verb)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	body, err := readArguments(kind, c.Words, s.in)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	c.deliver(body)
	client, err := c.clientFor(2*c.Timeout + c.Wait + callSlack)
	if err != nil {
		return err
	}
	answer, err := client.Send(ctx, http.MethodPost, apiclient.Path("stations", c.Station, kind.Name), body)
	if err != nil {
		return callError(err)
	}
	return c.answered(s, answer)
}

// deliver adds how the request reaches the station.
func (c *doCmd) deliver(body map[string]any) {
	body["timeout"] = c.Timeout.Seconds()
	if c.Expires > 0 {
		body["expires"] = c.Expires.Seconds()
	}
	if c.Key != "" {
		body["key"] = c.Key
	}
	if c.Expires > 0 || c.Key != "" {
		body["wait"] = c.Wait.Seconds()
	}
}

// verbOf finds a verb, and says which there are for one that is none.
func verbOf(name string) (fleet.VerbKind, error) {
	kind, ok := fleet.VerbKindOf(name)
	if !ok {
		return kind, fmt.Errorf("there is no verb %q; \"chargeyard verbs\" lists them, and \"chargeyard call\" sends any request of OCPP", name)
	}
	return kind, nil
}

// doneView is what is shown of an answer of the API, that of a station or a command that is kept.
type doneView struct {
	Status, Said, Reason, Info string
	Version, Action            string
	Payload, Response          json.RawMessage
	Seconds                    float64
	ID, State                  string // of a command that is kept
	Expires                    *time.Time
}

// answered prints an answer and looks at its status.
func (c *doCmd) answered(s streams, body json.RawMessage) error {
	var done doneView
	if err := json.Unmarshal(body, &done); err != nil {
		return err
	}
	show := func() error { return writeJSON(s.out, body) }
	if !c.json() {
		show = func() error { return done.write(s, strings.TrimSuffix(c.Server, "/")) }
	}
	return errors.Join(show(), c.verdict(&done))
}

// noes are the statuses that say that the station does not do it.
var noes = []string{"rejected", "notSupported", "notFound", "failed", "mixed"}

func (c *doCmd) verdict(d *doneView) error {
	switch {
	case d.State != "":
		return nil
	case c.Expect != "" && !strings.EqualFold(c.Expect, d.Status) && !strings.EqualFold(c.Expect, d.Said):
		return &exitError{exitStatus, fmt.Errorf("the station answered, but not with status %s", c.Expect)}
	case c.Expect == "" && slices.Contains(noes, d.Status):
		return &exitError{exitStatus, errors.New("the station does not do it")}
	}
	return nil
}

func (d *doneView) write(s streams, server string) error {
	var f facts
	f.add("status", d.Status)
	f.add("said", d.Said)
	f.add("reason", d.Reason)
	f.add("in words", d.Info)
	f.add("state", d.State)
	f.add("command", d.ID)
	if d.State != "" {
		f.add("URL", server+"/api/v1"+apiclient.Path("commands", d.ID))
		f.add("expires", moment(d.Expires, time.Now()))
	}
	f.add("sent", strings.TrimSpace(fmt.Sprintf("%s %s", d.Action, d.Payload)))
	f.add("OCPP", d.Version)
	f.add("answer", string(d.Response))
	if d.State == "" {
		f.add("took", time.Duration(d.Seconds*float64(time.Second)).Round(time.Millisecond).String())
	}
	return f.write(s.out)
}
