package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type idTokensCmd struct {
	List   idTokensListCmd   `cmd:"" default:"withargs" help:"List id tokens; the same as \"chargeyard id-tokens\"."`
	Add    idTokensAddCmd    `cmd:"" help:"Add an id token."`
	Accept idTokensAcceptCmd `cmd:"" help:"Let an id token charge from now on, such as one that stations sent and nobody knew."`
	Block  idTokensBlockCmd  `cmd:"" help:"Refuse an id token from now on; it stays on record."`
	Tariff idTokensTariffCmd `cmd:"" help:"Give an id token a tariff of its own, or take it away."`
	Credit idTokensCreditCmd `cmd:"" help:"Say what is left of a prepaid id token."`
	Check  idTokensCheckCmd  `cmd:"" help:"Say whether an id token may charge, and why."`
	Delete idTokensDeleteCmd `cmd:"" help:"Forget an id token."`
}

// Help explains more than the one line.
func (idTokensCmd) Help() string {
	return `Id tokens are the cards and apps with which drivers charge. (Those of the API are made by "chargeyard token".)

    chargeyard id-tokens
    chargeyard id-tokens add 04E91C5A123580 --type ISO14443 --group family --note "Ann's card"
    chargeyard id-tokens --status unknown                   cards that stations sent and nobody knows
    chargeyard id-tokens accept ISO14443:04E91C5A123580
    chargeyard id-tokens block ISO14443:04E91C5A123580
    chargeyard id-tokens add 04AB --at CP-001 --at CP-002/1 --hours "Mon,Tue,Wed,Thu,Fri 08:00-18:00" --time-zone Europe/Berlin
    chargeyard id-tokens add 04CD --credit 25 --max-time 7200       prepaid, and for two hours at most (OCPP 2.1)
    chargeyard id-tokens credit 04CD +20                            20 were paid in
    chargeyard id-tokens check 04AB --station CP-001`
}

type idTokensListCmd struct {
	apiFlags `embed:""`

	Status string `env:"-" enum:",Accepted,Blocked,Expired,Invalid,NoCredit,Unknown" default:"" placeholder:"STATUS" help:"Only those that are so now, in any case: accepted, blocked, expired, invalid, nocredit or unknown (a station sent it, and it is not on record)."`
	Limit  int    `env:"-" placeholder:"N" help:"The first N of them. Default: all."`
}

// idTokenView is what the table shows of a token of the API.
type idTokenView struct {
	ID     string     `json:"id"`
	Type   *string    `json:"type"`
	Status string     `json:"status"`
	Expiry *time.Time `json:"expiry"`
	Group  *string    `json:"group"`
	Note   *string    `json:"note"`

	Concurrent *int              `json:"concurrent"`
	Priority   int               `json:"chargingPriority"`
	Credit     json.Number       `json:"credit"`
	Limit      json.RawMessage   `json:"transactionLimit"`
	Stations   []json.RawMessage `json:"stations"`
	Hours      []json.RawMessage `json:"hours"`
	SeenAt     *string           `json:"seenAt"`
}

// Run lists id tokens.
func (c *idTokensListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	query := filled(map[string]string{"status": c.Status})
	list := first(client.Items(ctx, "/tokens", query), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "TOKEN"}, column{title: "STATUS"}, column{title: "EXPIRES", drop: 3}, column{title: "GROUP", drop: 2},
		column{title: "LIMITS", drop: 5}, column{title: "SEEN AT", drop: 4}, column{title: "NOTE", drop: 1})
	for token, err := range decoded[idTokenView](list) {
		if err != nil {
			return err
		}
		expires := "never"
		if token.Expiry != nil {
			expires = token.Expiry.Local().Format("2006-01-02")
		}
		t.row(readable(token.ID), token.Status, expires, or(token.Group), token.limits(), or(token.SeenAt), or(token.Note))
	}
	return t.end(nothing("id token", query))
}

