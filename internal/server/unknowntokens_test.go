package server

import (
	"net/http"
	"strings"
	"testing"
)

func TestUnknownTokensFollowTheStationsUnlessSaid(t *testing.T) {
	for _, c := range []struct {
		config Config
		refuse bool
	}{
		{Config{}, true}, // :8887 can be reached from outside
		{Config{OCPP: "127.0.0.1:0"}, false},
		{Config{OCPP: "localhost:0"}, false},
		{Config{OCPP: "127.0.0.1:0", Stations: ModeKnown}, true},
		{Config{OCPP: "127.0.0.1:0", OCPPTLS: ":0"}, true},
		{Config{OCPP: Off, OCPPTLS: "[::1]:0"}, false},
		{Config{OCPP: "nowhere.invalid:0"}, true},
		{Config{Stations: ModeOpen}, false},
		{Config{Demo: 1}, false},
		{Config{Demo: 1, OCPP: ":0", Stations: ModeKnown}, false},
		{Config{Demo: 1, UnknownTokens: UnknownTokensRefuse}, true},
		{Config{UnknownTokens: UnknownTokensAccept}, false},
		{Config{UnknownTokens: UnknownTokensAuto}, true},
	} {
		cfg := c.config.withDefaults()
		if got, reason := cfg.unknownTokens(); got.RefuseUnknown != c.refuse || reason == "" || !strings.Contains(cfg.tokensText(), reason) {
			t.Errorf("%+v: %+v %s", c.config, got, reason)
		}
	}
	if err := (Config{UnknownTokens: "perhaps"}).withDefaults().check(); err == nil {
		t.Error("a policy that does not exist is accepted")
	}
}

// A driver with a card that nobody knows is refused, seen in the list, accepted there with one call, and then charges; the
// transaction says why.
func TestACardThatNobodyKnowsIsAcceptedThroughTheAPI(t *testing.T) {
	for version, say := range map[string]struct {
		authorize, info, status string
	}{
		"ocpp1.6":   {`{"idTag":"CARD"}`, "idTagInfo", "Invalid"},
		"ocpp2.0.1": {`{"idToken":{"idToken":"CARD","type":"ISO14443"}}`, "idTokenInfo", "Unknown"},
		"ocpp2.1":   {`{"idToken":{"idToken":"CARD","type":"ISO14443"}}`, "idTokenInfo", "Unknown"},
	} {
		r := serve(t, Config{Stations: ModeKnown})
		p := r.connect("CP-1", version, login{password: []byte(r.create("CP-1", 1))})
		boot := boot16
		if version != "ocpp1.6" {
			boot = boot2x
		}
		p.call("BootNotification", boot)
		status := func() any { return p.call("Authorize", say.authorize)[say.info].(map[string]any)["status"] }
		if got := status(); got != say.status {
			t.Errorf("%s: an unknown card is %v, want %s", version, got, say.status)
		}
		seen := r.items("/tokens?status=Unknown")
		if len(seen) != 1 || seen[0]["seenAt"] != "CP-1" {
			t.Fatalf("%s: seen: %v", version, seen)
		}
		if version == "ocpp1.6" {
			tx := p.call("StartTransaction", `{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":`+t0+`}`)
			want(t, tx["idTagInfo"].(map[string]any), map[string]any{"status": "Invalid"})
			want(t, r.items("/transactions")[0], map[string]any{"authorization": "Unknown", "authorizationReason": "unknown-refused"})
		}
		r.api(http.MethodPatch, "/tokens/CARD", `{"status":"Accepted"}`, http.StatusOK)
		if got := status(); got != "Accepted" {
			t.Errorf("%s: it is %v after it was accepted", version, got)
		}
		if version == "ocpp1.6" {
			p.call("StartTransaction", `{"connectorId":1,"idTag":"card","meterStart":7,"timestamp":`+t0+`}`)
			want(t, r.items("/transactions")[0], map[string]any{
				"authorization": "Accepted", "authorizationReason": "on-record", "authorizationDetail": "it is on record as accepted",
			})
		}
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	}
}
