package main

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// The process is killed when a vehicle has been promised a charging profile, before it was sent and before it was answered.
// Afterwards the station gets it nevertheless.
func TestPromisedProfilesComeAfterKill9(t *testing.T) {
	t.Setenv("CHARGEYARD_API_TOKEN", "kill-9")
	defer http.DefaultClient.CloseIdleConnections()
	for name, sent := range map[string]bool{"promised": false, "sent": true} {
		data := filepath.Join(t.TempDir(), "data")
		p := process(t, data)
		station := dialVehicle(t, p)
		say(t, station, "Started", `{"eventType":"Started","timestamp":"2026-05-01T10:00:00Z","triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"t1"},"evse":{"id":1}}`)
		if answer := say(t, station, "needs", `{"evseId":1,"chargingNeeds":{"requestedEnergyTransfer":"DC","dcChargingParameters":{"evMaxCurrent":200,"evMaxVoltage":500}}}`); !strings.Contains(answer, "Accepted") {
			t.Fatalf("%s: %s", name, answer)
		}
		if sent {
			demandProfile(t, station)
		}
		if err := p.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		if err := p.Wait(); err == nil {
			t.Error("a killed process ended well")
		}
		station.Close()

		p = process(t, data)
		station = dialVehicle(t, p)
		demandProfile(t, station)
		station.Close()
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait() // it was killed
	}
}

// dialVehicle connects a station that a vehicle charges at.
func dialVehicle(t *testing.T, p serving) *ocpptest.Peer {
	t.Helper()
	station, err := ocpptest.DialPeer(t.Context(), p.stations+"/CS", ocpptest.PeerOptions{Subprotocols: []string{"ocpp2.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { station.Close() })
	say(t, station, "beat", `{}`)
	return station
}

// say sends a CALL and returns the answer.
func say(t *testing.T, station *ocpptest.Peer, id, payload string) string {
	t.Helper()
	action := map[string]string{"Started": "TransactionEvent", "needs": "NotifyEVChargingNeeds", "beat": "Heartbeat"}[id]
	if err := station.SendText(`[2,"` + id + `","` + action + `",` + payload + `]`); err != nil {
		t.Fatal(err)
	}
	answer, err := station.ReadText()
	if err != nil || !strings.HasPrefix(answer, `[3,"`+id+`"`) {
		t.Fatalf("%s: %s %v", action, answer, err)
	}
	return answer
}

// demandProfile reads the profile of the vehicle.
func demandProfile(t *testing.T, station *ocpptest.Peer) {
	t.Helper()
	text, err := station.ReadText()
	if err != nil {
		t.Fatal(err)
	}
	var frame []json.RawMessage
	if err := json.Unmarshal([]byte(text), &frame); err != nil || len(frame) != 4 {
		t.Fatalf("%s %v", text, err)
	}
	for _, part := range []string{`"SetChargingProfile"`, `"transactionId":"t1"`, `"limit":100000`, `"chargingProfilePurpose":"TxProfile"`} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not %s", text, part)
		}
	}
}
