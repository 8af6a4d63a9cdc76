package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// The longest that a request may take beyond the time that the station has.
const callSlack = 10 * time.Second

// maxPayload bounds a payload that is read, in bytes: the API takes no more.
const maxPayload = 1 << 20

type callCmd struct {
	askFlags `embed:""`

	Words []string `arg:"" optional:"" name:"station action json" help:"The station, what to ask of it, spelt as in OCPP, and the payload: a JSON object, @FILE, or - for standard input; {} when left out. With one of the flags that select stations, there is no STATION."`
}

// Help explains more than the one line.
func (callCmd) Help() string {
	return `The request is checked against the station's version of OCPP before it is sent. What the station answers is printed as
JSON; with --output json, what the API says about it.

    chargeyard call CP-001 Reset '{"type":"Soft"}'
    chargeyard call CP-001 SetChargingProfile @profile.json --expect Accepted
    echo '{"key":["HeartbeatInterval"]}' | chargeyard call CP-001 GetConfiguration -
    chargeyard call --version 1.6 ClearCache

Exit code: 0 the station answered (read its status, or give --expect). 3 it answered with a CALLERROR. 4 it did not answer
in time. 5 it is not connected, or its boot was not accepted. 6 the payload or the action is wrong; the message has the
JSON pointer. 7 the API wants a token. 8 there is no such station. 9 another request is under way to it. 10 the connection
ended before the answer. 11 another status than --expect. 12 no server answered. 2 the command line is wrong, 1 anything
else. After 4 and 10 the station may have done it; after 5 to 9 it was sent nothing.

With many stations: 0 all of them answered, as expected; 1 not all; 8 none was selected.

Without more, a request is for now. With --wait, --expires or --key, and for many stations also with --pace, --concurrency,
--vendor, --model, --firmware or --tag, the server keeps it until it has been dealt with, also for stations that come later:

    chargeyard call CP-001 Reset '{"type":"Soft"}' --expires 24h
    chargeyard call --tag pilot --pace 5 Reset '{"type":"Soft"}' --wait 10m

13: it is kept, and has not come to its end in time; "chargeyard commands" and "chargeyard bulks" tell what becomes of it.
14: it is refused as things are, and nothing was sent: the key is that of another request, the token may not charge there, ...`
}

// callWords are what a command line asks for.
type callWords struct{ station, action, payload string } // no station when flags select them

func (c *callCmd) split() (callWords, error) {
	words := c.Words
	wanted := "STATION ACTION [JSON]"
	if c.many() {
		wanted = "ACTION [JSON] with " + selecting
		words = append([]string{""}, words...)
	}
	switch len(words) {
	case 2:
		return callWords{words[0], words[1], "{}"}, nil
	case 3:
		return callWords{words[0], words[1], words[2]}, nil
	}
	return callWords{}, fmt.Errorf("give %s; this is %s", wanted, plural(len(c.Words), "word"))
}

// Validate refuses a wrong number of words; kong calls it.
func (c *callCmd) Validate(*kong.Context) error {
	_, err := c.split()
	return errors.Join(c.check(), err)
}

// Run sends the request.
func (c *callCmd) Run(ctx context.Context, s streams) error {
	words, err := c.split()
	if err != nil {
		return err
	}
	payload, err := readPayload(words.payload, s.in)
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	request := map[string]any{"action": words.action, "payload": payload, "timeout": c.Timeout.Seconds()}
	if c.many() {
		return c.askMany(ctx, s, request)
	}
	if c.kept() {
		request["wait"] = c.wait().Seconds()
		c.addTo(request)
	}
	client, err := c.clientFor(2*c.Timeout + c.wait() + callSlack) // first for an earlier request, then for this one
	if err != nil {
		return err
	}
	body, err := client.Send(ctx, http.MethodPost, apiclient.Path("stations", words.station, "commands"), request)
	if err != nil {
		return callError(err)
	}
	return c.answered(s, body)
}

// answered prints an answer and looks at its status.
func (c *callCmd) answered(s streams, body json.RawMessage) error {
	var result struct{ Response json.RawMessage }
	if err := json.Unmarshal(body, &result); err != nil {
		return err
	}
	show := result.Response
	if c.json() || show == nil {
		show = body
	}
	if result.Response == nil {
		return errors.Join(writeJSON(s.out, show), queued(body))
	}
	if err := writeJSON(s.out, show); err != nil || c.Expect == "" {
		return err
	}
	var response struct{ Status any }
	if err := json.Unmarshal(result.Response, &response); err != nil {
		return err
	}
	if response.Status != c.Expect {
		return &exitError{exitStatus, fmt.Errorf("the station answered, but not with status %s", c.Expect)}
	}
	return nil
}

// notThere are the reasons of the API that mean that no station could be asked.
var notThere = []string{"offline", "blocked", "expired"}

// callError gives an error of the API the exit code that tells what became of a request.
func callError(err error) error {
	e, ok := errors.AsType[*apiclient.Error](err)
	if !ok {
		return err
	}
	code := exitCodeOf(err)
	switch {
	case e.Status == http.StatusConflict && slices.Contains(notThere, e.Reason):
		code = exitOffline
	case e.Status == http.StatusConflict:
		code = exitNotNow
	case e.Status == http.StatusServiceUnavailable:
		code = exitBusy
	case e.Status == http.StatusGatewayTimeout:
		code = exitTimeout
	case e.Status == http.StatusBadGateway && e.Code != "":
		code = exitRefused
		err = fmt.Errorf("the station refused: %w", err)
	case e.Status == http.StatusBadGateway:
		code = exitLost
	}
	return &exitError{code, err}
}

// readPayload takes JSON, @FILE or - and returns an object.
func readPayload(words string, stdin io.Reader) (json.RawMessage, error) {
	text, from := []byte(words), "the payload"
	var err error
	switch {
	case words == "-":
		from = "standard input"
		text, err = io.ReadAll(io.LimitReader(stdin, maxPayload+1))
	case strings.HasPrefix(words, "@"):
		from = words[1:]
		text, err = readFile(from)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the payload: %w", err)
	}
	text = bytes.TrimSpace(text)
	if len(text) > maxPayload {
		return nil, fmt.Errorf("%s is larger than %d MiB", from, maxPayload>>20)
	}
	var object json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, fmt.Errorf("%s is not JSON: %w", from, err)
	}
	if len(object) == 0 || object[0] != '{' {
		return nil, fmt.Errorf("%s is not a JSON object, such as {\"type\":\"Soft\"}", from)
	}
	return object, nil
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, maxPayload+1))
}
