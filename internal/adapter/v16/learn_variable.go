package v16

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnVariables takes what a station told of its configuration: GetConfiguration and ChangeConfiguration (1.6 5.8, 5.3). A
// key is a variable of no component.
func learnVariables(station string, req, resp any) []fleet.Event {
	learned := fleet.VariablesReported{Station: station, Received: time.Now()}
	switch resp := resp.(type) {
	case *ocpp16.GetConfigurationResponse:
		learned.Action, learned.List = "GetConfiguration", got(resp)
	case *ocpp16.ChangeConfigurationResponse:
		if req, ok := req.(*ocpp16.ChangeConfigurationRequest); ok {
			learned.Action, learned.List = "ChangeConfiguration", changed(req, resp)
		}
	}
	for i, v := range learned.List {
		v.Station, v.Received, v.Source, v.Attribute = station, learned.Received, learned.Action, fleet.AttributeActual
		learned.List[i] = v.Redacted()
	}
	if len(learned.List) == 0 {
		return nil
	}
	return []fleet.Event{learned}
}

func got(resp *ocpp16.GetConfigurationResponse) (list []fleet.Variable) {
	for _, k := range resp.ConfigurationKey {
		if k.Key == "" {
			continue
		}
		v := fleet.Variable{Setting: fleet.Setting{Variable: k.Key}, Value: adapter.Ref(k.Value), Mutability: fleet.ReadWrite}
		if k.Readonly {
			v.Mutability = fleet.ReadOnly
		}
		list = append(list, v)
	}
	return list
}

func changed(req *ocpp16.ChangeConfigurationRequest, resp *ocpp16.ChangeConfigurationResponse) []fleet.Variable {
	if resp.Status != ocpp16.ConfigurationStatusAccepted && resp.Status != ocpp16.ConfigurationStatusRebootRequired {
		return nil
	}
	return []fleet.Variable{{Setting: fleet.Setting{Variable: req.Key}, Value: &req.Value, Written: true}}
}
