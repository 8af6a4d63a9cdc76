package v16

import (
	"fmt"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// getVariables makes a GetConfiguration (1.6 5.8).
func askGetVariables(v *fleet.GetVariablesRequest) (adapter.Instruction, error) {
	req := &ocpp16.GetConfigurationRequest{}
	for i, a := range v.Variables {
		key, err := keyOf(fmt.Sprintf("/variables/%d", i), a)
		if err != nil {
			return nil, err
		}
		req.Key = append(req.Key, key)
	}
	return req, nil
}

// maxValue is how long a value may be (1.6 6.7).
const maxValue = 500

// setVariables makes a ChangeConfiguration (1.6 5.3).
func askSetVariables(v *fleet.SetVariablesRequest) (adapter.Instruction, error) {
	if len(v.Values) > 1 {
		return nil, fleet.NotInVersion("/values/1", "OCPP 1.6 sets one key at a time: ask once for each")
	}
	key, err := keyOf("/values/0", v.Values[0].AttributeArgument)
	if err != nil {
		return nil, err
	}
	if len(v.Values[0].Value) > maxValue {
		return nil, fleet.NotInVersion("/values/0/value", "OCPP 1.6 takes at most %d characters", maxValue)
	}
	return &ocpp16.ChangeConfigurationRequest{Key: key, Value: v.Values[0].Value}, nil
}

// keyOf returns the name of a configuration key.
func keyOf(at string, a fleet.AttributeArgument) (string, error) {
	switch {
	case a.Component != "":
		return "", fleet.NotInVersion(at+"/component", "OCPP 1.6 has configuration keys without components: give the key as variable")
	case a.VariableInstance != "":
		return "", fleet.NotInVersion(at+"/variableInstance", "OCPP 1.6 has no instances of configuration keys")
	case a.AttributeName() != fleet.AttributeActual:
		return "", fleet.NotInVersion(at+"/attribute", "a configuration key of OCPP 1.6 has an Actual value only")
	}
	return a.Variable, nil
}
