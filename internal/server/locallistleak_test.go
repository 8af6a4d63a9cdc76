package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Who is on a local list is nobody's business who reads logs or what stations answered. A code that a driver types (C04.FR.04) is in
// nothing that is shown or told, however much is logged; in OCPP 1.6 nobody can tell one from a card.
func TestLocalListsDoNotLeakTokens(t *testing.T) {
	const card, code = "CARD0LEAK", "24681357"
	const another = code + "0" // not on record
	for _, level := range []slog.Level{slog.LevelInfo, slog.LevelDebug} {
		r := serveLogging(t, Config{}, level)
		r.addTokens(card)
		r.api(http.MethodPost, "/tokens", `{"value":"`+code+`","type":"KeyCode"}`, http.StatusCreated)
		for subprotocol, id := range map[string]string{"ocpp2.0.1": "CS-2", "ocpp2.1": "CS-3"} {
			p := r.come(id, subprotocol, "1")
			got := r.do(id, "send-local-list", `{"update":"full"}`, http.StatusOK, func() {
				for range 2 {
					p.serveCall("SendLocalList", `{"status":"Accepted"}`)
				}
			})
			shown := []any{got}
			shown = append(shown, r.do(id, "send-local-list", `{"update":"differential","tokens":[{"value":"`+another+`","type":"KeyCode"}]}`, http.StatusOK, func() {
				p.serveList("3 Differential "+another, "Failed")
			}))
			kept := r.api(http.MethodPost, "/stations/"+id+"/send-local-list", `{"update":"differential","tokens":[{"value":"`+another+`","type":"KeyCode"}],"expires":60}`, http.StatusAccepted)
			p.serveList("3 Differential "+another, "Accepted")
			shown = append(shown, kept, r.becomes(kept["id"].(string), fleet.StateAnswered), r.items("/commands?station="+id), r.items("/local-lists"))
			order := `{"verb":"send-local-list","arguments":{"update":"differential","tokens":[{"value":"` + another + `","type":"KeyCode"}]},"select":{"stations":["` + id + `"]},"expires":60}`
			bulk := r.api(http.MethodPost, "/bulks", order, http.StatusAccepted)
			p.serveList("4 Differential "+another, "Accepted")
			shown = append(shown, bulk, r.items("/bulks"), r.items("/bulks/"+bulk["id"].(string)+"/commands"))
			r.asked(p, id, "SendLocalList", `{"versionNumber":5,"updateType":"Differential","localAuthorizationList":[{"idToken":{"idToken":"`+another+`","type":"KeyCode"}}]}`, `{"status":"Failed"}`)
			if text := fmt.Sprint(shown...); strings.Contains(text, code) {
				t.Errorf("%s: a code is shown: %s", id, text)
			}
			answers := r.items("/device-answers?station=" + id)
			if text := fmt.Sprint(answers); len(answers) == 0 || strings.Contains(text, card) || strings.Contains(text, code) {
				t.Errorf("%s: answers: %s", id, text)
			}
		}
		notices, err := r.srv.store.ListNotices(t.Context(), store.NoticeQuery{Limit: store.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(notices)
		if err != nil || !strings.Contains(string(text), "SendLocalList") || strings.Contains(string(text), code) {
			t.Errorf("events: %s %v", text, err)
		}
		if log := r.log.String(); strings.Contains(log, code) || level == slog.LevelInfo && strings.Contains(log, card) {
			t.Errorf("%v: the log has a token:\n%s", level, log)
		}
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
	}
}
