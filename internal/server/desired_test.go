package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// state of what is wanted of a station's only variable.
func (r *rig) desiredState(id string) string {
	r.t.Helper()
	items := r.items("/stations/" + id + "/desired")
	if len(items) != 1 {
		r.t.Fatalf("desired values: %v", items)
	}
	return items[0]["state"].(string)
}

// What is wanted is set at once when it is another, and when the station comes: then it is asked first. What it says is kept.
func TestDesiredValuesAreSet(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	const told = `{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":%q}]}`
	want300 := `{"values":[{"variable":"HeartbeatInterval","value":"300"}]}`
	r.api(http.MethodPut, "/stations/A/desired", want300, http.StatusOK)
	asked := p.serveCall("GetConfiguration", fmt.Sprintf(told, "60")) // nobody knew the value
	if !same(t, asked, `{"key":["HeartbeatInterval"]}`) {
		t.Errorf("asked %v", asked)
	}
	if set := p.serveCall("ChangeConfiguration", `{"status":"Accepted"}`); !same(t, set, `{"key":"HeartbeatInterval","value":"300"}`) {
		t.Errorf("set %v", set)
	}
	r.eventually("it is the same", func() bool { return r.desiredState("A") == "same" })
	if n := len(r.items("/drift")); n != 0 {
		t.Errorf("%d values drift", n)
	}
	p.Close()

	p = r.connect("A", "ocpp1.6", login{}) // somebody has changed it there
	p.call("BootNotification", boot16)
	p.serveCall("GetConfiguration", fmt.Sprintf(told, "60"))
	p.serveCall("ChangeConfiguration", `{"status":"Rejected"}`)
	r.eventually("it is refused", func() bool { return r.desiredState("A") == "refused" })
	r.asked(p, "A", "GetConfiguration", `{}`, fmt.Sprintf(told, "60"))
	p.call("BootNotification", boot16) // it is not set again in this connection: this is the next frame
	drift := r.items("/drift")
	if len(drift) != 1 || drift[0]["actual"] != "60" || drift[0]["value"] != "300" || drift[0]["status"] != "Rejected" {
		t.Errorf("drift: %v", drift)
	}
	if v := r.items("/stations/A/variables?drift=true"); len(v) != 1 || v[0]["desired"] != "300" || v[0]["value"] != "60" {
		t.Errorf("variables that drift: %v", v)
	}
	want(t, r.api(http.MethodPost, "/stations/A/apply-desired", "", http.StatusOK), map[string]any{"requests": 1.0})
	p.serveCall("ChangeConfiguration", `{"status":"RebootRequired"}`)
	r.eventually("it waits for the next start", func() bool { return r.desiredState("A") == "rebootRequired" })
	p.call("BootNotification", boot16)
	r.eventually("it is the same", func() bool { return r.desiredState("A") == "same" })
}

// What is wanted of a fleet reaches each station in its version, also after a restart of the server.
func TestDesiredValuesOfAFleet(t *testing.T) {
	dir := t.TempDir()
	r := serve(t, Config{Data: dir})
	for id, subprotocol := range map[string]string{"A": "ocpp1.6", "B": "ocpp2.0.1", "C": "ocpp2.1"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", map[bool]string{true: boot16, false: boot2x}[id == "A"])
		p.Close()
		r.eventually(id+" is gone", func() bool {
			_, online := r.srv.csms.Station(id)
			st, err := r.srv.store.Station(t.Context(), id)
			return !online && err == nil && st.Version != ""
		})
	}
	got := r.api(http.MethodPut, "/desired", `{"select":{"all":true},"values":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"300"}]}`, http.StatusOK)
	want(t, got, map[string]any{"selected": 3.0, "changed": 2.0, "skipped": 1.0})
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, Config{Data: dir})
	const about = `"component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}`
	for id, subprotocol := range map[string]string{"B": "ocpp2.0.1", "C": "ocpp2.1"} {
		p := r.connect(id, subprotocol, login{})
		p.call("BootNotification", boot2x)
		p.serveCall("GetVariables", `{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"60",`+about+`}]}`)
		set := p.serveCall("SetVariables", `{"setVariableResult":[{"attributeStatus":"Accepted",`+about+`}]}`)
		if !same(t, set, `{"setVariableData":[{"attributeValue":"300",`+about+`}]}`) {
			t.Errorf("set %v", set)
		}
		r.eventually("it is the same", func() bool { return r.desiredState(id) == "same" })
	}
	total := r.api(http.MethodGet, "/drift/summary", "", http.StatusOK)["total"].(map[string]any)
	want(t, total, map[string]any{"same": 2.0, "drift": 0.0})
}

