package server

import (
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func TestTheDefaultModeFollowsTheListeners(t *testing.T) {
	loop, all := &net.TCPAddr{IP: net.IPv6loopback}, &net.TCPAddr{IP: net.IPv4zero}
	for _, c := range []struct {
		asked Mode
		addrs []net.Addr
		want  Mode
	}{
		{ModeAuto, []net.Addr{loop}, ModeOpen},
		{ModeAuto, []net.Addr{loop, all}, ModeKnown},
		{ModeAuto, []net.Addr{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}}, ModeKnown},
		{ModeOpen, []net.Addr{all}, ModeOpen},
		{ModeKnown, []net.Addr{loop}, ModeKnown},
	} {
		if got, reason := c.asked.decide(c.addrs); got != c.want || reason == "" {
			t.Errorf("%s %v: %s (%s), want %s", c.asked, c.addrs, got, reason, c.want)
		}
	}
}

func TestR4UnknownStationsAndWrongKeysAreRefused(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	r.refused("stranger", login{}, http.StatusNotFound)
	r.refused("stranger", login{password: []byte(key)}, http.StatusNotFound)
	r.refused("CP-001", login{}, http.StatusUnauthorized)
	r.refused("CP-001", login{password: []byte("wrong")}, http.StatusUnauthorized)
	r.refused("CP-001", login{password: []byte{}}, http.StatusUnauthorized)
	r.eventually("the refusals are logged with their reasons", func() bool {
		log := r.log.String()
		return strings.Contains(log, "unknown station") && strings.Contains(log, "the key is wrong") && strings.Contains(log, "it sent none")
	})
	if strings.Contains(r.log.String(), key) {
		t.Error("the key is in the log")
	}
	if n := r.srv.refusals.total.Load(); n != 5 {
		t.Errorf("%d refusals were counted", n)
	}
	r.eventually("the refusals can be read", func() bool { return len(r.items("/refusals")) == 2 })
	want(t, r.api(http.MethodGet, "/refusals/summary", "", http.StatusOK)["sinceStart"].(map[string]any), map[string]any{"unknown": 2.0, "credential": 3.0})
}

func TestR60OneKeyWorksAsTextAndAsBytes(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 20 {
		t.Fatalf("key %q: %v", key, err)
	}
	for _, password := range [][]byte{[]byte(key), []byte(strings.ToUpper(key)), raw} {
		p := r.connect("CP-001", "ocpp1.6", login{password: password})
		p.call("BootNotification", boot16)
	}
	if st := r.api(http.MethodGet, "/stations/CP-001", "", http.StatusOK); st["known"] != true {
		t.Errorf("station: %v", st)
	}
}

func TestR64AStationCannotUseALowerProfileThanItsOwn(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-002", 2)
	r.refused("CP-002", login{password: []byte(key)}, http.StatusUnauthorized)
	r.create("CP-003", 3)
	r.refused("CP-003", login{password: []byte("any")}, http.StatusUnauthorized)
	r.create("CP-000", 0)
	r.connect("CP-000", "ocpp1.6", login{}).call("BootNotification", boot16)
}

// Raising the security profile of a station ends a connection below it, which hears why, and nothing else; whoever follows the
// events hears of it (A05.FR.07).
func TestR64ARaisedProfileEndsTheConnectionBelowIt(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	r.api(http.MethodPatch, "/stations/CP-001", `{"securityProfile":1}`, http.StatusOK)
	p.call("Heartbeat", `{}`)
	told := func() int {
		list, err := r.srv.store.ListNotices(t.Context(), store.NoticeQuery{Limit: store.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, notice := range list {
			if notice.Kind == fleet.NoticeStationChanged && strings.Contains(string(notice.Data), `"securityProfile":2`) {
				n++
			}
		}
		return n
	}
	if told() != 0 {
		t.Error("a notice of what did not change")
	}
	want(t, r.api(http.MethodPatch, "/stations/CP-001", `{"securityProfile":2}`, http.StatusOK), map[string]any{"securityProfile": 2.0})
	if closed, err := p.ReadClose(); err != nil || closed.Code != policyViolation || !strings.Contains(closed.Reason, "security profile was raised") || !strings.Contains(closed.Reason, "profile 2") {
		t.Errorf("the connection below the profile: %v %v", closed, err)
	}
	if n := told(); n != 1 {
		t.Errorf("%d notices", n)
	}
	r.refused("CP-001", login{password: []byte(key)}, http.StatusUnauthorized)
}

func TestAnOpenServerStillAsksKnownStationsForTheirKey(t *testing.T) {
	r := serve(t, Config{})
	r.create("CP-001", 1)
	r.refused("CP-001", login{}, http.StatusUnauthorized)
	r.connect("CP-002", "ocpp1.6", login{}).call("BootNotification", boot16)
}

func TestR61ANewKeyEndsTheOldOne(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	old := r.create("CP-001", 1)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(old)})
	p.call("BootNotification", boot16)
	key := r.api(http.MethodPost, "/stations/CP-001/key", "", http.StatusOK)["key"].(string)
	if closed, err := p.ReadClose(); err != nil || closed.Code != 1008 {
		t.Errorf("the connection with the old key: %v %v", closed, err)
	}
	r.refused("CP-001", login{password: []byte(old)}, http.StatusUnauthorized)
	r.connect("CP-001", "ocpp1.6", login{password: []byte(key)}).call("BootNotification", boot16)
}

func TestR61AKeyThatAStationAcceptedIsTheOneItNeeds(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	for subprotocol, exchange := range map[string][3]string{
		"ocpp1.6": {"ChangeConfiguration", `{"key":"AuthorizationKey","value":"00112233445566778899aabbccddeeff00112233"}`, `{"status":"Accepted"}`},
		"ocpp2.0.1": {
			"SetVariables",
			`{"setVariableData":[{"attributeValue":"00112233445566778899aabbccddeeff00112233","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`,
			`{"setVariableResult":[{"attributeStatus":"Accepted","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}`,
		},
	} {
		id := "CP-" + subprotocol
		old := r.create(id, 1)
		p := r.connect(id, subprotocol, login{password: []byte(old)})
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			p.serveCall(exchange[0], exchange[2])
		}()
		r.api(http.MethodPost, "/stations/"+id+"/commands", `{"action":"`+exchange[0]+`","payload":`+exchange[1]+`}`, http.StatusOK)
		<-answered
		r.refused(id, login{password: []byte(old)}, http.StatusUnauthorized)
		r.connect(id, subprotocol, login{password: []byte("00112233445566778899aabbccddeeff00112233")})
	}
	if strings.Contains(r.log.String(), "00112233") {
		t.Error("the new key is in the log")
	}
}

func TestADeletedStationIsUnknown(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	r.api(http.MethodDelete, "/stations/CP-001", "", http.StatusNoContent)
	if _, err := p.ReadClose(); err != nil {
		t.Errorf("its connection: %v", err)
	}
	r.refused("CP-001", login{password: []byte(key)}, http.StatusNotFound)
}

func TestOtherPathsOfTheStationListenerAreNotFound(t *testing.T) {
	r := serve(t, Config{})
	for _, path := range []string{"/", "/ocpp/", "/api/v1/stations", "/ocpp/a/b"} {
		resp, err := http.Get("http://" + r.srv.StationAddrs()[0].String() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusUpgradeRequired {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if _, err := r.dial("x", "ocpp9", login{}); err != nil {
		t.Errorf("no common version: the upgrade is completed, then closed (R5): %v", err)
	}
}
