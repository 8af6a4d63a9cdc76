package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// bootPayload is a BootNotification of each version.
var bootPayload = map[string]string{
	"ocpp1.6":   boot16,
	"ocpp2.0.1": `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`,
	"ocpp2.1":   `{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}`,
}

// answered asks the API for something while the station answers it, and returns what the station was asked.
func (r *rig) answered(p *peer, method, path, body string, want int, action, answer string) (payload, got map[string]any) {
	r.t.Helper()
	done := make(chan map[string]any)
	go func() { done <- p.serveCall(action, answer) }()
	got = r.api(method, path, body, want)
	return <-done, got
}

// state is that of the latest reservation of a station, and why.
func (r *rig) state(station string) string {
	r.t.Helper()
	list := r.items("/reservations?station=" + station)
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprint(list[0]["state"], " ", list[0]["answer"], " ", list[0]["transactionId"])
}

const reserveBody = `{"evse":1,"idToken":{"value":"CARD","type":"ISO14443"},"minutes":5}`

// A reservation goes through its life at a station of each version.
func TestReservationsThroughTheirLife(t *testing.T) {
	r := serve(t, Config{})
	for id, subprotocol := range map[string]string{"OLD": "ocpp1.6", "MID": "ocpp2.0.1", "NEW": "ocpp2.1"} {
		t.Run(subprotocol, func(t *testing.T) {
			p := r.connect(id, subprotocol, login{})
			p.call("BootNotification", bootPayload[subprotocol])
			reserve := func(answer string) float64 {
				t.Helper()
				sent, _ := r.answered(p, http.MethodPost, "/stations/"+id+"/reserve", reserveBody, http.StatusOK, "ReserveNow", `{"status":"`+answer+`"}`)
				if n, ok := sent["reservationId"].(float64); ok {
					return n
				}
				return sent["id"].(float64)
			}
			for _, answer := range []string{"Faulted", "Occupied", "Rejected", "Unavailable"} {
				reserve(answer)
				if got := r.state(id); got != "refused "+answer+" <nil>" {
					t.Errorf("%s: %s", answer, got)
				}
			}
			reserve("Accepted")
			number := r.items("/reservations?open=true&station=" + id)[0]["number"]
			_, got := r.answered(p, http.MethodDelete, fmt.Sprint("/reservations/", number), "", http.StatusOK, "CancelReservation", `{"status":"Accepted"}`)
			if got["state"] != "canceled" {
				t.Errorf("canceled: %v", got)
			}
			r.api(http.MethodDelete, fmt.Sprint("/reservations/", number), "", http.StatusConflict)

			reservation := reserve("Accepted")
			r.comes(p, subprotocol, reservation)
			if got := r.state(id); !strings.HasPrefix(got, "used Accepted ") || strings.HasSuffix(got, "<nil>") {
				t.Errorf("used: %s", got)
			}
			if subprotocol != "ocpp1.6" {
				reservation = reserve("Accepted")
				p.call("ReservationStatusUpdate", fmt.Sprintf(`{"reservationId":%v,"reservationUpdateStatus":"Removed"}`, reservation))
				if got := r.state(id); got != "removed Accepted <nil>" {
					t.Errorf("removed: %s", got)
				}
			}
		})
	}
	p, err := r.dial("AWAY", "ocpp1.6", login{})
	if err != nil {
		t.Fatal(err)
	}
	p.call("BootNotification", boot16)
	p.Close()
	r.eventually("it is away", func() bool { return len(r.items("/stations?online=false")) > 0 })
	r.api(http.MethodPost, "/stations/AWAY/reserve", reserveBody, http.StatusConflict)
	r.api(http.MethodPost, "/stations/OLD/reserve", `{"idToken":{"value":"CARD"},"until":"2001-01-01T00:00:00Z"}`, http.StatusUnprocessableEntity)
	r.api(http.MethodPost, "/stations/OLD/reserve", `{"idToken":{"value":"CARD"},"connectorType":"cCCS2"}`, http.StatusUnprocessableEntity)
}

// comes starts a transaction with a reservation.
func (r *rig) comes(p *peer, subprotocol string, reservation float64) {
	r.t.Helper()
	if subprotocol == "ocpp1.6" {
		p.call("StartTransaction", fmt.Sprintf(`{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":%s,"reservationId":%v}`, t0, reservation))
		return
	}
	p.call("TransactionEvent", fmt.Sprintf(`{"eventType":"Started","timestamp":%s,"triggerReason":"Authorized","seqNo":0,"transactionInfo":{"transactionId":"TX"},
		"evse":{"id":1},"idToken":{"idToken":"CARD","type":"ISO14443"},"reservationId":%v}`, t0, reservation))
}

