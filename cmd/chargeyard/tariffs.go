package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type tariffsCmd struct {
	List    tariffsListCmd    `cmd:"" default:"withargs" help:"List tariffs; the same as \"chargeyard tariffs\"."`
	Show    tariffsShowCmd    `cmd:"" help:"Show a tariff as JSON."`
	Set     tariffsSetCmd     `cmd:"" help:"Make a tariff, or change its texts and its note."`
	Default tariffsDefaultCmd `cmd:"" help:"Say which tariff counts where no other does, or show it."`
	Delete  tariffsDeleteCmd  `cmd:"" help:"Delete a tariff that was never given to anybody."`
}

// Help explains more than the one line.
func (tariffsCmd) Help() string {
	return `The nearest tariff counts: that of the driver's token, of its group, of the station, and then the default. A transaction keeps the tariff
with which it began, and the prices behind an id never change.

    chargeyard tariffs set T-2026-11 --currency EUR --energy 0.49 --tax VAT=19 --text "en=0.49 EUR per kWh plus VAT"
    chargeyard tariffs default T-2026-11
    chargeyard stations tariff CP-001 T-2026-11
    chargeyard id-tokens tariff 04E91C5A123580 T-2026-11
    chargeyard token-groups set fleet --tariff T-2026-11
    chargeyard id-tokens check 04E91C5A123580 --station CP-001`
}

// tariffView is what the table shows of a tariff of the API.
type tariffView struct {
	ID           string      `json:"id"`
	Currency     string      `json:"currency"`
	Energy       json.Number `json:"energy"`
	ChargingTime json.Number `json:"chargingTime"`
	IdleTime     json.Number `json:"idleTime"`
	FixedFee     json.Number `json:"fixedFee"`
	MinCost      json.Number `json:"minCost"`
	MaxCost      json.Number `json:"maxCost"`
	TaxRates     []struct {
		Type string      `json:"type"`
		Tax  json.Number `json:"tax"`
	} `json:"taxRates"`
	Note *string `json:"note"`
}

type tariffsListCmd struct {
	apiFlags `embed:""`

	Currency string `env:"-" placeholder:"CODE" help:"Only those in this currency, such as EUR."`
	Limit    int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// Run lists tariffs.
func (c *tariffsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"currency": c.Currency})
	list := first(client.Items(ctx, "/tariffs", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "TARIFF"}, column{title: "PRICES"}, column{title: "FROM", right: true, drop: 3}, column{title: "TO", right: true, drop: 3},
		column{title: "TAXES", drop: 2}, column{title: "NOTE", drop: 1})
	for v, err := range decoded[tariffView](list) {
		if err != nil {
			return err
		}
		t.row(v.ID, v.prices(), v.MinCost.String(), v.MaxCost.String(), v.taxes(), or(v.Note))
	}
	return t.end(nothing("tariff", query))
}

// prices says in a few words what costs how much.
func (v *tariffView) prices() string {
	var words []string
	for _, p := range []struct {
		price json.Number
		of    string
	}{{v.Energy, "a kWh"}, {v.ChargingTime, "a minute"}, {v.IdleTime, "an idle minute"}, {v.FixedFee, "a start"}} {
		if p.price != "" {
			words = append(words, p.price.String()+" "+p.of)
		}
	}
	if words == nil {
		return v.Currency + ": free"
	}
	return v.Currency + ": " + strings.Join(words, ", ")
}

func (v *tariffView) taxes() string {
	var words []string
	for _, r := range v.TaxRates {
		words = append(words, r.Type+" "+r.Tax.String()+" %")
	}
	return strings.Join(words, ", ")
}

type tariffsShowCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the tariff."`
}

// Run shows a tariff: it is JSON for people, too.
func (c *tariffsShowCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Get(ctx, apiclient.Path("tariffs", c.ID), nil)
	if err != nil {
		return err
	}
	return writeJSON(s.out, body)
}

