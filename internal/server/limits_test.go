package server

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"
)

const (
	askedSupport = `{"getVariableData":[{"component":{"name":"TxCtrlr"},"variable":{"name":"SupportedLimits"}}]}`
	noSupport    = `{"getVariableResult":[{"attributeStatus":"UnknownComponent","component":{"name":"TxCtrlr"},"variable":{"name":"SupportedLimits"}}]}`
	someSupport  = `{"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"maxEnergy,maxTime","component":{"name":"TxCtrlr"},"variable":{"name":"SupportedLimits"}}]}`
	limitedStart = `{"evse":1,"idToken":{"value":"CAFE"},"transactionLimit":{"maxEnergy":5000}}`
)

// tx sends an event of the transaction TX, and returns the limit that its answer gives.
func (p *peer) tx(seqNo int, kind, rest string) any {
	p.t.Helper()
	return p.call("TransactionEvent", fmt.Sprintf(`{"eventType":%q,"timestamp":%s,"triggerReason":"Trigger","seqNo":%d%s}`, kind, t0, seqNo, rest))["transactionLimit"]
}

const ofTX = `,"transactionInfo":{"transactionId":"TX"}`

func wantLimit(t *testing.T, got any, want map[string]any) {
	t.Helper()
	if want == nil && got == nil {
		return
	}
	if !reflect.DeepEqual(got, any(want)) {
		t.Errorf("the answer gives %v, want %v", got, want)
	}
}

// faults are the pointers of a problem.
func faults(problem map[string]any) (pointers []any) {
	list, _ := problem["errors"].([]any)
	for _, f := range list {
		pointers = append(pointers, f.(map[string]any)["pointer"])
	}
	return pointers
}

func TestLimitsThatAVersionDoesNotHave(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp1.6", login{})
	tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":`+t0+`}`)["transactionId"]
	q := r.connect("B", "ocpp2.0.1", login{})
	q.tx(0, "Started", ofTX)
	for _, id := range []string{"A", "B"} {
		got := r.api(http.MethodPost, "/stations/"+id+"/start", limitedStart, http.StatusUnprocessableEntity)
		if got["reason"] != "version" || fmt.Sprint(faults(got)) != "[/transactionLimit]" {
			t.Errorf("%s: %v", id, got)
		}
	}
	for _, id := range []string{fmt.Sprint("A:", tx), "B:TX"} {
		if got := r.api(http.MethodPatch, "/transactions/"+id+"/limits", `{"maxEnergy":1}`, http.StatusUnprocessableEntity); got["reason"] != "version" {
			t.Errorf("%s: %v", id, got)
		}
	}
}

func TestAStationIsAskedWhichLimitsItTakes(t *testing.T) {
	r := serve(t, Config{})
	p := r.connect("A", "ocpp2.1", login{})
	refused := r.do("A", "start", limitedStart, http.StatusConflict, func() {
		if asked := p.serveCall("GetVariables", noSupport); !same(t, asked, askedSupport) {
			t.Errorf("%v", asked)
		}
	})
	if fmt.Sprint(faults(refused)) != "[/transactionLimit/maxEnergy]" {
		t.Errorf("%v", refused)
	}
	r.do("A", "start", limitedStart, http.StatusConflict, func() {
		if err := p.SendText(fmt.Sprintf(`[4,%q,"NotImplemented","",{}]`, p.read()[1])); err != nil {
			t.Error(err)
		}
	})
	r.do("A", "start", limitedStart, http.StatusOK, func() {
		p.serveCall("GetVariables", someSupport)
		asked := p.serveCall("RequestStartTransaction", `{"status":"Accepted"}`)
		wantLimit(t, p.tx(0, "Started", fmt.Sprintf(`,"transactionInfo":{"transactionId":"TX","remoteStartId":%v}`, asked["remoteStartId"])), map[string]any{"maxEnergy": 5000.0})
	})
	for _, path := range []string{"/stations/A/start", "/stations/A/start?"} {
		r.api(http.MethodPost, path, `{"idToken":{"value":"CAFE"},"transactionLimit":{"maxCost":5}}`, http.StatusConflict)
	}
	p.tx(1, "Ended", ofTX)
	r.api(http.MethodPatch, "/transactions/A:TX/limits", `{"maxEnergy":1}`, http.StatusConflict)
}

// The station is not there when the limit is wanted, and the server restarts before it is back.
func TestALimitWaitsForTheStation(t *testing.T) {
	cfg := Config{Data: t.TempDir()}
	r := serve(t, cfg)
	p := r.connect("A", "ocpp2.1", login{})
	wantLimit(t, p.tx(0, "Started", ofTX), nil)
	p.Close()
	r.eventually("A is gone", func() bool { _, online := r.srv.csms.Station("A"); return !online })
	got := r.api(http.MethodPatch, "/transactions/A:TX/limits", `{"maxEnergy":5000,"maxSoC":80}`, http.StatusOK)
	if list := got["limits"].([]any); len(list) != 2 || list[0].(map[string]any)["asked"] != 5000.0 || list[0].(map[string]any)["givenAt"] != nil {
		t.Errorf("%v", got)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, cfg)
	p = r.connect("A", "ocpp2.1", login{})
	wantLimit(t, p.tx(1, "Updated", ofTX), nil)
	p.serveCall("GetVariables", someSupport)
	r.eventually("what it takes is known", func() bool { return len(r.items("/stations/A/variables?variable=SupportedLimits")) == 1 })
	wantLimit(t, p.tx(2, "Updated", ofTX), map[string]any{"maxEnergy": 5000.0})
	wantLimit(t, p.tx(3, "Updated", ofTX), nil)
	wantLimit(t, p.tx(2, "Updated", ofTX), map[string]any{"maxEnergy": 5000.0})
	limits := r.api(http.MethodGet, "/transactions/A:TX", "", http.StatusOK)["limits"].([]any)
	if len(limits) != 2 || limits[1].(map[string]any)["withheld"] != "unsupported" {
		t.Errorf("%v", limits)
	}
}

