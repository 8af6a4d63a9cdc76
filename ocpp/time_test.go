package ocpp_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

func TestR65TimeInJSON(t *testing.T) {
	type x struct {
		At   ocpp.Time `json:"at"`
		Then ocpp.Time `json:"then,omitzero"`
	}
	in := x{At: ocpp.At(time.Date(2026, 11, 22, 13, 15, 30, 1_999_999, time.FixedZone("", 3*3600)))}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"at":"2026-11-22T10:15:30.001Z"}` {
		t.Fatalf("%s, %v", b, err)
	}
	var out x
	if err := json.Unmarshal([]byte(`{"at":"2026-11-22 10:15:30+00","then":null}`), &out); err != nil ||
		out.At.String() != "2026-11-22T10:15:30Z" || !out.Then.IsZero() {
		t.Errorf("%v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"at":"soon"}`), &out); err == nil {
		t.Error("accepted")
	}
	if _, err := json.Marshal(ocpp.At(time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC))); err == nil {
		t.Error("a year of five digits was sent")
	}
	keys, err := json.Marshal(map[ocpp.Time]int{out.At: 1})
	if err != nil || string(keys) != `{"2026-11-22T10:15:30Z":1}` {
		t.Errorf("%s, %v", keys, err)
	}
	var m map[ocpp.Time]int
	if err := json.Unmarshal(keys, &m); err != nil || m[out.At] != 1 {
		t.Errorf("%v, %v", m, err)
	}
}

func TestR65ParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-22T10:15:30+0300": "2026-11-22T07:15:30Z", "2026-11-22T10:15:30": "2026-11-22T10:15:30Z", "": "", "x": "",
	} {
		got, err := ocpp.ParseTime(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestR65ZoneOfThePolicy(t *testing.T) {
	var v sample
	err := ocpp.Unmarshal([]byte(`{"id":"a","count":1,"at":"2026-11-22T10:15:30"}`), &v,
		ocpp.DecodeOptions{Policy: ocpp.Tolerant, Location: time.FixedZone("", -3600)})
	if err != nil || v.At.String() != "2026-11-22T11:15:30Z" {
		t.Errorf("%v, %v", v.At, err)
	}
}
