package main

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// The process is killed between the commit of "sent" and the answer, while another command waits. Afterwards what the
// station may have done is unknown and is not done again, what only reads is asked again, and what waited is delivered.
func TestCommandsUnderWayAreNoLieAfterKill9(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("CHARGEYARD_API_TOKEN", "kill-9")
	defer http.DefaultClient.CloseIdleConnections()
	for action, after := range map[string]string{"ClearCache": "unknown", "GetConfiguration": "queued"} {
		id := "CP-" + action
		p := process(t, data)
		station := dialStation(t, p, id)
		under := keepCommand(t, p, id, action)
		if call, err := station.ReadText(); err != nil || !strings.Contains(call, action) {
			t.Fatalf("%s %v", call, err)
		}
		waits := keepCommand(t, p, id, "GetLocalListVersion")
		if err := p.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		if err := p.Wait(); err == nil {
			t.Error("a killed process ended well")
		}
		station.Close()

		p = process(t, data)
		if state := commandState(t, p, under); state != after {
			t.Errorf("%s is %s", action, state)
		}
		if state := commandState(t, p, waits); state != "queued" {
			t.Errorf("what waited is %s", state)
		}
		station = dialStation(t, p, id)
		next, err := station.ReadText()
		if want := map[string]string{"unknown": "GetLocalListVersion", "queued": action}[after]; err != nil || !strings.Contains(next, want) {
			t.Errorf("%s: next comes %s %v", action, next, err)
		}
		station.Close()
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait() // it was killed
	}
}

// dialStation connects a station that says something.
func dialStation(t *testing.T, p serving, id string) *ocpptest.Peer {
	t.Helper()
	station, err := ocpptest.DialPeer(t.Context(), p.stations+"/"+id, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { station.Close() })
	if err := station.SendText(`[2,"1","Heartbeat",{}]`); err != nil {
		t.Fatal(err)
	}
	if answer, err := station.ReadText(); err != nil || !strings.Contains(answer, "currentTime") {
		t.Fatalf("%s %v", answer, err)
	}
	return station
}

func keepCommand(t *testing.T, p serving, station, action string) string {
	t.Helper()
	got := askCommands(t, http.MethodPost, p.api+"/stations/"+station+"/commands", `{"action":"`+action+`","expires":600}`)
	id, _ := got["id"].(string)
	if id == "" {
		t.Fatalf("not kept: %v", got)
	}
	return id
}

func commandState(t *testing.T, p serving, id string) any {
	t.Helper()
	return askCommands(t, http.MethodGet, p.api+"/commands/"+id, "")["state"]
}

func askCommands(t *testing.T, method, url, body string) map[string]any {
	t.Helper()
	return askWith(t, "kill-9", method, url, body)
}

func askWith(t *testing.T, token, method, url, body string) (got map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || json.Unmarshal(b, &got) != nil {
		t.Fatalf("%s %v", b, err)
	}
	return got
}