// A command of OCPP counts as the verb does, refusals of all kinds too, and what is over ends by itself, also when that was
// while there was no server.
func TestReservationsOfCommands(t *testing.T) {
	data := t.TempDir()
	r := serve(t, Config{Data: data})
	p := r.connect("OLD", "ocpp1.6", login{})
	p.call("BootNotification", boot16)
	reserve := func(id int, until time.Time) string {
		return fmt.Sprintf(`{"action":"ReserveNow","payload":{"connectorId":1,"expiryDate":%q,"idTag":"CARD","reservationId":%d}}`, until.UTC().Format(time.RFC3339Nano), id)
	}
	far := time.Now().Add(time.Hour)
	r.answered(p, http.MethodPost, "/stations/OLD/commands", reserve(4711, far), http.StatusOK, "ReserveNow", `{"status":"Accepted"}`)
	if got := r.state("OLD"); got != "accepted Accepted <nil>" {
		t.Errorf("accepted: %s", got)
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		frame := p.read()
		if err := p.SendText(fmt.Sprintf(`[4,%q,"NotSupported","no",{}]`, frame[1])); err != nil {
			t.Error(err)
		}
	}()
	r.api(http.MethodPost, "/stations/OLD/commands", reserve(4712, far), http.StatusBadGateway)
	<-done
	if got := r.state("OLD"); got != "refused <nil> <nil>" {
		t.Errorf("a CALLERROR: %s", got)
	}
	soon := time.Now().Add(300 * time.Millisecond)
	r.answered(p, http.MethodPost, "/stations/OLD/commands", reserve(4713, soon), http.StatusOK, "ReserveNow", `{"status":"Accepted"}`)
	r.eventually("it expires", func() bool { return r.state("OLD") == "expired Accepted <nil>" })
	soon = time.Now().Add(time.Second)
	r.answered(p, http.MethodPost, "/stations/OLD/commands", reserve(4714, soon), http.StatusOK, "ReserveNow", `{"status":"Accepted"}`)
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	r = serve(t, Config{Data: data})
	r.eventually("it expires after a restart", func() bool { return r.state("OLD") == "expired Accepted <nil>" })
	list := r.items("/reservations?open=true")
	if len(list) != 1 || list[0]["reservationId"] != 4711.0 {
		t.Errorf("open: %v", list)
	}
}

// A remote start is decided by the rules of tokens, however it is asked for, and says why it was not sent.
func TestRemoteStartsAreDecided(t *testing.T) {
	r := serve(t, Config{UnknownTokens: UnknownTokensRefuse})
	r.api(http.MethodPost, "/tokens", `{"value":"GOOD","concurrent":1}`, http.StatusCreated)
	r.api(http.MethodPost, "/tokens", `{"value":"BAD","status":"Blocked"}`, http.StatusCreated)
	old, mid := r.connect("OLD", "ocpp1.6", login{}), r.connect("NEW", "ocpp2.1", login{})
	old.call("BootNotification", boot16)
	mid.call("BootNotification", bootPayload["ocpp2.1"])

	for station, body := range map[string]string{
		"OLD": `{"action":"RemoteStartTransaction","payload":{"idTag":"BAD"}}`,
		"NEW": `{"action":"RequestStartTransaction","payload":{"remoteStartId":1,"idToken":{"idToken":"BAD","type":"ISO14443"}}}`,
	} {
		got := r.api(http.MethodPost, "/stations/"+station+"/commands", body, http.StatusConflict)
		fault := got["errors"].([]any)[0].(map[string]any)
		if !strings.HasPrefix(fault["pointer"].(string), "/payload/idT") || !strings.Contains(fault["detail"].(string), "it is on record as blocked") {
			t.Errorf("%s: %v", station, fault)
		}
	}
	r.api(http.MethodPost, "/stations/OLD/start", `{"idToken":{"value":"BAD"}}`, http.StatusConflict)
	kept := r.api(http.MethodPost, "/stations/OLD/commands", `{"action":"RemoteStartTransaction","payload":{"idTag":"BAD"},"wait":10}`, http.StatusConflict)
	if detail := kept["detail"].(string); !strings.Contains(detail, "on record as blocked") {
		t.Errorf("kept: %v", kept)
	}
	r.answered(old, http.MethodPost, "/stations/OLD/start", `{"idToken":{"value":"GOOD"},"evse":1}`, http.StatusOK, "RemoteStartTransaction", `{"status":"Accepted"}`)
	old.call("StartTransaction", `{"connectorId":1,"idTag":"GOOD","meterStart":0,"timestamp":`+t0+`}`)
	got := r.api(http.MethodPost, "/stations/NEW/start", `{"idToken":{"value":"GOOD","type":"ISO14443"}}`, http.StatusConflict)
	if !strings.Contains(fmt.Sprint(got["detail"]), "it has 1 running transactions") {
		t.Errorf("too many: %v", got)
	}
	sent, _ := r.answered(mid, http.MethodPost, "/stations/NEW/start", `{"idToken":{"value":"MADE-UP"}}`, http.StatusOK, "RequestStartTransaction", `{"status":"Accepted"}`)
	if got := sent["idToken"].(map[string]any)["type"]; got != "Central" {
		t.Errorf("sent: %v", sent)
	}
}
