package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// noteKey keeps the new key when a command changed it and the station said yes: from now on the old one does not work
// (rule R61; 1.6 security whitepaper A01, 2.x A01.FR.08). A station that needs a reboot for it has said yes, too.
func (c *commands) noteKey(ctx context.Context, st *csms.Station, cmd httpapi.Command, response json.RawMessage) error {
	key := acceptedKey(st.Version(), cmd, response)
	if key == "" {
		return nil
	}
	err := c.store.SetCredential(ctx, cmd.Station, fleet.NewCredential(key))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // an open server asks strangers for no key
	case err != nil:
		return fmt.Errorf("the station has a new key that could not be stored: %w", err)
	}
	c.log.Info("station key changed", "station", cmd.Station)
	return nil
}

// acceptedKey returns the key that a command set, and "" when it set none.
func acceptedKey(v ocpp.Version, cmd httpapi.Command, response json.RawMessage) string {
	switch {
	case v == ocpp.V16 && cmd.Action == "ChangeConfiguration":
		return changedKey16(cmd.Payload, response)
	case v != ocpp.V16 && cmd.Action == "SetVariables":
		return changedKey2x(cmd.Payload, response)
	}
	return ""
}

func changedKey16(payload, response json.RawMessage) string {
	var req struct{ Key, Value string }
	var resp struct{ Status string }
	if json.Unmarshal(payload, &req) != nil || json.Unmarshal(response, &resp) != nil {
		return ""
	}
	if !strings.EqualFold(req.Key, "AuthorizationKey") || !saidYes(resp.Status) {
		return ""
	}
	return req.Value
}

// variable names a variable of the device model, as far as it matters here.
type variable struct {
	Component struct{ Name string }
	Variable  struct{ Name string }
}

func (v variable) isKey() bool {
	return strings.EqualFold(v.Component.Name, "SecurityCtrlr") && strings.EqualFold(v.Variable.Name, "BasicAuthPassword")
}

func changedKey2x(payload, response json.RawMessage) string {
	var req struct {
		SetVariableData []struct {
			variable
			AttributeValue string
		}
	}
	var resp struct {
		SetVariableResult []struct {
			variable
			AttributeStatus string
		}
	}
	if json.Unmarshal(payload, &req) != nil || json.Unmarshal(response, &resp) != nil {
		return ""
	}
	for _, result := range resp.SetVariableResult {
		if !result.isKey() || !saidYes(result.AttributeStatus) {
			continue
		}
		for _, data := range req.SetVariableData {
			if data.isKey() {
				return data.AttributeValue
			}
		}
	}
	return ""
}

func saidYes(status string) bool { return status == "Accepted" || status == "RebootRequired" }
