package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

type tokenGroupsCmd struct {
	List   tokenGroupsListCmd   `cmd:"" default:"withargs" help:"List groups that have a record; the same as \"chargeyard token-groups\"."`
	Set    tokenGroupsSetCmd    `cmd:"" help:"Say what the tokens of a group may do together."`
	Delete tokenGroupsDeleteCmd `cmd:"" help:"Forget what is known of a group; its tokens still belong to it."`
}

// Help explains more than the one line.
func (tokenGroupsCmd) Help() string {
	return `A group is made by its tokens (chargeyard id-tokens add --group); here it gets a limit for all of them together.

    chargeyard token-groups set fleet --concurrent 10
    chargeyard token-groups set police --master-pass`
}

type tokenGroupsListCmd struct {
	apiFlags `embed:""`
}

// tokenGroupView is what the table shows of a group of the API.
type tokenGroupView struct {
	Name       string  `json:"name"`
	Concurrent *int    `json:"concurrent"`
	MasterPass bool    `json:"masterPass"`
	Tariff     *string `json:"tariff"`
	Note       *string `json:"note"`
}

// Run lists groups.
func (c *tokenGroupsListCmd) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	list := client.Items(ctx, "/token-groups", nil)
	if c.json() {
		return writeArray(s.out, list)
	}
	t := newTable(s.out, column{title: "GROUP"}, column{title: "AT ONCE"}, column{title: "MASTER PASS"}, column{title: "TARIFF", drop: 2}, column{title: "NOTE", drop: 1})
	for g, err := range decoded[tokenGroupView](list) {
		if err != nil {
			return err
		}
		limit, master := "any", "no"
		if g.Concurrent != nil {
			limit = strconv.Itoa(*g.Concurrent)
		}
		if g.MasterPass {
			master = "yes"
		}
		t.row(g.Name, limit, master, or(g.Tariff), or(g.Note))
	}
	return t.end("No group has a record.")
}

type tokenGroupsSetCmd struct {
	apiFlags `embed:""`

	Name       string `arg:"" help:"Name of the group, as its tokens have it."`
	Concurrent int    `env:"-" placeholder:"N" help:"Transactions that its tokens may have at once, all together. Default: any number."`
	MasterPass bool   `env:"-" help:"Its tokens end transactions of others, and start none."`
	Tariff     string `env:"-" placeholder:"ID" help:"The tariff of its tokens that have none of their own. Default: that of the station, or the default."`
	Note       string `env:"-" placeholder:"TEXT" help:"Your own words."`
}

// Run puts the record of a group.
func (c *tokenGroupsSetCmd) Run(ctx context.Context, s streams) error {
	body := map[string]any{"masterPass": c.MasterPass}
	if c.Concurrent != 0 {
		body["concurrent"] = c.Concurrent
	}
	if c.Note != "" {
		body["note"] = c.Note
	}
	if c.Tariff != "" {
		body["tariff"] = c.Tariff
	}
	got, err := c.send(ctx, http.MethodPut, apiclient.Path("token-groups", c.Name), body)
	if err != nil {
		return err
	}
	if c.json() {
		return writeJSON(s.out, got)
	}
	_, err = fmt.Fprintf(s.err, "The group %s was set.\n", printable(c.Name))
	return err
}

type tokenGroupsDeleteCmd struct {
	apiFlags `embed:""`

	Name string `arg:"" help:"Name of the group."`
}

// Run forgets the record of a group.
func (c *tokenGroupsDeleteCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.send(ctx, http.MethodDelete, apiclient.Path("token-groups", c.Name), nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.err, "What was known of the group %s was deleted.\n", printable(c.Name))
	return err
}
