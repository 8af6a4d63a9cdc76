package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type transactionsCmd struct {
	List transactionsListCmd `cmd:"" default:"withargs" help:"List transactions, the latest start first; the same as \"chargeyard transactions\"."`
	Show transactionsShowCmd `cmd:"" help:"Show one transaction with a summary of its measured values."`
	Stop transactionsStopCmd `cmd:"" help:"Have the station of a transaction stop it."`

	Limit transactionsLimitCmd `cmd:"" help:"Change what a transaction may cost, take and last."`
}

// Help explains more than the one line.
func (transactionsCmd) Help() string {
	return `Without a word more it lists the transactions.

    chargeyard transactions --active
    chargeyard transactions --station CP-001 --since 24h
    chargeyard transactions show CP-001:17
    chargeyard transactions stop CP-001:17
    chargeyard transactions limit CP-001:17 maxEnergy=30000`
}

// transactionView is what the tables show of a transaction of the API.
type transactionView struct {
	ID            string      `json:"id"`
	Station       string      `json:"station"`
	TransactionID string      `json:"transactionId"`
	EVSE          *int        `json:"evse"`
	Connector     *int        `json:"connector"`
	IDToken       *string     `json:"idToken"`
	IDTokenType   *string     `json:"idTokenType"`
	StopToken     *string     `json:"stopToken"`
	Authorization *string     `json:"authorization"`
	Active        bool        `json:"active"`
	StartedAt     *time.Time  `json:"startedAt"`
	EndedAt       *time.Time  `json:"endedAt"`
	MeterStart    json.Number `json:"meterStart"`
	MeterStop     json.Number `json:"meterStop"`
	MeterLast     json.Number `json:"meterLast"`
	StopReason    *string     `json:"stopReason"`
	ChargingState *string     `json:"chargingState"`
	Offline       bool        `json:"offline"`
	RemoteStartID *int64      `json:"remoteStartId"`
	ReservationID *int64      `json:"reservationId"`
	Tariff        *string     `json:"tariff"`
	TariffSource  *string     `json:"tariffSource"`
	Cost          json.Number `json:"cost"`
	CostExclTax   json.Number `json:"costExclTax"`
	Currency      *string     `json:"currency"`
	CostKind      *string     `json:"costKind"`
	CostBy        *string     `json:"costBy"`
	CostParts     *costParts  `json:"costParts"`
	CostUsage     *costUsage  `json:"costUsage"`
	StationCost   *costTold   `json:"stationCost"`
	StartSeen     bool        `json:"startSeen"`
	Events        int64       `json:"events"`
	MissingEvents int64       `json:"missingEvents"`
	Conflicts     int64       `json:"conflicts"`
	Anomalies     []string    `json:"anomalies"`
	ClockOffset   *float64    `json:"clockOffset"`
	FirstReceived *time.Time  `json:"firstReceivedAt"`
	LastReceived  *time.Time  `json:"lastReceivedAt"`
	Limits        []limitView `json:"limits"`
}

type transactionsListCmd struct {
	apiFlags `embed:""`

	Active  bool          `env:"-" xor:"state" help:"Only those that go on."`
	Ended   bool          `env:"-" xor:"state" help:"Only those that have ended."`
	Station string        `env:"-" placeholder:"ID" help:"Only those of one station."`
	Since   time.Duration `env:"-" placeholder:"TIME" help:"Only those that started in the last 90s, 15m, 24h, ..., by the clock of their station."`
	Token   string        `env:"-" placeholder:"ID" help:"Only those that this card or app started, in any case."`
	Tariff  string        `env:"-" placeholder:"ID" help:"Only those that cost by this tariff."`
	Trouble bool          `env:"-" help:"Only those whose events are not whole or contradict each other: those with something in the column TROUBLE."`
	Limit   int           `env:"-" placeholder:"N" help:"The latest N of them. Default: all."`
}

