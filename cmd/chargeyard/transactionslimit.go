package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/chargeyard/chargeyard/internal/apiclient"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

type transactionsLimitCmd struct {
	apiFlags `embed:""`

	ID     string   `arg:"" help:"Id of the list, STATION:TRANSACTION; the station's own id does, too, when no other station has the same."`
	Limits []string `arg:"" name:"kind=value" help:"maxCost (in the currency of the tariff), maxEnergy (Wh), maxTime (seconds since the start), maxSoC (percent); none takes one away."`
}

// Help explains more than the one line.
func (transactionsLimitCmd) Help() string {
	return `The station (OCPP 2.1) gets the limit in the answer to its next message of the transaction; "chargeyard transactions show" says whether it has, and what
it told. "chargeyard do STATION trigger message=transaction" asks for such a message.

    chargeyard transactions limit CP-001:5d3bb8d4 maxEnergy=30000
    chargeyard transactions limit CP-001:5d3bb8d4 maxCost=25 maxTime=none

Exit code: 14 it has ended, or its station does not take such a limit; 8 there is no such transaction.`
}

// Validate refuses what is no limit; kong calls it.
func (c *transactionsLimitCmd) Validate(*kong.Context) error {
	_, err := c.body()
	return err
}

func (c *transactionsLimitCmd) body() (map[string]any, error) {
	body := map[string]any{}
	for _, word := range c.Limits {
		name, value, ok := strings.Cut(word, "=")
		i := slices.IndexFunc(fleet.LimitKinds(), func(k fleet.LimitKind) bool { return strings.EqualFold(name, string(k)) })
		if !ok || i < 0 {
			return nil, fmt.Errorf("%q: give maxCost, maxEnergy, maxTime or maxSoC, and a value, such as maxEnergy=30000", word)
		}
		amount, err := amountOrNone(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", word, err)
		}
		body[string(fleet.LimitKinds()[i])] = amount
	}
	return body, nil
}

// amountOrNone reads a number; none is null.
func amountOrNone(text string) (any, error) {
	if strings.EqualFold(text, "none") {
		return nil, nil //nolint:nilnil // null is what is sent
	}
	d, err := fleet.ParseDecimal(text)
	if err != nil {
		return nil, errors.New("this is no number, nor none")
	}
	return json.Number(d), nil
}

// Run changes the limits.
func (c *transactionsLimitCmd) Run(ctx context.Context, s streams) error {
	body, err := c.body()
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	got, err := c.send(ctx, http.MethodPatch, apiclient.Path("transactions", c.ID, "limits"), body)
	if err != nil {
		return callError(err)
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	var t transactionView
	if err := json.Unmarshal(got, &t); err != nil {
		return err
	}
	var f facts
	t.addLimits(&f)
	return f.write(s.out)
}

// limitView is what is shown of a limit of a transaction.
type limitView struct {
	Kind      string      `json:"kind"`
	Asked     json.Number `json:"asked"`
	AskedBy   *string     `json:"askedBy"`
	GivenAt   *string     `json:"givenAt"`
	Withheld  *string     `json:"withheld"`
	Told      json.Number `json:"told"`
	ReachedAt *string     `json:"reachedAt"`
}

// addLimits adds a line for each limit.
func (t *transactionView) addLimits(f *facts) {
	for _, l := range t.Limits {
		var words []string
		if l.Asked != "" {
			words = append(words, fmt.Sprintf("%s (%s)", l.Asked, or(l.AskedBy)))
			words = append(words, l.way())
		}
		if l.Told != "" {
			words = append(words, "the station told "+l.Told.String())
		}
		if l.ReachedAt != nil {
			words = append(words, "reached")
		}
		f.add(l.Kind, strings.Join(words, ", "))
	}
}

// way says whether the station was given the limit.
func (l *limitView) way() string {
	switch {
	case l.GivenAt != nil:
		return "given to the station"
	case l.Withheld == nil:
		return "not given yet"
	}
	switch *l.Withheld {
	case string(fleet.LimitNotInVersion):
		return "not given: its version of OCPP has no limits"
	case string(fleet.LimitSupportOpen):
		return "not given: it has not said which limits it takes"
	case string(fleet.LimitUnsupported):
		return "not given: it does not take this one"
	}
	return "not given: it has one that is as low"
}
