package server

import (
	"bytes"
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// hidden stands for a secret in records.
const hidden = fleet.Hidden

// redact returns the payload of a request or an answer without the secrets in it: keys and passwords of HTTP Basic, of
// mobile networks, of VPNs and of file servers, which can never be read back (rule R60), and the codes that drivers type.
func redact(payload json.RawMessage) json.RawMessage { return fleet.HideCodes(withoutKeys(payload)) }

// withoutKeys is redact, but for the codes of drivers, which are on record as tokens: who sends one may have that kept.
func withoutKeys(payload json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber() // the digits stay
	var v any
	if err := d.Decode(&v); err != nil {
		return nil // better no record than one with a secret in it
	}
	b, err := json.Marshal(hide(v))
	if err != nil {
		return nil
	}
	return b
}

// hide returns v without secrets. It changes lists and objects in place.
func hide(v any) any {
	switch v := v.(type) {
	case string:
		return fleet.HideUser(v)
	case []any:
		for i := range v {
			v[i] = hide(v[i])
		}
	case map[string]any:
		hideSetting(v)
		for name, value := range v {
			if secretProperty(name) && isScalar(value) {
				v[name] = hidden
				continue
			}
			v[name] = hide(value)
		}
	}
	return v
}

func isScalar(v any) bool {
	switch v.(type) {
	case nil, []any, map[string]any:
		return false
	}
	return true
}

// secretProperty tells the properties of SetNetworkProfile that hold secrets.
func secretProperty(name string) bool {
	switch name {
	case "apnPassword", "basicAuthPassword", "password", "simPin":
		return true
	}
	return false
}

// hideSetting hides the value of a setting by the setting's name: a key of 1.6, a variable of 2.x.
func hideSetting(v map[string]any) {
	key, _ := v["key"].(string)
	if variable, ok := v["variable"].(map[string]any); ok {
		key, _ = variable["name"].(string)
	}
	if _, vpn := v["server"]; vpn && v["key"] != nil {
		v["key"] = hidden // the shared secret of a VPN
	}
	if !fleet.SecretSetting(key) {
		return
	}
	for _, name := range [...]string{"value", "attributeValue"} {
		if v[name] != nil {
			v[name] = hidden
		}
	}
}
