package v16

import (
	"fmt"
	"strings"

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

// keyOf returns the name of a configuration key: the one that was given, or the one that a variable of OCPP 2.x is in 1.6, so
// that stations of all versions can be asked for the same at once.
func keyOf(at string, a fleet.AttributeArgument) (string, error) {
	if key := keyOfVariable(a.VariableArgument); key != "" {
		a.VariableArgument = fleet.VariableArgument{Variable: key}
	}
	switch {
	case a.Component != "":
		return "", fleet.NotInVersion(at+"/component", "OCPP 1.6 has configuration keys without components, and none is known to be this variable: give the key as variable")
	case a.VariableInstance != "":
		return "", fleet.NotInVersion(at+"/variableInstance", "OCPP 1.6 has no instances of configuration keys")
	case a.AttributeName() != fleet.AttributeActual:
		return "", fleet.NotInVersion(at+"/attribute", "a configuration key of OCPP 1.6 has an Actual value only")
	}
	return a.Variable, nil
}

// keyOfVariable returns the configuration key of OCPP 1.6 (9.1 to 9.3) that has become a variable of the standard components in 2.x
// (2.0.1 Part 2 Appendices, 3) with the same values; "" when there is none.
func keyOfVariable(v fleet.VariableArgument) string {
	name := v.Component + "." + v.Variable
	if v.VariableInstance != "" {
		name += "[" + v.VariableInstance + "]"
	}
	if (fleet.VariableArgument{Component: v.Component, Variable: v.Variable, VariableInstance: v.VariableInstance}) != v {
		return "" // of one EVSE, or of an instance of the component
	}
	return map[string]string{
		"aligneddatactrlr.interval":                              "ClockAlignedDataInterval",
		"aligneddatactrlr.measurands":                            "MeterValuesAlignedData",
		"aligneddatactrlr.txendedmeasurands":                     "StopTxnAlignedData",
		"authcachectrlr.enabled":                                 "AuthorizationCacheEnabled",
		"authctrlr.authorizeremotestart":                         "AuthorizeRemoteTxRequests",
		"authctrlr.localauthorizeoffline":                        "LocalAuthorizeOffline",
		"authctrlr.localpreauthorize":                            "LocalPreAuthorize",
		"authctrlr.offlinetxforunknownidenabled":                 "AllowOfflineTxForUnknownId",
		"localauthlistctrlr.enabled":                             "LocalAuthListEnabled",
		"ocppcommctrlr.heartbeatinterval":                        "HeartbeatInterval",
		"ocppcommctrlr.messageattemptinterval[transactionevent]": "TransactionMessageRetryInterval",
		"ocppcommctrlr.messageattempts[transactionevent]":        "TransactionMessageAttempts",
		"ocppcommctrlr.resetretries":                             "ResetRetries",
		"ocppcommctrlr.unlockonevsidedisconnect":                 "UnlockConnectorOnEVSideDisconnect",
		"ocppcommctrlr.websocketpinginterval":                    "WebSocketPingInterval",
		"sampleddatactrlr.txendedmeasurands":                     "StopTxnSampledData",
		"sampleddatactrlr.txupdatedinterval":                     "MeterValueSampleInterval",
		"sampleddatactrlr.txupdatedmeasurands":                   "MeterValuesSampledData",
		"txctrlr.evconnectiontimeout":                            "ConnectionTimeOut",
		"txctrlr.maxenergyoninvalidid":                           "MaxEnergyOnInvalidId",
		"txctrlr.stoptxonevsidedisconnect":                       "StopTransactionOnEVSideDisconnect",
		"txctrlr.stoptxoninvalidid":                              "StopTransactionOnInvalidId",
	}[strings.ToLower(name)]
}