// A station that says nothing of its limits is asked once, not with every message.
func TestAStationIsNotAskedAllTheTime(t *testing.T) {
	r := serve(t, Config{})
	r.api(http.MethodPost, "/tokens", `{"value":"CAFE","transactionLimit":{"maxTime":60}}`, http.StatusCreated)
	p := r.connect("A", "ocpp2.1", login{})
	p.tx(0, "Started", ofTX+`,"idToken":{"idToken":"CAFE","type":"ISO14443"}`)
	p.serveCall("GetVariables", noSupport)
	for n := range 5 {
		p.tx(n+1, "Updated", ofTX) // each answer is the next frame: nothing else was sent
	}
	r.eventually("nothing is queued", func() bool { return !r.srv.queue.has("A") })
	r.srv.limits.mu.Lock()
	r.srv.limits.asked["A"] = time.Now().Add(-supportAgain)
	r.srv.limits.mu.Unlock()
	p.tx(6, "Updated", ofTX)
	p.serveCall("GetVariables", someSupport)
}

func TestLimitsForMany(t *testing.T) {
	r := serve(t, Config{})
	p, q := r.connect("A", "ocpp2.1", login{}), r.connect("B", "ocpp1.6", login{})
	bulk := r.api(http.MethodPost, "/bulks", `{"verb":"start","arguments":`+limitedStart+`,"select":{"stations":["A","B"]}}`, http.StatusAccepted)["id"].(string)
	p.serveCall("GetVariables", someSupport)
	asked := p.serveCall("RequestStartTransaction", `{"status":"Accepted"}`)
	wantLimit(t, p.tx(0, "Started", fmt.Sprintf(`,"transactionInfo":{"transactionId":"TX","remoteStartId":%v}`, asked["remoteStartId"])), map[string]any{"maxEnergy": 5000.0})
	r.eventually("the bulk is over", func() bool { return r.api(http.MethodGet, "/bulks/"+bulk, "", http.StatusOK)["state"] == "done" })
	states := map[string]any{}
	for _, c := range r.items("/bulks/" + bulk + "/commands") {
		states[c["station"].(string)] = c["state"]
	}
	if fmt.Sprint(states) != "map[A:answered B:invalid]" {
		t.Errorf("%v", states)
	}
	q.call("Heartbeat", `{}`) // the answer is the next frame: nothing was sent
}

func TestAHookGivesLimits(t *testing.T) {
	h := serveHook(t, say(`{"status":"Accepted","transactionLimit":{"maxEnergy":700,"maxTime":60}}`))
	r := serve(t, h.config(nil))
	p := r.connect("A", "ocpp2.1", login{})
	r.do("A", "get-variables", `{"variables":[{"component":"TxCtrlr","variable":"SupportedLimits"}]}`, http.StatusOK, func() { p.serveCall("GetVariables", someSupport) })
	wantLimit(t, p.tx(0, "Started", ofTX+`,"idToken":{"idToken":"CAFE","type":"ISO14443"}`), map[string]any{"maxEnergy": 700.0, "maxTime": 60.0})
	for _, wrong := range []string{`{}`, `{"maxEnergy":-1}`, `{"maxSoC":101}`, `{"maxTime":1.5}`, `5`} {
		h := serveHook(t, say(`{"status":"Accepted","transactionLimit":`+wrong+`}`))
		r := serve(t, h.config(func(c *AuthorizationConfig) { c.Fallback = FallbackRefuse }))
		p := r.connect("A", "ocpp1.6", login{})
		if got := p.call("Authorize", `{"idTag":"CAFE"}`)["idTagInfo"].(map[string]any)["status"]; got != "Invalid" {
			t.Errorf("%s: %v", wrong, got)
		}
	}
}

// OCPP 1.6 has no word for a lack of credit.
func TestPrepaidTokensInOCPP16(t *testing.T) {
	r := serve(t, Config{})
	r.api(http.MethodPost, "/tokens", `{"value":"CAFE","credit":1}`, http.StatusCreated)
	p := r.connect("A", "ocpp1.6", login{})
	ask := func(want string) {
		t.Helper()
		got := p.call("Authorize", `{"idTag":"CAFE"}`)["idTagInfo"].(map[string]any)
		if got["status"] != want || got["expiryDate"] == nil {
			t.Errorf("%v", got)
		}
	}
	ask("Accepted")
	r.api(http.MethodPatch, "/tokens/CAFE", `{"credit":-0.5}`, http.StatusOK)
	ask("Blocked")
}