type tariffsSetCmd struct {
	apiFlags `embed:""`

	ID       string `arg:"" help:"Id of the tariff: letters, digits and . _ - : @ * + ~"`
	Currency string `env:"-" required:"" placeholder:"CODE" help:"As in ISO 4217, such as EUR. Required."`

	Energy       string `env:"-" placeholder:"PRICE" help:"For a kWh. Default: no price." group:"Prices without taxes"`
	ChargingTime string `env:"-" placeholder:"PRICE" help:"For a minute in which the vehicle charges." group:"Prices without taxes"`
	IdleTime     string `env:"-" placeholder:"PRICE" help:"For a minute in which it is connected and does not charge any more." group:"Prices without taxes"`
	FixedFee     string `env:"-" placeholder:"PRICE" help:"Once for a transaction in which anything was charged." group:"Prices without taxes"`
	MinCost      string `env:"-" placeholder:"AMOUNT" help:"What a transaction costs at least, when anything was charged." group:"Prices without taxes"`
	MaxCost      string `env:"-" placeholder:"AMOUNT" help:"What a transaction costs at most." group:"Prices without taxes"`

	Tax  []string `env:"-" sep:"none" placeholder:"NAME=PERCENT[@STACK]" help:"A tax on all prices, such as VAT=19; one with a stack is on the price with the taxes of lower stacks. Repeat for several."`
	Text []string `env:"-" sep:"none" placeholder:"[LANGUAGE=]TEXT" help:"For drivers, such as \"en=0.49 EUR per kWh plus VAT\", at stations of OCPP 2.x that can show it. Repeat for several; the first is for all other languages."`
	Note string   `env:"-" placeholder:"TEXT" help:"Your own words."`
}

// Help explains more than the one line.
func (tariffsSetCmd) Help() string {
	return `Of a tariff that is there the texts and the note are replaced, while the prices have to be the same: take another id for others. Who charges
hears of a text that has changed with the next message of the station.

    chargeyard tariffs set T-2026-11 --currency EUR --energy 0.49 --idle-time 0.10 --tax VAT=19 --text "en=0.49 EUR per kWh plus VAT"`
}

// Run puts a tariff.
func (c *tariffsSetCmd) Run(ctx context.Context, s streams) error {
	body, err := c.body()
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	got, err := c.send(ctx, http.MethodPut, apiclient.Path("tariffs", c.ID), body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	_, err = fmt.Fprintf(s.err, "The tariff %s is on record.\n", printable(c.ID))
	return err
}

func (c *tariffsSetCmd) body() (map[string]any, error) {
	body := map[string]any{"currency": c.Currency}
	for name, value := range map[string]string{
		"energy": c.Energy, "chargingTime": c.ChargingTime, "idleTime": c.IdleTime, "fixedFee": c.FixedFee, "minCost": c.MinCost, "maxCost": c.MaxCost,
	} {
		if value == "" {
			continue
		}
		n, err := decimal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		body[name] = n
	}
	var taxes []map[string]any
	for _, text := range c.Tax {
		tax, err := parseTax(text)
		if err != nil {
			return nil, fmt.Errorf("--tax %s: %w", text, err)
		}
		taxes = append(taxes, tax)
	}
	if taxes != nil {
		body["taxRates"] = taxes
	}
	if texts := tariffTexts(c.Text); texts != nil {
		body["texts"] = texts
	}
	if c.Note != "" {
		body["note"] = c.Note
	}
	return body, nil
}

// decimal reads a number and keeps its digits.
func decimal(text string) (json.Number, error) {
	if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) {
		return "", fmt.Errorf("%q is no number, such as 0.49", text)
	}
	return json.Number(text), nil
}

// parseTax reads NAME=PERCENT or NAME=PERCENT@STACK.
func parseTax(text string) (map[string]any, error) {
	name, rest, ok := strings.Cut(text, "=")
	if !ok {
		return nil, errors.New("write it as VAT=19")
	}
	percent, stack, stacked := strings.Cut(rest, "@")
	n, err := decimal(percent)
	if err != nil {
		return nil, err
	}
	tax := map[string]any{"type": name, "tax": n}
	if stacked {
		if tax["stack"], err = strconv.Atoi(stack); err != nil {
			return nil, errors.New("a stack is a whole number, such as 1")
		}
	}
	return tax, nil
}

