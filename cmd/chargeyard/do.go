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
	askFlags `embed:""`

	Words []string `arg:"" name:"station verb name=value" help:"The station, what it is to do (see the list below), and the arguments of that, such as evse=1, or a JSON object, @FILE, or - for standard input. \"chargeyard verbs VERB\" says which there are. With one of the flags that select stations, there is no STATION."`
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
    chargeyard do --tag carpark --pace 5 set-variables 'values=[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"600"}]'

With many stations the verb becomes a request of the version of each. One that its version does not have, or that the station
is not in the state for, is a result of that station. As with "chargeyard call", the server keeps it for stations that come
later when anything asks for more than now.

Verbs:

`)
	for _, kind := range fleet.VerbKinds() {
		fmt.Fprintf(&b, "    %-26s%s\n", kind.Name, kind.Summary)
	}
	b.WriteString(`
Exit code: 0 the station answered, and not with a no; or it is kept. 11 it answered with a no, or with another status than
--expect. With many stations: 0 all of them answered, and not with a no. All others are those of "chargeyard call".`)
	return b.String()
}

// Validate refuses what the API would not take; kong calls it.
func (c *doCmd) Validate(*kong.Context) error {
	_, err := c.split()
	return errors.Join(c.check(), err)
}

// doWords are what a command line asks for.
type doWords struct {
	station   string // "" when flags select some
	verb      string
	arguments []string
}

func (c *doCmd) split() (doWords, error) {
	words, wanted := c.Words, "STATION VERB [NAME=VALUE ...]"
	if c.many() {
		words, wanted = append([]string{""}, words...), "VERB [NAME=VALUE ...] with "+selecting
	}
	if len(words) < 2 {
		return doWords{}, errors.New("give " + wanted)
	}
	return doWords{words[0], words[1], words[2:]}, nil
}

// Run asks the station.
func (c *doCmd) Run(ctx context.Context, s streams) error {
	words, err := c.split()
	if err != nil {
		return err
	}
	kind, err := verbOf(words.verb)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	body, err := readArguments(kind, words.arguments, s.in)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	if c.many() {
		c.refuses = isNo
		return c.askMany(ctx, s, map[string]any{"verb": kind.Name, "arguments": body, "timeout": c.Timeout.Seconds()})
	}
	c.deliver(body, c.Timeout)
	client, err := c.clientFor(2*c.Timeout + c.wait() + callSlack)
	if err != nil {
		return err
	}
	answer, err := client.Send(ctx, http.MethodPost, apiclient.Path("stations", words.station, kind.Name), body)
	if err != nil {
		return callError(err)
	}
	return done{c.apiFlags, c.Expect}.answered(s, answer)
}

// deliver adds how a verb reaches its station.
func (f *keptFlags) deliver(body map[string]any, timeout time.Duration) {
	body["timeout"] = timeout.Seconds()
	f.addTo(body)
	if f.kept() {
		body["wait"] = f.wait().Seconds()
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

// done is how the answer to a verb is shown and judged.
type done struct {
	apiFlags

	expect string
}

// answered prints an answer and looks at its status.
func (c done) answered(s streams, body json.RawMessage) error {
	var view doneView
	if err := json.Unmarshal(body, &view); err != nil {
		return err
	}
	show := func() error { return writeJSON(s.out, body) }
	if !c.json() {
		show = func() error { return view.write(s, strings.TrimSuffix(c.Server, "/")) }
	}
	return errors.Join(show(), c.verdict(&view))
}

// noes are the statuses that say that the station does not do it.
var noes = []string{"rejected", "notSupported", "notFound", "failed", "mixed"}

// isNo reports whether a status is one of them.
func isNo(status string) bool { return slices.Contains(noes, string(fleet.VerdictOfWord(status))) }

func (c done) verdict(d *doneView) error {
	switch {
	case d.State != "":
		return nil
	case c.expect != "" && !strings.EqualFold(c.expect, d.Status) && !strings.EqualFold(c.expect, d.Said):
		return &exitError{exitStatus, fmt.Errorf("the station answered, but not with status %s", c.expect)}
	case c.expect == "" && slices.Contains(noes, d.Status):
		said := "the station does not do it"
		if d.Status == "notFound" {
			said = "the station does not have it"
		}
		return &exitError{exitStatus, errors.New(said)}
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
