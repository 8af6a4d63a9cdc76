package simulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// variables is what a CSMS can read and change of a station: configuration keys in OCPP 1.6, variables of components
// in 2.x. A 2.x variable has the key "Component.Variable". It is safe for concurrent use.
type variables struct {
	mu     sync.Mutex
	values map[string]*variable
}

type variable struct {
	value    string
	readOnly bool
	numeric  bool
}

type setResult uint8

const (
	setAccepted setResult = iota
	setUnknown
	setReadOnly
	setInvalid
)

func newVariables16() *variables {
	return &variables{values: map[string]*variable{
		"AuthorizeRemoteTxRequests":         {value: "false"},
		"ClockAlignedDataInterval":          {value: "0", numeric: true},
		"ConnectionTimeOut":                 {value: "60", numeric: true},
		"GetConfigurationMaxKeys":           {value: "50", readOnly: true},
		"HeartbeatInterval":                 {value: "300", numeric: true},
		"LocalAuthorizeOffline":             {value: "true"},
		"LocalPreAuthorize":                 {value: "false"},
		"MeterValuesSampledData":            {value: "Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC"},
		"MeterValueSampleInterval":          {value: "10", numeric: true},
		"NumberOfConnectors":                {value: "2", readOnly: true},
		"StopTransactionOnEVSideDisconnect": {value: "true"},
		"StopTransactionOnInvalidId":        {value: "true"},
		"SupportedFeatureProfiles":          {value: "Core,RemoteTrigger,SmartCharging", readOnly: true},
		"TransactionMessageAttempts":        {value: "3", numeric: true},
		"TransactionMessageRetryInterval":   {value: "10", numeric: true},
		"WebSocketPingInterval":             {value: "60", numeric: true},
	}}
}

func newVariables2() *variables {
	return &variables{values: map[string]*variable{
		"AuthCtrlr.AuthorizeRemoteStart":           {value: "false"},
		"AuthCtrlr.LocalPreAuthorize":              {value: "false"},
		"DeviceDataCtrlr.ItemsPerMessage":          {value: "50", readOnly: true},
		"OCPPCommCtrlr.HeartbeatInterval":          {value: "300", numeric: true},
		"OCPPCommCtrlr.MessageAttempts":            {value: "3", numeric: true},
		"OCPPCommCtrlr.MessageAttemptInterval":     {value: "10", numeric: true},
		"OCPPCommCtrlr.OfflineThreshold":           {value: "60", numeric: true},
		"OCPPCommCtrlr.WebSocketPingInterval":      {value: "60", numeric: true},
		"SampledDataCtrlr.TxUpdatedInterval":       {value: "10", numeric: true},
		"SampledDataCtrlr.TxUpdatedMeasurands":     {value: "Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC"},
		"SecurityCtrlr.SecurityProfile":            {value: "1", readOnly: true},
		"TxCtrlr.EVConnectionTimeOut":              {value: "60", numeric: true},
		"TxCtrlr.StopTxOnEVSideDisconnect":         {value: "true"},
		"TxCtrlr.TxStartPoint":                     {value: "Authorized,EVConnected", readOnly: true},
		"TxCtrlr.TxStopPoint":                      {value: "EVConnected", readOnly: true},
		"ChargingStation.AvailabilityState":        {value: "Available", readOnly: true},
		"SmartChargingCtrlr.ChargingProfileLimits": {value: "10", readOnly: true},
	}}
}

// get returns a value; the names of 2.x components and variables are not case-sensitive.
func (v *variables) get(key string) (variable, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if x := v.find(key); x != nil {
		return *x, true
	}
	return variable{}, false
}

// set changes a value.
func (v *variables) set(key, value string) setResult {
	v.mu.Lock()
	defer v.mu.Unlock()
	x := v.find(key)
	switch {
	case x == nil:
		return setUnknown
	case x.readOnly:
		return setReadOnly
	}
	if n, err := strconv.Atoi(value); x.numeric && (err != nil || n < 0 || n > maxSeconds) {
		return setInvalid
	}
	x.value = value
	return setAccepted
}

// maxSeconds is a day. The numbers that can be changed are seconds, or counts that are far smaller.
const maxSeconds = 86_400

// seconds returns a numeric value within 0 and a day, or def when there is none.
func (v *variables) seconds(key string, def int) int {
	if x, ok := v.get(key); ok {
		if n, err := strconv.Atoi(x.value); err == nil {
			return min(max(n, 0), maxSeconds)
		}
	}
	return def
}

// keys returns all keys in order.
func (v *variables) keys() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Sorted(maps.Keys(v.values))
}

func (v *variables) find(key string) *variable {
	if x, ok := v.values[key]; ok {
		return x
	}
	for k, x := range v.values {
		if strings.EqualFold(k, key) {
			return x
		}
	}
	return nil
}

// hasComponent reports whether a 2.x component exists.
func (v *variables) hasComponent(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for key := range v.values {
		if component, _ := splitKey(key); strings.EqualFold(component, name) {
			return true
		}
	}
	return false
}

// splitKey splits "Component.Variable".
func splitKey(key string) (component, name string) {
	component, name, _ = strings.Cut(key, ".")
	return component, name
}
