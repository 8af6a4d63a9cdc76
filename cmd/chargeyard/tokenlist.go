package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type tokenListCmd struct {
	apiFlags `embed:""`
}

// Run lists the records of API tokens.
func (c *tokenListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	body, err := client.Get(ctx, "/api-tokens", nil)
	if err != nil {
		return err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(body, &list); err != nil {
		return err
	}
	if c.json() {
		return json.NewEncoder(s.out).Encode(list.Items)
	}
	t := newTable(s.out, column{title: "ID"}, column{title: "NAME"}, column{title: "MADE"})
	for _, item := range list.Items {
		var token apiTokenView
		if err := json.Unmarshal(item, &token); err != nil {
			return err
		}
		t.row(token.ID, token.Name, ago(token.CreatedAt, time.Now()))
	}
	return t.end("No token is kept; the server may have one of --api-token.")
}

// apiTokenView is what the table shows of a token of the API.
type apiTokenView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	CreatedAt *time.Time `json:"createdAt"`
}

type tokenRevokeCmd struct {
	apiFlags `embed:""`

	ID string `arg:"" help:"Id of the token, as token list shows it."`
}

// Run makes a token invalid.
func (c *tokenRevokeCmd) Run(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	_, err = client.Send(ctx, http.MethodDelete, apiclient.Path("api-tokens", c.ID), nil)
	return err
}
