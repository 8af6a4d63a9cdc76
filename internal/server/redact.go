package server

import (
	"encoding/json"
	"strings"
)

// hidden stands for a secret in records.
const hidden = "***"

// redact returns a payload without the secrets that OCPP sends to stations: keys and passwords of HTTP Basic, of mobile
// networks and of VPNs. They can never be read back (rule R60).
func redact(payload json.RawMessage) json.RawMessage {
	var v any
	if err := json.Unmarshal(payload, &v); err != nil {
		return nil // better no record than one with a secret in it
	}
	hide(v)
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

func hide(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			hide(item)
		}
	case map[string]any:
		hideSetting(v)
		for name, value := range v {
			if _, text := value.(string); text && secretProperty(name) {
				v[name] = hidden
				continue
			}
			hide(value)
		}
	}
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
	if !secretSetting(key) {
		if _, vpn := v["server"]; vpn && v["key"] != nil {
			v["key"] = hidden // the shared secret of a VPN
		}
		return
	}
	for _, name := range [...]string{"value", "attributeValue"} {
		if v[name] != nil {
			v[name] = hidden
		}
	}
}

func secretSetting(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "password") || strings.Contains(lower, "authorizationkey")
}
