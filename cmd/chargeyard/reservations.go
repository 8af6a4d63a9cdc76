package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type reservationsCmd struct {
	List   reservationsListCmd   `cmd:"" default:"withargs" help:"List reservations; the same as \"chargeyard reservations\"."`
	Add    reservationsAddCmd    `cmd:"" help:"Have a station keep a place free."`
	Cancel reservationsCancelCmd `cmd:"" help:"Take a reservation back."`
}

// Help explains more than the one line.
func (reservationsCmd) Help() string {
	return `A reservation keeps an EVSE of a station free for a card or app until somebody comes with it, or until its time is over.

    chargeyard reservations --open
    chargeyard reservations add CP-001 04E91C5A123580 --evse 1 --minutes 30
    chargeyard reservations cancel 12`
}

type reservationsListCmd struct {
	apiFlags `embed:""`

	Station string `env:"-" placeholder:"ID" help:"Only those at this station."`
	State   string `env:"-" enum:",requested,accepted,refused,unsent,used,expired,canceled,removed" default:"" placeholder:"STATE" help:"Only those in this state: requested, accepted, refused, unsent, used, expired, canceled or removed."`
	Open    bool   `env:"-" help:"Only those that are requested or accepted."`
	Token   string `env:"-" placeholder:"VALUE" help:"Only those for this card or app."`
	Limit   int    `env:"-" placeholder:"N" help:"The latest N of them. Default: all."`
}

// reservationView is what the table shows of a reservation of the API.
type reservationView struct {
	Number        int        `json:"number"`
	Station       string     `json:"station"`
	ReservationID int64      `json:"reservationId"`
	State         string     `json:"state"`
	Answer        *string    `json:"answer"`
	Detail        *string    `json:"detail"`
	EVSE          *int       `json:"evse"`
	ConnectorType *string    `json:"connectorType"`
	IDToken       string     `json:"idToken"`
	Expires       *time.Time `json:"expires"`
	TransactionID *string    `json:"transactionId"`
}

// Run lists reservations.
func (c *reservationsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	q := filled(map[string]string{"station": c.Station, "state": c.State, "token": c.Token})
	if c.Open {
		q.Set("open", "true")
	}
	list := first(client.Items(ctx, "/reservations", q), c.Limit)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "NUMBER"}, column{title: "STATION"}, column{title: "EVSE", drop: 3}, column{title: "STATE"},
		column{title: "TOKEN", drop: 2}, column{title: "UNTIL", drop: 4}, column{title: "WHY", drop: 1})
	for r, err := range decoded[reservationView](list) {
		if err != nil {
			return err
		}
		until := ""
		if r.Expires != nil {
			until = r.Expires.Local().Format("2006-01-02 15:04")
		}
		t.row(strconv.Itoa(r.Number), r.Station, r.place(), r.State, r.IDToken, until, r.why())
	}
	return t.end(nothing("reservation", q))
}

func (r *reservationView) place() string {
	switch {
	case r.EVSE != nil:
		return strconv.Itoa(*r.EVSE)
	case r.ConnectorType != nil:
		return *r.ConnectorType
	}
	return "any"
}

// why says what is not plain about the state.
func (r *reservationView) why() string {
	switch {
	case r.Detail != nil:
		return *r.Detail
	case r.State == "refused":
		return or(r.Answer)
	case r.TransactionID != nil:
		return "transaction " + *r.TransactionID
	}
	return ""
}

type reservationsAddCmd struct {
	apiFlags `embed:""`

	Station string `arg:"" help:"Identity of the station."`
	Token   string `arg:"" help:"For whom: what the card or code says, or TYPE:VALUE."`

	EVSE    int           `env:"-" placeholder:"N" help:"The EVSE, in OCPP 1.6 the connector. Default: any."`
	Type    string        `name:"connector-type" env:"-" placeholder:"TYPE" help:"Any EVSE with such a connector (OCPP 2.x), such as cCCS2."`
	Group   string        `env:"-" placeholder:"VALUE" help:"Tokens of this group may use it, too."`
	Minutes int           `env:"-" placeholder:"N" help:"For how long. Default 30."`
	Until   time.Time     `env:"-" placeholder:"TIME" help:"Instead: until when, such as 2030-01-01T07:30:00Z."`
	Timeout time.Duration `env:"-" default:"30s" placeholder:"TIME" help:"How long to wait for the answer, 60s at most. Default 30s."`
}

// Run asks the station, and fails when it refuses.
func (c *reservationsAddCmd) Run(ctx context.Context, s streams) error {
	client, err := c.clientFor(2*c.Timeout + callSlack)
	if err != nil {
		return err
	}
	got, err := client.Send(ctx, http.MethodPost, apiclient.Path("stations", c.Station, "reserve"), c.body())
	if err != nil {
		return callError(err)
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	var answer reserveView
	if err := json.Unmarshal(got, &answer); err != nil {
		return err
	}
	if answer.Status != "accepted" {
		return &exitError{exitStatus, fmt.Errorf("the station keeps no place free: %s", printable(or(answer.Said)))}
	}
	number, err := answer.number(ctx, client)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "The station keeps a place free for %s. The number of the reservation is %d.\n", printable(c.Token), number)
	return err
}

// reserveView is what is read of the answer to the verb reserve.
type reserveView struct {
	Station, Status string
	Said            *string
	Payload         struct {
		ID            int64 `json:"id"`            // OCPP 2.x
		ReservationID int64 `json:"reservationId"` // OCPP 1.6
	}
}

// number finds the reservation among those of the station: the ids of different stations may be the same.
func (v *reserveView) number(ctx context.Context, client *apiclient.Client) (int, error) {
	id := cmp.Or(v.Payload.ID, v.Payload.ReservationID)
	for r, err := range decoded[reservationView](client.Items(ctx, "/reservations", url.Values{"station": {v.Station}})) {
		if err != nil || r.ReservationID == id {
			return r.Number, err
		}
	}
	return 0, errors.New("the station keeps a place free, but the server has no such reservation any more")
}

func (c *reservationsAddCmd) body() map[string]any {
	token := map[string]any{"value": c.Token}
	if kind, value, ok := strings.Cut(c.Token, ":"); ok {
		token = map[string]any{"value": value, "type": kind}
	}
	body := map[string]any{"idToken": token, "timeout": c.Timeout.Seconds()}
	if c.Group != "" {
		body["groupIdToken"] = map[string]any{"value": c.Group}
	}
	if c.EVSE != 0 {
		body["evse"] = c.EVSE
	}
	if c.Type != "" {
		body["connectorType"] = c.Type
	}
	if c.Minutes != 0 {
		body["minutes"] = c.Minutes
	}
	if !c.Until.IsZero() {
		body["until"] = c.Until
	}
	return body
}

type reservationsCancelCmd struct {
	apiFlags `embed:""`

	Number int `arg:"" help:"Number of the list."`
}

// Run asks the station to forget a reservation.
func (c *reservationsCancelCmd) Run(ctx context.Context, s streams) error {
	got, err := c.send(ctx, http.MethodDelete, apiclient.Path("reservations", strconv.Itoa(c.Number)), nil)
	if err != nil {
		return callError(err)
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	var r reservationView
	if err := json.Unmarshal(got, &r); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.err, "Reservation %d is %s.\n", r.Number, printable(r.State))
	return err
}
