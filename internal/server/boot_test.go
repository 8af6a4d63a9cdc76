package server

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// bootOf is a BootNotification of each version.
func bootOf(subprotocol string) string {
	if subprotocol == "ocpp1.6" {
		return boot16
	}
	return boot2x
}

// refusedCall sends a CALL and demands a CALLERROR.
func (p *peer) refusedCall(action, payload, code string) {
	p.t.Helper()
	p.n++
	if err := p.SendText(fmt.Sprintf(`[2,"%s-%d",%q,%s]`, action, p.n, action, payload)); err != nil {
		p.t.Fatal(err)
	}
	if frame := p.read(); frame[0] != 4.0 || frame[2] != code {
		p.t.Errorf("%s was answered %v, want %s", action, frame, code)
	}
}

// A station that is Pending may not do anything, and is asked to boot as soon as somebody releases it.
func TestR43APendingStationIsReleasedThroughTheAPI(t *testing.T) {
	for _, subprotocol := range []string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"} {
		t.Run(subprotocol, func(t *testing.T) {
			r := serve(t, Config{Boot: BootPending, BootRetry: 7 * time.Second})
			p := r.connect("CP-1", subprotocol, login{})
			if got := p.call("BootNotification", bootOf(subprotocol)); got["status"] != "Pending" || got["interval"] != 7.0 {
				t.Fatalf("boot: %v", got)
			}
			p.refusedCall("Heartbeat", `{}`, "SecurityError")
			p.refusedCall("Authorize", `{"nonsense":1}`, "SecurityError") // before the schema is looked at
			want(t, r.api(http.MethodGet, "/stations/CP-1", "", http.StatusOK), map[string]any{"bootStatus": "Pending", "boot": nil})

			done := make(chan map[string]any, 1)
			go func() {
				done <- r.api(http.MethodPatch, "/stations/CP-1", `{"boot":"Accepted","heartbeatInterval":60}`, http.StatusOK)
			}()
			want(t, p.serveCall("TriggerMessage", `{"status":"Accepted"}`), map[string]any{"requestedMessage": "BootNotification"})
			want(t, <-done, map[string]any{"boot": "Accepted", "bootTrigger": "Accepted", "bootStatus": "Pending"})
			if got := p.call("BootNotification", bootOf(subprotocol)); got["status"] != "Accepted" || got["interval"] != 60.0 {
				t.Errorf("second boot: %v", got)
			}
			p.call("Heartbeat", `{}`)
		})
	}
}

// A rejected station hears nothing, on no connection, until it boots again by itself.
func TestR43ARejectedStationStaysRejectedUntilItBootsAgain(t *testing.T) {
	for _, subprotocol := range []string{"ocpp1.6", "ocpp2.0.1", "ocpp2.1"} {
		t.Run(subprotocol, func(t *testing.T) {
			r := serve(t, Config{})
			p := r.connect("CP-1", subprotocol, login{})
			p.call("BootNotification", bootOf(subprotocol))
			r.api(http.MethodPatch, "/stations/CP-1", `{"boot":"Rejected","bootInterval":3}`, http.StatusOK)
			p.call("Heartbeat", `{}`) // what it was answered counts until it boots again
			if got := p.call("BootNotification", bootOf(subprotocol)); got["status"] != "Rejected" || got["interval"] != 3.0 {
				t.Fatalf("boot: %v", got)
			}
			p.refusedCall("Heartbeat", `{}`, "SecurityError")
			r.api(http.MethodPost, "/stations/CP-1/commands", `{"action":"ClearCache"}`, http.StatusConflict)
			p.Close()

			p, err := r.dial("CP-1", subprotocol, login{})
			if err != nil {
				t.Fatal(err)
			}
			p.refusedCall("Heartbeat", `{}`, "SecurityError")
			got := r.api(http.MethodPatch, "/stations/CP-1", `{"boot":"Default"}`, http.StatusOK)
			want(t, got, map[string]any{"boot": nil, "bootTrigger": nil})
			if got := p.call("BootNotification", bootOf(subprotocol)); got["status"] != "Accepted" {
				t.Errorf("boot: %v", got)
			}
			p.call("Heartbeat", `{}`)
		})
	}
}