// limits says in a few words what narrows where, when and how often the token may charge.
func (t *idTokenView) limits() string {
	var words []string
	if t.Concurrent != nil {
		words = append(words, fmt.Sprintf("%d at once", *t.Concurrent))
	}
	if len(t.Stations) > 0 {
		words = append(words, plural(len(t.Stations), "place"))
	}
	if len(t.Hours) > 0 {
		words = append(words, "hours")
	}
	if t.Credit != "" {
		words = append(words, "credit "+t.Credit.String())
	}
	if len(t.Limit) > 0 {
		words = append(words, "of transactions")
	}
	if t.Priority != 0 {
		words = append(words, fmt.Sprintf("priority %d", t.Priority))
	}
	return strings.Join(words, ", ")
}

type idTokensAddCmd struct {
	apiFlags `embed:""`

	Value  string    `arg:"" help:"What the card or code says."`
	Type   string    `env:"-" placeholder:"TYPE" help:"As in OCPP 2.x, such as ISO14443. Default: any, and OCPP 1.6, which has none."`
	Status string    `env:"-" enum:"Accepted,Blocked,Invalid,NoCredit" default:"Accepted" placeholder:"STATUS" help:"Accepted, Blocked, Invalid or NoCredit. Default Accepted."`
	Expiry time.Time `env:"-" placeholder:"TIME" help:"From then on it is expired, such as 2030-01-01T00:00:00Z. Default: never."`
	Group  string    `env:"-" placeholder:"VALUE" help:"Tokens of one group may end each other's transactions."`
	Note   string    `env:"-" placeholder:"TEXT" help:"Your own words."`
	Tariff string    `env:"-" placeholder:"ID" help:"The driver's own tariff. Default: that of the group, of the station, or the default."`

	From       time.Time `env:"-" placeholder:"TIME" help:"It may not charge before, such as 2030-01-01T00:00:00Z. Default: at once." group:"Limits"`
	Concurrent int       `env:"-" placeholder:"N" help:"Transactions that it may have at once. Default: any number." group:"Limits"`
	At         []string  `env:"-" placeholder:"STATION[/EVSE]" help:"Only at this station, or only at this EVSE of it (in OCPP 1.6: connector). Repeat for several. Default: everywhere." group:"Limits"`
	AtTag      []string  `env:"-" placeholder:"TAG" help:"At all stations with this tag, now and later. Repeat for several." group:"Limits"`
	Hours      []string  `env:"-" sep:"none" placeholder:"[DAYS ]FROM-TO" help:"Only at these times, such as \"08:00-18:00\" or \"Mon,Tue,Wed 22:00-06:00\". Repeat for several. Default: always." group:"Limits"`
	Priority   int       `name:"charging-priority" env:"-" placeholder:"N" help:"How much its transactions are preferred when power is short, from -9 to 9 (OCPP 2.x). Default: 0, as any other." group:"Limits"`
	Credit     *float64  `env:"-" placeholder:"AMOUNT" help:"What is left of its prepaid account, in the currency of the tariffs: without any it may not charge. Default: it is not prepaid." group:"Limits"`
	MaxCost    *float64  `env:"-" placeholder:"AMOUNT" help:"What each of its transactions may cost, in the currency of the tariff (OCPP 2.1)." group:"Limits"`
	MaxEnergy  *float64  `env:"-" placeholder:"WH" help:"What each of its transactions may take (OCPP 2.1)." group:"Limits"`
	MaxTime    *int64    `env:"-" placeholder:"SECONDS" help:"How long each of its transactions may last (OCPP 2.1)." group:"Limits"`
	MaxSoC     *int64    `name:"max-soc" env:"-" placeholder:"PERCENT" help:"Up to which state of charge it may charge (OCPP 2.1)." group:"Limits"`
	TimeZone   string    `env:"-" placeholder:"ZONE" help:"Time zone of --hours, such as Europe/Berlin. Default: UTC." group:"Limits"`
	Language   string    `env:"-" placeholder:"TAG" help:"Of the driver, such as de." group:"Limits"`
	Message    string    `env:"-" placeholder:"TEXT" help:"For the driver, on the display of stations of OCPP 2.x." group:"Limits"`
}

