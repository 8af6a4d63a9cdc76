package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnVariables takes what a station told of its configuration: GetConfiguration and ChangeConfiguration (1.6 5.8, 5.3). A
// key is a variable of no component.
func learnVariables(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.GetConfigurationResponse:
		return adapter.VariablesTold(station, "GetConfiguration", got(resp))
	case *ocpp16.ChangeConfigurationResponse:
		if req, ok := req.(*ocpp16.ChangeConfigurationRequest); ok {
			return append(adapter.VariablesTold(station, req.OCPPAction().Name, changed(req, resp)), adapter.Answered(fleet.DeviceAnswer{
				Station: station, Action: req.OCPPAction().Name, Setting: fleet.Setting{Variable: req.Key}, Attribute: fleet.AttributeActual,
				Value: adapter.SecretFree(fleet.Setting{Variable: req.Key}, req.Value), Status: string(resp.Status),
			})...)
		}
	}
	return nil
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