// Help explains more than the one line.
func (transactionsListCmd) Help() string {
	return `The latest start is first. TROUBLE says what is wrong with the events of a transaction: a start that never came, messages that are missing, that
conflict with others of the same number, and anomalies, such as an end before the start; "show" tells about those.

    chargeyard transactions --active --station CP-001
    chargeyard transactions --trouble --since 24h
    chargeyard transactions --since 24h --output json`
}

// Run lists transactions.
func (c *transactionsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	list := first(client.Items(ctx, "/transactions", c.query(time.Now())), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	return c.table(s, list)
}

func (c *transactionsListCmd) query(now time.Time) url.Values {
	q := filled(map[string]string{"station": c.Station, "token": c.Token, "tariff": c.Tariff})
	if c.Active || c.Ended {
		q.Set("active", strconv.FormatBool(c.Active))
	}
	if c.Since > 0 {
		q.Set("since", now.Add(-c.Since).UTC().Format(time.RFC3339Nano))
	}
	if c.Trouble {
		q.Set("trouble", "true")
	}
	if c.Limit > 0 && c.Limit < apiclient.MaxPage {
		q.Set("limit", strconv.Itoa(c.Limit))
	}
	return q
}

func (c *transactionsListCmd) table(s streams, list items) error {
	t := newTable(s.out, column{title: "TRANSACTION"}, column{title: "EVSE", right: true, drop: 3}, column{title: "STARTED"}, column{title: "TOOK", right: true, drop: 2},
		column{title: "kWh", right: true}, column{title: "COST", right: true, drop: 5}, column{title: "STATE"}, column{title: "TOKEN", drop: 4}, column{title: "TROUBLE", drop: 1})
	for tx, err := range decoded[transactionView](list) {
		if err != nil {
			return err
		}
		now := time.Now()
		t.row(readable(tx.ID), tx.place(), ago(tx.StartedAt, now), tx.took(now), tx.energy(), tx.cost(), tx.state(), or(tx.IDToken), tx.trouble())
	}
	return t.end(nothing("transaction", c.query(time.Now())))
}

func (t *transactionView) place() string {
	switch {
	case t.EVSE == nil:
		return none
	case t.Connector == nil || *t.Connector == 1:
		return strconv.Itoa(*t.EVSE)
	}
	return fmt.Sprintf("%d/%d", *t.EVSE, *t.Connector)
}

// took is how long it has charged, or charges already.
func (t *transactionView) took(now time.Time) string {
	switch {
	case t.StartedAt == nil:
		return none
	case t.EndedAt != nil:
		now = *t.EndedAt
	}
	if d := now.Sub(*t.StartedAt); d >= 0 {
		return span(d)
	}
	return none // clocks differ
}

// energy in kWh, as far as the meter has told.
func (t *transactionView) energy() string {
	end := t.MeterStop
	if end == "" {
		end = t.MeterLast
	}
	from, err := t.MeterStart.Float64()
	to, err2 := end.Float64()
	if err != nil || err2 != nil {
		return none
	}
	return strconv.FormatFloat((to-from)/1000, 'f', 3, 64)
}

func (t *transactionView) state() string {
	switch {
	case t.Active && t.ChargingState != nil:
		return *t.ChargingState
	case t.Active:
		return "active"
	case t.StopReason != nil:
		return "ended, " + *t.StopReason
	}
	return "ended"
}

// trouble names what is wrong with the events, the gravest first.
func (t *transactionView) trouble() string {
	var said []string
	if !t.StartSeen {
		said = append(said, "no start")
	}
	for _, part := range []struct {
		n        int64
		one, all string
	}{
		{t.MissingEvents, "missing", "missing"},
		{t.Conflicts, "conflict", "conflicts"},
		{int64(len(t.Anomalies)), "anomaly", "anomalies"},
	} {
		switch {
		case part.n == 1:
			said = append(said, "1 "+part.one)
		case part.n > 1:
			said = append(said, strconv.FormatInt(part.n, 10)+" "+part.all)
		}
	}
	return strings.Join(said, ", ")
}