// Of a station that was never here values of any version may be wanted: it is asked for those of its own.
func TestDesiredValuesOfAStationThatIsYetToCome(t *testing.T) {
	r := serve(t, Config{})
	r.create("A", 0)
	got := r.api(http.MethodPut, "/desired", `{"select":{"stations":["A"]},"values":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"300"},
		{"variable":"HeartbeatInterval","value":"300"}]}`, http.StatusOK)
	want(t, got, map[string]any{"selected": 1.0, "changed": 1.0, "skipped": 0.0})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	asked := p.serveCall("GetConfiguration", `{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}`)
	if !same(t, asked, `{"key":["HeartbeatInterval"]}`) {
		t.Errorf("asked %v", asked)
	}
	r.eventually("it is the same", func() bool { return len(r.items("/stations/A/desired?state=same")) == 1 })
	if other := r.items("/stations/A/desired?state=unknown"); len(other) != 1 || other[0]["component"] != "OCPPCommCtrlr" {
		t.Errorf("not asked for: %v", other)
	}
}

// What is only compared is not set.
func TestDesiredValuesThatAreOnlyCompared(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	r.asked(p, "A", "GetConfiguration", `{}`, `{"configurationKey":[{"key":"K","readonly":false,"value":"1"}]}`)
	r.api(http.MethodPut, "/stations/A/desired", `{"values":[{"variable":"K","value":"2"}],"apply":false}`, http.StatusOK)
	if got := r.desiredState("A"); got != "drift" {
		t.Errorf("state %s", got)
	}
	if n, err := r.srv.desires.see(t.Context(), "A", stepSet, false); n != 0 || err != nil {
		t.Errorf("%d requests to set what is only compared, %v", n, err)
	}
	if list := r.items("/commands?station=A"); len(list) != 0 {
		t.Errorf("requests to set what is only compared: %v", list)
	}
	r.api(http.MethodPost, "/stations/A/apply-desired", "", http.StatusOK)
	p.serveCall("ChangeConfiguration", `{"status":"Accepted"}`)
	r.eventually("it is the same", func() bool { return r.desiredState("A") == "same" })
	r.api(http.MethodDelete, "/stations/A/desired?variable=k", "", http.StatusOK)
	if n := len(r.items("/stations/A/desired")); n != 0 {
		t.Errorf("%d desired values", n)
	}
}

// In OCPP 1.6 a request sets one key: several are set one after the other.
func TestDesiredKeysAreSetOneByOne(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	r.asked(p, "A", "GetConfiguration", `{}`, `{"configurationKey":[{"key":"K","readonly":false,"value":"1"},{"key":"L","readonly":false,"value":"1"}]}`)
	r.api(http.MethodPut, "/stations/A/desired", `{"values":[{"variable":"K","value":"2"},{"variable":"L","value":"2"}]}`, http.StatusOK)
	set := map[any]bool{}
	for range 2 {
		set[p.serveCall("ChangeConfiguration", `{"status":"Accepted"}`)["key"]] = true
	}
	if !set["K"] || !set["L"] {
		t.Errorf("set %v", set)
	}
	r.eventually("they are the same", func() bool { return len(r.items("/stations/A/desired?state=same")) == 2 })
}

// What cannot be wanted of one station of a selection is wanted of none, however many there are.
func TestDesiredValuesOfAFleetAreAllOrNone(t *testing.T) {
	r := serve(t, Config{})
	var ids, values []string
	for i := range 120 {
		ids = append(ids, fmt.Sprintf("S-%03d", i))
	}
	for _, id := range ids {
		if err := r.srv.store.Arrived(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 500 {
		values = append(values, fmt.Sprintf(`{"variable":"K%d","value":"1"}`, i))
	}
	r.api(http.MethodPut, "/stations/S-119/desired", `{"values":[`+strings.Join(values, ",")+`],"apply":false}`, http.StatusOK)
	body := `{"select":{"stations":["` + strings.Join(ids, `","`) + `"]},"values":[{"variable":"More","value":"1"}],"apply":false}`
	got := r.api(http.MethodPut, "/desired", body, http.StatusUnprocessableEntity)
	if !strings.Contains(got["detail"].(string), "nothing was changed") {
		t.Errorf("%v", got)
	}
	for _, id := range ids[:119] {
		if list := r.items("/stations/" + id + "/desired"); len(list) != 0 {
			t.Fatalf("of %s something is wanted: %v", id, list)
		}
	}
	r.api(http.MethodDelete, "/stations/S-119/desired?variable=K0", "", http.StatusOK)
	want(t, r.api(http.MethodPut, "/desired", body, http.StatusOK), map[string]any{"changed": 120.0})
}