// tariffTexts reads texts, each with a language before it or not.
func tariffTexts(list []string) (texts []map[string]string) {
	for _, text := range list {
		if language, content, ok := strings.Cut(text, "="); ok && isLanguage(language) {
			texts = append(texts, map[string]string{"language": language, "content": content})
			continue
		}
		texts = append(texts, map[string]string{"content": text})
	}
	return texts
}

// isLanguage reports whether a text looks like a language tag of RFC 5646, and not like the beginning of a sentence.
func isLanguage(text string) bool {
	letters := strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz-") == ""
	return letters && len(text) >= 2 && len(text) <= 8
}

type tariffsDefaultCmd struct {
	apiFlags `embed:""`

	ID   string `arg:"" optional:"" help:"Id of the tariff. Left out: show which it is."`
	None bool   `env:"-" help:"Have none."`
}

// Run sets or shows the default.
func (c *tariffsDefaultCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	switch {
	case c.ID != "" && c.None:
		return &exitError{exitInvalid, errors.New("name a tariff, or give --none")}
	case c.ID != "":
		_, err = c.send(ctx, http.MethodPut, "/default-tariff", map[string]string{"tariff": c.ID})
	case c.None:
		_, err = c.send(ctx, http.MethodDelete, "/default-tariff", nil)
	}
	if err != nil {
		return err
	}
	got, err := client.Get(ctx, "/default-tariff", nil)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	var v struct{ Tariff *string }
	if err := json.Unmarshal(got, &v); err != nil {
		return err
	}
	said := "No tariff counts where there is no other."
	if v.Tariff != nil {
		said = fmt.Sprintf("The tariff %s counts where there is no other.", printable(*v.Tariff))
	}
	_, err = fmt.Fprintln(s.out, said)
	return err
}

type tariffsDeleteCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the tariff."`
}

// Run deletes a tariff.
func (c *tariffsDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("tariffs", c.ID), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The tariff %s was deleted.\n", printable(c.ID))
	return err
}

// tariffFlags give something a tariff, or take it away.
type tariffFlags struct {
	Tariff string `arg:"" optional:"" help:"Id of the tariff."`
	None   bool   `env:"-" help:"Take the tariff away."`
}

// patch is the body of the change.
func (f tariffFlags) patch() (map[string]any, error) {
	switch {
	case f.None == (f.Tariff != ""):
		return nil, &exitError{exitInvalid, errors.New("name a tariff, or give --none")}
	case f.None:
		return map[string]any{"tariff": nil}, nil
	}
	return map[string]any{"tariff": f.Tariff}, nil
}

// has says what the change made.
func (f tariffFlags) has(s streams, what string) error {
	said := "no tariff of its own"
	if !f.None {
		said = "the tariff " + printable(f.Tariff)
	}
	_, err := fmt.Fprintf(s.err, "%s has %s, for transactions that begin from now on.\n", what, said)
	return err
}

type stationsTariffCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Identity of the station."`
	tariffFlags
}

// Run changes the tariff of a station.
func (c *stationsTariffCmd) Run(ctx context.Context, s streams) error {
	body, err := c.patch()
	if err != nil {
		return err
	}
	got, err := c.send(ctx, http.MethodPatch, apiclient.Path("stations", c.ID), body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	return c.has(s, "The station "+printable(c.ID))
}

type idTokensTariffCmd struct {
	idTokenFlags `embed:""`
	tariffFlags
}

// Run changes the tariff of a token.
func (c *idTokensTariffCmd) Run(ctx context.Context, s streams) error {
	body, err := c.patch()
	if err != nil {
		return err
	}
	got, err := c.send(ctx, http.MethodPatch, apiclient.Path("tokens", c.ID), body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	return c.has(s, "The id token "+printable(c.ID))
}
