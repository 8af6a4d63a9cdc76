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
	"github.com/chargeyard/chargeyard/internal/fleet"
)

func (c *idTokensAddCmd) body() (map[string]any, error) {
	body := map[string]any{"value": c.Value, "status": c.Status}
	for name, value := range map[string]string{
		"type": c.Type, "group": c.Group, "note": c.Note, "tariff": c.Tariff, "timeZone": c.TimeZone, "language": c.Language, "message": c.Message,
	} {
		if value != "" {
			body[name] = value
		}
	}
	for name, value := range map[string]time.Time{"expiry": c.Expiry, "validFrom": c.From} {
		if !value.IsZero() {
			body[name] = value
		}
	}
	if c.Concurrent != 0 {
		body["concurrent"] = c.Concurrent
	}
	if c.Priority != 0 {
		body["chargingPriority"] = c.Priority
	}
	if c.Credit != nil {
		body["credit"] = *c.Credit
	}
	if limit := (fleet.LimitArgument{MaxCost: c.MaxCost, MaxEnergy: c.MaxEnergy, MaxTime: c.MaxTime, MaxSoC: c.MaxSoC}); limit != (fleet.LimitArgument{}) {
		body["transactionLimit"] = limit
	}
	places := placesOf(c.At)
	for _, tag := range c.AtTag {
		places = append(places, tokenPlace{Tag: tag})
	}
	if len(places) > 0 {
		body["stations"] = places
	}
	var hours []tokenHours
	for _, text := range c.Hours {
		h, err := parseHours(text)
		if err != nil {
			return nil, err
		}
		hours = append(hours, h)
	}
	if len(hours) > 0 {
		body["hours"] = hours
	}
	return body, nil
}

type tokenHours struct {
	Days []string `json:"days,omitempty"`
	From string   `json:"from"`
	To   string   `json:"to"`
}

// parseHours reads [DAYS ]FROM-TO.
func parseHours(text string) (h tokenHours, err error) {
	days, times, found := strings.Cut(strings.TrimSpace(text), " ")
	if !found {
		days, times = "", days
	}
	h.From, h.To, found = strings.Cut(times, "-")
	if !found {
		return h, fmt.Errorf("--hours %q: write it as \"08:00-18:00\", or with days as \"Mon,Tue 08:00-18:00\"", text)
	}
	if days != "" {
		h.Days = strings.Split(days, ",")
	}
	return h, nil
}

type tokenPlace struct {
	Station string `json:"station,omitempty"`
	Tag     string `json:"tag,omitempty"`
	EVSEs   []int  `json:"evses,omitempty"`
}

// placesOf reads STATION or STATION/EVSE; what has no number at its end is a station.
func placesOf(list []string) (all []tokenPlace) {
	for _, text := range list {
		p := tokenPlace{Station: text}
		if i := strings.LastIndex(text, "/"); i > 0 {
			if n, err := strconv.Atoi(text[i+1:]); err == nil {
				p = tokenPlace{Station: text[:i], EVSEs: []int{n}}
			}
		}
		all = append(all, p)
	}
	return all
}

type idTokensCheckCmd struct {
	apiFlags `embed:""`

	ID      string    `arg:"" help:"The token: VALUE, or TYPE:VALUE. It need not be on record."`
	Station string    `env:"-" placeholder:"ID" help:"At this station. Default: anywhere."`
	EVSE    int       `env:"-" placeholder:"N" help:"At this EVSE of it."`
	Time    time.Time `env:"-" placeholder:"TIME" help:"At this time, such as 2030-01-01T07:30:00Z. Default: now."`
}

// Help explains more than the one line.
func (idTokensCheckCmd) Help() string {
	return `It is what a station would hear that asks, and a remote start would go by.

    chargeyard id-tokens check 04AB --station CP-001
    chargeyard id-tokens check 04AB --station CP-001 --evse 2 --time 2030-01-01T07:30:00Z

Exit code: 0 it may charge; 1 it may not, for the reason that is printed.`
}

// Run says what would be decided, and fails when the token may not charge.
func (c *idTokensCheckCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	q := url.Values{}
	if c.Station != "" {
		q.Set("station", c.Station)
	}
	if c.EVSE != 0 {
		q.Set("evse", strconv.Itoa(c.EVSE))
	}
	if !c.Time.IsZero() {
		q.Set("time", c.Time.Format(time.RFC3339))
	}
	got, err := client.Get(ctx, apiclient.Path("tokens", c.ID, "decision"), q)
	if err != nil {
		return err
	}
	var d struct {
		Accepted             bool
		Status, Detail       string
		Tariff, TariffSource *string
	}
	if err := json.Unmarshal(got, &d); err != nil {
		return err
	}
	if c.json() {
		err = writeJSON(s.out, got)
	} else {
		_, err = fmt.Fprintf(s.out, "%s: %s\n", printable(d.Status), printable(d.Detail))
		if err == nil && d.Tariff != nil {
			_, err = fmt.Fprintf(s.out, "Tariff: %s (%s)\n", printable(*d.Tariff), printable(or(d.TariffSource)))
		}
	}
	if err == nil && !d.Accepted {
		err = errWrong
	}
	return err
}
