package storm

import (
	"encoding/json"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpp201"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// dialect is what a light station says in one version.
type dialect struct {
	protocol *ocpp.Protocol
	boot     string
	answers  map[string]string // those that are not accepted
}

const accepted = `{"status":"Accepted"}`

func dialectOf(v ocpp.Version) (dialect, bool) {
	switch v {
	case ocpp.V16:
		return dialect{ocpp16.Protocol, `{"chargePointVendor":"Chargeyard","chargePointModel":"Storm"}`, answers16}, true
	case ocpp.V201:
		return dialect{ocpp201.Protocol, boot2, answers2}, true
	case ocpp.V21:
		return dialect{ocpp21.Protocol, boot2, answers2}, true
	}
	return dialect{}, false
}

const boot2 = `{"reason":"PowerUp","chargingStation":{"vendorName":"Chargeyard","model":"Storm"}}`

var answers16 = map[string]string{
	"GetConfiguration":           `{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},{"key":"NumberOfConnectors","readonly":true,"value":"1"}]}`,
	"GetDiagnostics":             `{}`,
	"GetInstalledCertificateIds": `{"status":"NotFound"}`,
	"GetLocalListVersion":        `{"listVersion":0}`,
	"UnlockConnector":            `{"status":"Unlocked"}`,
	"UpdateFirmware":             `{}`,
}

var answers2 = map[string]string{
	"CostUpdated":                `{}`,
	"GetChargingProfiles":        `{"status":"NoProfiles"}`,
	"GetInstalledCertificateIds": `{"status":"NotFound"}`,
	"GetLocalListVersion":        `{"versionNumber":0}`,
	"GetPeriodicEventStream":     `{}`,
	"GetTariffs":                 `{"status":"NoTariff"}`,
	"GetTransactionStatus":       `{"messagesInQueue":false}`,
	"NotifyWebPaymentStarted":    `{}`,
	"UnlockConnector":            `{"status":"Unlocked"}`,
	"UnpublishFirmware":          `{"status":"NoFirmware"}`,
}

// answer returns a plausible answer to a request, and false when the version has no such request.
func (d dialect) answer(action string, payload json.RawMessage) (string, bool) {
	info, ok := d.protocol.Action(action)
	if !ok || info.Kind != ocpp.KindCall {
		return "", false
	}
	if list, ok := listed[action]; ok && d.protocol.Version() != ocpp.V16 {
		if text, err := list(payload); err == nil {
			return text, true
		}
	}
	if text, ok := d.answers[action]; ok {
		return text, true
	}
	return accepted, true
}

// listed are the answers of 2.x that name each item of the request.
var listed = map[string]func(json.RawMessage) (string, error){
	"GetVariables":            variables("getVariableData", "getVariableResult", `"attributeValue":"0"`),
	"SetVariables":            variables("setVariableData", "setVariableResult", ""),
	"SetVariableMonitoring":   monitors,
	"ClearVariableMonitoring": cleared("id", "clearMonitoringResult", "id"),
	"ClearTariffs":            cleared("tariffIds", "clearTariffsResult", "tariffId"),
}

type variable struct {
	Component json.RawMessage `json:"component"`
	Variable  json.RawMessage `json:"variable"`
}

// variables answers a list of variables, each with the status Accepted.
func variables(in, out, extra string) func(json.RawMessage) (string, error) {
	return func(payload json.RawMessage) (string, error) {
		var req map[string]json.RawMessage
		var list []variable
		if err := json.Unmarshal(payload, &req); err != nil {
			return "", err
		}
		if err := json.Unmarshal(req[in], &list); err != nil {
			return "", err
		}
		b := append([]byte(`{"`), out...)
		b = append(b, `":[`...)
		for i, v := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"attributeStatus":"Accepted",`...)
			if extra != "" {
				b = append(append(b, extra...), ',')
			}
			b = append(append(b, `"component":`...), v.Component...)
			b = append(append(b, `,"variable":`...), v.Variable...)
			b = append(b, '}')
		}
		return string(append(b, `]}`...)), nil
	}
}

func monitors(payload json.RawMessage) (string, error) {
	type item struct {
		variable
		ID       *int            `json:"id,omitempty"`
		Type     json.RawMessage `json:"type"`
		Severity json.RawMessage `json:"severity"`
		Status   string          `json:"status"`
	}
	var req struct {
		Data []item `json:"setMonitoringData"`
	}
	if err := json.Unmarshal(payload, &req); err != nil {
		return "", err
	}
	for i := range req.Data {
		req.Data[i].Status = "Accepted"
		if req.Data[i].ID == nil {
			req.Data[i].ID = &i
		}
	}
	b, err := json.Marshal(map[string]any{"setMonitoringResult": req.Data})
	return string(b), err
}

// cleared answers a list of ids, each with the status Accepted. An empty list of tariffs means all, of which a light
// station has none.
func cleared(in, out, key string) func(json.RawMessage) (string, error) {
	return func(payload json.RawMessage) (string, error) {
		var req map[string]json.RawMessage
		if err := json.Unmarshal(payload, &req); err != nil {
			return "", err
		}
		ids := []json.RawMessage{}
		if raw, ok := req[in]; ok {
			if err := json.Unmarshal(raw, &ids); err != nil {
				return "", err
			}
		}
		results := make([]map[string]any, 0, max(len(ids), 1))
		for _, id := range ids {
			results = append(results, map[string]any{"status": "Accepted", key: id})
		}
		if len(ids) == 0 {
			results = append(results, map[string]any{"status": "NoTariff"})
		}
		b, err := json.Marshal(map[string]any{out: results})
		return string(b), err
	}
}
