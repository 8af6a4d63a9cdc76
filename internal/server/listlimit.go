package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// withinList refuses a local list that is larger than the station has said to take, beside what itemLimits has: in OCPP 1.6 at
// once (SendLocalListMaxLength) and at all (LocalAuthListMaxLength, 1.6 9.3), in 2.x in bytes (D01.FR.11).
func (c *commands) withinList(ctx context.Context, station string, v ocpp.Version, payload json.RawMessage) error {
	if v != ocpp.V16 {
		return c.withinSize(ctx, station, store.SettingQuery{Component: "LocalAuthListCtrlr", Variable: "BytesPerMessage"}, len(payload), "%d bytes at once")
	}
	n := elements(payload, "localAuthorizationList")
	if err := c.withinSize(ctx, station, store.SettingQuery{Variable: "SendLocalListMaxLength"}, n, "%d tokens at once"); err != nil {
		return err
	}
	var list struct {
		UpdateType string `json:"updateType"`
	}
	if err := json.Unmarshal(payload, &list); err != nil || list.UpdateType != "Full" {
		return err
	}
	return c.withinSize(ctx, station, store.SettingQuery{Variable: "LocalAuthListMaxLength"}, n, "%d tokens on its list")
}

// withinSize compares a number with what a station has said of itself. One that has not said it is asked, whatever comes of it.
func (c *commands) withinSize(ctx context.Context, station string, about store.SettingQuery, n int, what string) error {
	p, err := c.store.ListVariables(ctx, store.VariableQuery{Station: station, Attribute: fleet.AttributeActual, SettingQuery: about})
	if err != nil {
		return err
	}
	for _, v := range p.Items {
		if v.Value == nil {
			continue
		}
		if most, err := strconv.Atoi(strings.TrimSpace(*v.Value)); err == nil && most > 0 && n > most {
			return &httpapi.CommandError{
				Outcome: httpapi.CommandInvalid, Pointer: "/localAuthorizationList",
				Detail: fmt.Sprintf("the station takes at most "+what+", as its %s says, and these are %d: send several lists", most, about.Variable, n),
			}
		}
	}
	return nil
}
