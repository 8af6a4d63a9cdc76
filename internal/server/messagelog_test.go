package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

// logged returns what the lines of a debug log say of one frame.
func logged(t *testing.T, frame string) map[string]any {
	t.Helper()
	var b bytes.Buffer
	messageLog{slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})), true}.frame(
		ocpp.Frame{Identity: "CP-001", Version: ocpp.V16, Inbound: true, Data: []byte(frame)})
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, b.String())
	}
	return line
}

func TestFramesAreLoggedWithoutSecrets(t *testing.T) {
	for frame, want := range map[string]map[string]any{
		`[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geheim"}]`: {
			"station": "CP-001", "direction": "in", "type": "2", "id": "1", "action": "ChangeConfiguration", "payload": `{"key":"AuthorizationKey","value":"***"}`,
		},
		`[3,"1",{"configurationKey":[{"key":"AuthorizationKey","value":"geheim"}]}]`: {
			"type": "3", "payload": `{"configurationKey":[{"key":"AuthorizationKey","value":"***"}]}`,
		},
		`[2,"1","Reset-Signed",{"payload":"geheim","signatures":[]}]`: {"payload": "signed"},
		`[4,"1","GenericError","no",{"password":"geheim"}]`:           {"code": "GenericError", "description": "no", "details": `{"password":"***"}`},
		`[6,"1","NotifyPeriodicEventStream",{"id":1}]`:                {"action": "NotifyPeriodicEventStream", "payload": `{"id":1}`},
		`[2,7,["x"],4]`: {"id": "7", "payload": "4"},
		`geheim`:        {"unreadable": true, "bytes": 6.0},
		`{}`:            {"unreadable": true},
		`[2]`:           {"unreadable": true},
	} {
		got := logged(t, frame)
		for key, value := range want {
			if fmt.Sprint(got[key]) != fmt.Sprint(value) {
				t.Errorf("%s: %s is %v, want %v", frame, key, got[key], value)
			}
		}
		if text := fmt.Sprint(got); strings.Contains(text, "geheim") {
			t.Errorf("%s: %s", frame, text)
		}
	}
	long := logged(t, `[2,"1","DataTransfer",{"vendorId":"x","data":"`+strings.Repeat("x", 100_000)+`"}]`)
	if n := len(long["payload"].(string)); n > maxLoggedPayload {
		t.Errorf("a payload of %d bytes", n)
	}
}

// At info an operator reads what stations do, never what they send.
func TestTheLogTellsWhatStationsDo(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	r.refused("CP-002", login{}, http.StatusNotFound)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	id := p.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":1000,"timestamp":`+t0+`}`)["transactionId"]
	stop := fmt.Sprintf(`{"transactionId":%v,"meterStop":2000,"timestamp":%s}`, id, t0)
	p.call("StopTransaction", stop)
	p.call("StopTransaction", stop)                                     // no news
	p.call("StopTransaction", strings.Replace(stop, "2000", "2001", 1)) // another one of the same transaction changes nothing
	p.refusedCall("StatusNotification", `{"connectorId":-1,"errorCode":"NoError","status":"Available"}`, "PropertyConstraintViolation")
	p.Close()
	r.eventually("it is gone", func() bool { return strings.Contains(r.log.String(), "station disconnected") })
	text := r.log.String()
	for _, want := range []string{
		`msg="station refused"`, `msg="station connected" station=CP-001`, `msg="station booted" station=CP-001 vendor=Vendor`, `id=BootNotification-2`,
		`msg="transaction started" station=CP-001`, `msg="transaction ended" station=CP-001`, `msg="station disconnected" station=CP-001 cause=`,
		`that cannot be" station=CP-001 why="fleet: invalid event: EVSE`,
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%d times %s", strings.Count(text, want), want)
		}
	}
	for _, secret := range []string{key, "CAFE", apiToken, "connector=0", "evse=0"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q:\n%s", secret, text)
		}
	}
}
