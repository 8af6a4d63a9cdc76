package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
)

// itemLimit is a property of a request of OCPP 2.x whose elements a station bounds by its variable ItemsPerMessage.
type itemLimit struct{ property, component, instance string }

// itemLimits are the requests that have one (2.0.1 Part 2 B05.FR.11, B06.FR.05, B08.FR.06, D01.FR.11, N04.FR.09, N06.FR.04).
func itemLimits() map[string]itemLimit {
	return map[string]itemLimit{
		"GetVariables":            {"getVariableData", "DeviceDataCtrlr", "GetVariables"},
		"SetVariables":            {"setVariableData", "DeviceDataCtrlr", "SetVariables"},
		"GetReport":               {"componentVariable", "DeviceDataCtrlr", "GetReport"},
		"SetVariableMonitoring":   {"setMonitoringData", "MonitoringCtrlr", "SetVariableMonitoring"},
		"ClearVariableMonitoring": {"id", "MonitoringCtrlr", "ClearVariableMonitoring"},
		"SendLocalList":           {"localAuthorizationList", "LocalAuthListCtrlr", ""},
	}
}

// withinLimits refuses a request with more elements than the station has said to take at once. A station that has not said
// it is asked, whatever comes of it.
func (c *commands) withinLimits(ctx context.Context, station string, v ocpp.Version, action string, payload json.RawMessage) error {
	if action == "SendLocalList" {
		if err := c.withinList(ctx, station, v, payload); err != nil {
			return err
		}
	}
	limit, ok := itemLimits()[action]
	if !ok || v == ocpp.V16 {
		return nil
	}
	n := elements(payload, limit.property)
	if n < 2 {
		return nil
	}
	most, err := c.itemsPerMessage(ctx, station, limit)
	if err != nil || most == 0 || n <= most {
		return err
	}
	return &httpapi.CommandError{
		Outcome: httpapi.CommandInvalid, Pointer: "/" + limit.property,
		Detail: fmt.Sprintf("the station takes at most %d at once, as its variable ItemsPerMessage says, and these are %d: send several requests", most, n),
	}
}

// elements counts those of a list in a payload that has been validated.
func elements(payload json.RawMessage, property string) int {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	if json.Unmarshal(payload, &object) != nil || json.Unmarshal(object[property], &list) != nil {
		return 0
	}
	return len(list)
}

// itemsPerMessage is what a station has said of itself; 0: nothing.
func (c *commands) itemsPerMessage(ctx context.Context, station string, limit itemLimit) (int, error) {
	p, err := c.store.ListVariables(ctx, store.VariableQuery{
		Station: station, Attribute: "Actual", SettingQuery: store.SettingQuery{Component: limit.component, Variable: "ItemsPerMessage"},
	})
	if err != nil {
		return 0, err
	}
	for i := range p.Items {
		v := &p.Items[i]
		if strings.EqualFold(v.Setting.VariableInstance, limit.instance) && v.Value != nil {
			if n, err := strconv.Atoi(*v.Value); err == nil && n > 0 {
				return n, nil
			}
		}
	}
	return 0, nil
}
