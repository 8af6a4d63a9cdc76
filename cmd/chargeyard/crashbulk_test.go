package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/ocpptest"
)

// The process is killed in the middle of a bulk command: some stations have answered, some have been asked, some wait, one is away.
// Afterwards what may have been done is unknown and is not done again, and the rest goes on by itself.
func TestABulkGoesOnAfterKill9(t *testing.T) {
	for name, wish := range map[string]string{"action": `"action":"ClearCache"`, "verb": `"verb":"clear-cache"`} {
		t.Run(name, func(t *testing.T) { bulkAfterKill9(t, wish) })
	}
}

func bulkAfterKill9(t *testing.T, wish string) {
	const stations, atOnce = 8, 3
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("CHARGEYARD_API_TOKEN", "kill-9")
	defer http.DefaultClient.CloseIdleConnections()
	p, begun := process(t, data), time.Now()
	calls := make(chan bulkCall, stations)
	peers := map[string]*ocpptest.Peer{}
	for i := range stations {
		id := fmt.Sprint("CP-", i)
		peers[id] = dialStation(t, p, id)
		go forward(id, peers[id], calls)
	}
	peers["CP-7"].Close() // and stays away
	for askCommands(t, http.MethodGet, p.api+"/stations/CP-7", "")["online"] != false {
		if time.Since(begun) > crashPatience {
			t.Fatal("CP-7 does not leave")
		}
	}
	b := askCommands(t, http.MethodPost, p.api+"/bulks", fmt.Sprintf(`{%s,"select":{"version":"1.6"},"concurrency":%d,"expires":600}`, wish, atOnce))
	id := fmt.Sprint(b["id"])
	asked := map[string]bool{}
	for range 2 { // two are answered; two more are asked then
		c := next(t, calls)
		asked[c.station] = true
		if err := peers[c.station].SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, c.message)); err != nil {
			t.Fatal(err)
		}
	}
	for range atOnce {
		c := next(t, calls)
		asked[c.station] = true
	}
	if err := p.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil {
		t.Error("a killed process ended well")
	}
	p = process(t, data)
	for station, state := range bulkStates(t, p, id) {
		if want := map[bool]string{true: "answered unknown", false: "queued"}[asked[station]]; !strings.Contains(want, state) {
			t.Errorf("%s, which was asked: %v, is %s", station, asked[station], state)
		}
	}
	again := make(chan bulkCall, stations)
	for station := range peers {
		peers[station] = dialStation(t, p, station)
		go forward(station, peers[station], again)
	}
	for range stations - len(asked) {
		c := next(t, again)
		if asked[c.station] {
			t.Errorf("%s is asked again", c.station)
		}
		if err := peers[c.station].SendText(fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, c.message)); err != nil {
			t.Fatal(err)
		}
	}
	for ended := time.Now(); b["state"] != "done"; {
		if time.Since(ended) > crashPatience {
			t.Fatalf("it does not end: %v", b)
		}
		b = askCommands(t, http.MethodGet, p.api+"/bulks/"+id, "")
	}
	if counts := b["counts"].(map[string]any); len(counts) > 2 || counts["answered"] == nil || b["stations"] != float64(stations) {
		t.Errorf("in the end: %v", b)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
}

// crashPatience bounds every wait of the test.
const crashPatience = 30 * time.Second

// next waits for a CALL.
func next(t *testing.T, calls <-chan bulkCall) bulkCall {
	t.Helper()
	select {
	case c := <-calls:
		return c
	case <-time.After(crashPatience):
		t.Fatal("no station is asked")
		return bulkCall{}
	}
}

// bulkCall is a CALL that a station has got.
type bulkCall struct{ station, message string }

// forward tells of the CALLs of a station until its connection ends.
func forward(station string, p *ocpptest.Peer, calls chan<- bulkCall) {
	for {
		text, err := p.ReadText()
		if err != nil {
			return
		}
		var frame []any
		if json.Unmarshal([]byte(text), &frame) == nil && len(frame) == 4 {
			calls <- bulkCall{station, fmt.Sprint(frame[1])}
		}
	}
}

func bulkStates(t *testing.T, p serving, id string) map[string]string {
	t.Helper()
	states := map[string]string{}
	for _, item := range askCommands(t, http.MethodGet, p.api+"/bulks/"+id+"/commands", "")["items"].([]any) {
		c := item.(map[string]any)
		states[fmt.Sprint(c["station"])] = fmt.Sprint(c["state"])
	}
	return states
}
