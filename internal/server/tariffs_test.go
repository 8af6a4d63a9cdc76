package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// problemOf is what an error answer of the API says: its detail, and where.
func problemOf(got map[string]any) string {
	said := fmt.Sprint(got["detail"])
	for _, e := range asList(got["errors"]) {
		for _, where := range []string{"pointer", "parameter"} {
			if at, ok := e.(map[string]any)[where]; ok {
				said += fmt.Sprint(" ", at)
			}
		}
	}
	return said
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

func TestTariffsOfTheAPI(t *testing.T) {
	r := serve(t, Config{Stations: ModeOpen})
	const night = `{"currency":"EUR","energy":0.490,"chargingTime":0.02,"idleTime":1e-1,"fixedFee":1,"minCost":2,"maxCost":50.00,
		"taxRates":[{"type":"VAT","tax":19},{"type":"city","tax":1.5,"stack":1}],"texts":[{"language":"en","content":"cheap"},{"content":"billig"}],"note":"night"}`
	got := r.api(http.MethodPut, "/tariffs/T-1", night, http.StatusCreated)
	for name := range map[string]bool{"createdAt": true, "updatedAt": true} {
		if got[name] == nil {
			t.Errorf("%s is null", name)
		}
		delete(got, name)
	}
	want := map[string]any{
		"id": "T-1", "currency": "EUR", "energy": 0.49, "chargingTime": 0.02, "idleTime": 0.1, "fixedFee": 1.0, "minCost": 2.0, "maxCost": 50.0, "note": "night", "assignedAt": nil,
		"taxRates": []any{map[string]any{"type": "VAT", "tax": 19.0, "stack": 0.0}, map[string]any{"type": "city", "tax": 1.5, "stack": 1.0}},
		"texts":    []any{map[string]any{"language": "en", "content": "cheap"}, map[string]any{"content": "billig"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	r.api(http.MethodPut, "/tariffs/T-1", strings.Replace(night, "0.490", "0.49", 1), http.StatusOK)
	r.api(http.MethodPut, "/tariffs/T-2", `{"currency":"SEK","energy":5}`, http.StatusCreated)
	if list := r.items("/tariffs?currency=SEK"); len(list) != 1 || list[0]["id"] != "T-2" {
		t.Errorf("in kronor: %v", list)
	}
	for _, bad := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodPut, "/tariffs/T-1", `{"currency":"EUR","energy":0.50}`, http.StatusConflict, "what is behind an id never changes"},
		{http.MethodPut, "/tariffs/-T", night, http.StatusUnprocessableEntity, " id"},
		{http.MethodPut, "/tariffs/a%20b", night, http.StatusUnprocessableEntity, " id"},
		{http.MethodPut, "/tariffs/T-3", `{"currency":"EUR","energy":0.1234567}`, http.StatusUnprocessableEntity, "6 digits after the point /energy"},
		{http.MethodPut, "/tariffs/T-3", `{"currency":"EUR","minCost":2,"maxCost":1}`, http.StatusUnprocessableEntity, "above maxCost /minCost"},
		{http.MethodPut, "/tariffs/T-3", `{"currency":"EUR","texts":[{"content":"a"},{"content":"b"}]}`, http.StatusUnprocessableEntity, "/texts/1/language"},
		{http.MethodPut, "/tariffs/T-3", `{"energy":1}`, http.StatusUnprocessableEntity, "/currency"},
		{http.MethodGet, "/tariffs/T-3", "", http.StatusNotFound, "no such tariff"},
		{http.MethodDelete, "/tariffs/T-3", "", http.StatusNotFound, "no such tariff"},
		{http.MethodPut, "/default-tariff", `{"tariff":"T-3"}`, http.StatusUnprocessableEntity, "no such tariff /tariff"},
		{http.MethodPost, "/tokens", `{"value":"A","tariff":"T-3"}`, http.StatusUnprocessableEntity, "no such tariff /tariff"},
		{http.MethodPut, "/tokens/A", `{"tariff":"T-3"}`, http.StatusUnprocessableEntity, "no such tariff /tariff"},
		{http.MethodPut, "/token-groups/G", `{"tariff":"T-3"}`, http.StatusUnprocessableEntity, "no such tariff /tariff"},
		{http.MethodPatch, "/stations/nobody", `{"tariff":"T-1"}`, http.StatusNotFound, "no such station"},
		{http.MethodPatch, "/stations/nobody", `{"tariff":null}`, http.StatusNotFound, "no such station"},
	} {
		if got := problemOf(r.api(bad.method, bad.path, bad.body, bad.status)); !strings.Contains(got, bad.says) {
			t.Errorf("%s %s %s: %q", bad.method, bad.path, bad.body, got)
		}
	}
	if len(r.items("/tokens")) != 0 {
		t.Error("a token with a tariff that there is not is on record")
	}
	r.api(http.MethodDelete, "/tariffs/T-2", "", http.StatusNoContent)
	r.api(http.MethodPut, "/default-tariff", `{"tariff":"T-1"}`, http.StatusOK)
	r.api(http.MethodDelete, "/default-tariff", "", http.StatusNoContent)
	if got := r.api(http.MethodGet, "/default-tariff", "", http.StatusOK); got["tariff"] != nil {
		t.Errorf("there is a default: %v", got)
	}
	if got := problemOf(r.api(http.MethodDelete, "/tariffs/T-1", "", http.StatusConflict)); !strings.Contains(got, "stays on record") {
		t.Errorf("deleting one that was used: %q", got)
	}
}

// The station, the group and the token each have a tariff; which one counts is told before and afterwards.
func TestWhichTariffCounts(t *testing.T) {
	r := serve(t, Config{Stations: ModeOpen})
	for _, id := range []string{"own", "fleet", "here", "all"} {
		r.api(http.MethodPut, "/tariffs/"+id, `{"currency":"EUR","energy":0.5,"taxRates":[{"type":"VAT","tax":20}]}`, http.StatusCreated)
	}
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	counts := func() string {
		t.Helper()
		d := r.api(http.MethodGet, "/tokens/CARD/decision?station=A", "", http.StatusOK)
		start := p.call("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"CARD","meterStart":%d,"timestamp":%s}`, p.n, t0))
		tx := r.api(http.MethodGet, fmt.Sprint("/transactions/A:", start["transactionId"]), "", http.StatusOK)
		if d["tariff"] != tx["tariff"] || d["tariffSource"] != tx["tariffSource"] {
			t.Errorf("it was said that %v would count, and it was %v", d, tx)
		}
		return fmt.Sprint(tx["tariff"], " ", tx["tariffSource"])
	}
	want := func(what string) {
		t.Helper()
		if got := counts(); got != what {
			t.Errorf("got %s, want %s", got, what)
		}
	}
	want("<nil> <nil>")
	r.api(http.MethodPut, "/default-tariff", `{"tariff":"all"}`, http.StatusOK)
	want("all default")
	if got := r.api(http.MethodPatch, "/stations/A", `{"tariff":"here"}`, http.StatusOK); got["tariff"] != "here" {
		t.Errorf("the station: %v", got)
	}
	want("here station")
	r.api(http.MethodPut, "/tokens/CARD", `{"group":"G"}`, http.StatusOK)
	r.api(http.MethodPut, "/token-groups/G", `{"tariff":"fleet"}`, http.StatusCreated)
	want("fleet group")
	if got := r.api(http.MethodPatch, "/tokens/CARD", `{"tariff":"own"}`, http.StatusOK); got["tariff"] != "own" {
		t.Errorf("the token: %v", got)
	}
	want("own token")
	r.api(http.MethodPatch, "/tokens/CARD", `{"tariff":null}`, http.StatusOK)
	r.api(http.MethodPut, "/token-groups/G", `{}`, http.StatusOK)
	if got := problemOf(r.api(http.MethodPatch, "/stations/A", `{"tariff":"none","boot":"Rejected"}`, http.StatusUnprocessableEntity)); !strings.Contains(got, "no such tariff /tariff") {
		t.Errorf("a tariff that there is not: %q", got)
	}
	if got := r.api(http.MethodGet, "/stations/A", "", http.StatusOK); got["boot"] != nil || got["tariff"] != "here" {
		t.Errorf("it changed something: %v", got)
	}
	want("here station")
	r.api(http.MethodPatch, "/stations/A", `{"tariff":null}`, http.StatusOK)
	want("all default")
	if list := r.items("/transactions?tariff=here"); len(list) != 2 {
		t.Errorf("%d transactions by the tariff of the station", len(list))
	}
}

// A session of OCPP 1.6 has a cost that the station never hears of.
func TestTheCostOfATransactionIsShown(t *testing.T) {
	r := serve(t, Config{Stations: ModeOpen})
	r.api(http.MethodPut, "/tariffs/T", `{"currency":"EUR","energy":0.49,"chargingTime":0.01,"minCost":20,"taxRates":[{"type":"VAT","tax":19}]}`, http.StatusCreated)
	r.api(http.MethodPut, "/default-tariff", `{"tariff":"T"}`, http.StatusOK)
	p := r.connect("A", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	start := p.call("StartTransaction", `{"connectorId":1,"idTag":"CARD","meterStart":1000,"timestamp":"2026-05-01T10:00:00Z"}`)
	shown := func() string {
		t.Helper()
		tx := r.api(http.MethodGet, fmt.Sprint("/transactions/A:", start["transactionId"]), "", http.StatusOK)
		if tx["stationCost"] != nil {
			t.Errorf("a station of 1.6 computed %v", tx["stationCost"])
		}
		b, err := json.Marshal([]any{tx["cost"], tx["costExclTax"], tx["currency"], tx["costKind"], tx["costBy"], tx["costParts"], tx["costUsage"]})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := shown(); got != `[0,0,"EUR","NormalCost","server",{"chargingTime":{"exclTax":0,"inclTax":0},"energy":{"exclTax":0,"inclTax":0}},{"chargingTime":0,"energy":null,"idleTime":0}]` {
		t.Errorf("at first: %s", got)
	}
	stop := p.call("StopTransaction", fmt.Sprintf(`{"transactionId":%v,"meterStop":11000,"timestamp":"2026-05-01T11:00:00Z"}`, start["transactionId"]))
	if len(stop) != 0 {
		t.Errorf("the station hears %v", stop)
	}
	if got := shown(); got != `[23.8,20,"EUR","MinCost","server",{"chargingTime":{"exclTax":0.6,"inclTax":0.71},"energy":{"exclTax":4.9,"inclTax":5.83}},{"chargingTime":3600,"energy":10000,"idleTime":0}]` {
		t.Errorf("in the end: %s", got)
	}
}