// Run adds an id token.
func (c *idTokensAddCmd) Run(ctx context.Context, s streams) error {
	body, err := c.body()
	if err != nil {
		return &exitError{exitInvalid, err}
	}
	got, err := c.send(ctx, http.MethodPost, "/tokens", body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	var made idTokenView
	if err := json.Unmarshal(got, &made); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "The id token %s was added: %s.\n", printable(readable(made.ID)), printable(made.Status))
	return err
}

// idTokenFlags name one token.
type idTokenFlags struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the list: VALUE, or TYPE:VALUE."`
}

// become gives the token a status.
func (f idTokenFlags) become(ctx context.Context, s streams, status string) error {
	return f.change(ctx, s, map[string]any{"status": status}, status)
}

// change changes the token, and says which status it has now. status is the one that was asked for; "" none.
func (f idTokenFlags) change(ctx context.Context, s streams, body map[string]any, status string) error {
	got, err := f.send(ctx, http.MethodPatch, apiclient.Path("tokens", f.ID), body)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(s.out, got)
	}
	var token idTokenView
	if err := json.Unmarshal(got, &token); err != nil {
		return err
	}
	said := token.Status
	if status != "" && said != status { // what was asked for is so, and something else, too
		said = status + ", but " + said
	}
	_, err = fmt.Fprintf(s.err, "The id token %s is now: %s.\n", printable(readable(token.ID)), printable(said))
	return err
}

type idTokensCreditCmd struct {
	idTokenFlags `embed:""`

	Amount string `arg:"" help:"What is left, in the currency of the tariffs; with a + before it what was paid in; none: it is not prepaid."`
}

// Run says what is left.
func (c *idTokensCreditCmd) Run(ctx context.Context, s streams) error {
	property := "credit"
	if strings.HasPrefix(c.Amount, "+") {
		property = "addCredit"
	}
	amount, err := amountOrNone(c.Amount)
	if err != nil {
		return &exitError{exitInvalid, fmt.Errorf("%s: %w", c.Amount, err)}
	}
	return c.change(ctx, s, map[string]any{property: amount}, "")
}

type idTokensAcceptCmd struct {
	idTokenFlags `embed:""`
}

// Help explains more than the one line.
func (idTokensAcceptCmd) Help() string {
	return `The token has to be in the list, in whatever status; "id-tokens add" puts one on record that is not. What it expires on, its group and
its note stay. Stations that keep answers in a cache hear of it when they ask again, or with the command ClearCache.

    chargeyard id-tokens --status unknown
    chargeyard id-tokens accept ISO14443:04E91C5A123580`
}

// Run accepts an id token.
func (c *idTokensAcceptCmd) Run(ctx context.Context, s streams) error {
	return c.become(ctx, s, "Accepted")
}

type idTokensBlockCmd struct {
	idTokenFlags `embed:""`
}

// Help explains more than the one line.
func (idTokensBlockCmd) Help() string {
	return `It is refused whatever --unknown-tokens of the server says, and a transaction that goes on with it goes on. Stations that keep answers in a
cache hear of it when they ask again, or with the command ClearCache.

    chargeyard id-tokens block ISO14443:04E91C5A123580`
}

// Run blocks an id token.
func (c *idTokensBlockCmd) Run(ctx context.Context, s streams) error {
	return c.become(ctx, s, "Blocked")
}

type idTokensDeleteCmd struct {
	idTokenFlags `embed:""`
}

// Run deletes an id token.
func (c *idTokensDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("tokens", c.ID), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "The id token %s was deleted.\n", printable(c.ID))
	return err
}
