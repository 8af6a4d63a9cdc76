package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

func TestEventsAreFollowed(t *testing.T) {
	a := ask(t)
	a.want(0, "", "stations", "add", "CP-1", "--profile", "0")
	cp := a.connect("CP-1", "ocpp1.6")
	cp.says("BootNotification", boot16)
	cp.says("StatusNotification", `{"connectorId":1,"errorCode":"NoError","status":"Available"}`)
	out := a.want(0, "station.created", "events", "--after", "0", "--limit", "3")
	for _, want := range []string{"NUMBER", "CP-1", "station.booted", "充電器 One", "connector.status", "status=Available"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") || strings.Count(out, "\n") != 4 {
		t.Errorf("the events:\n%q", out)
	}
	var event struct{ Kind, Station string }
	lines := strings.Split(a.want(0, "", "events", "--after", "0", "--limit", "2", "-o", "json", "--kind", "station,connector.status", "--station", "CP-1"), "\n")
	if err := json.Unmarshal([]byte(lines[1]), &event); err != nil || event.Kind != "station.booted" || event.Station != "CP-1" || len(lines) != 3 {
		t.Errorf("%q %v", lines, err)
	}
	a.want(exitInvalid, "there is no such kind of event", "events", "--kind", "stations")
	a.want(exitInvalid, "--after takes", "events", "--after=-1")
	a.want(exitUnauthorized, "", "events", "--api-token", "wrong")
	a.want(exitNoServer, "", "events", "--server", "http://127.0.0.1:1")
}

// What happens while it looks is shown at once, and Ctrl-C is no failure.
func TestEventsAreShownAsTheyHappen(t *testing.T) {
	a := ask(t)
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var code int
	var command sync.WaitGroup
	command.Go(func() {
		code = runWith(ctx, []string{"events", "--kind", "station.created", "--after", "0"}, streams{strings.NewReader(""), in, io.Discard})
		in.Close()
	})
	shown := make([]byte, 4096)
	for _, id := range []string{"CP-1", "CP-2"} {
		a.want(0, "", "stations", "add", id)
		for got, end := "", time.Now().Add(10*time.Second); !strings.Contains(got, id); {
			n, err := out.Read(shown)
			if got += string(shown[:n]); err != nil || time.Now().After(end) {
				t.Fatal(got, err)
			}
		}
	}
	stop()
	if command.Wait(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

func TestAGapIsALine(t *testing.T) {
	for data, want := range map[string]string{
		`{"from":1,"to":250,"reason":"deleted"}`: "events 1 to 250 were deleted before",
		`{"from":1,"to":9,"reason":"unknown"}`:   "the server never gave that number",
	} {
		var out bytes.Buffer
		if err := (&eventLines{w: &out}).write(apiclient.StreamEvent{Kind: "gap", Data: json.RawMessage(data)}); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %s %v", data, &out, err)
		}
		out.Reset()
		write := (&eventsCmd{apiFlags: apiFlags{Output: "json"}}).writer(streams{out: &out})
		if err := write(apiclient.StreamEvent{Kind: "gap", Data: json.RawMessage(data)}); err != nil || out.String() != `{"gap":`+data+"}\n" {
			t.Errorf("%s: %s %v", data, &out, err)
		}
	}
}

func TestDataIsWrittenInWords(t *testing.T) {
	for data, want := range map[string]string{
		`{"b":"x","a":1.50,"t":"two words","o":{"p":"q"},"n":null,"e":""}`: `b=x a=1.50 t="two words" o={"p":"q"} n=null e=""`,
		`{}`:    "",
		`[1,2]`: `[1,2]`,
	} {
		if got := inWords(json.RawMessage(data)); got != want {
			t.Errorf("%s: %s, want %s", data, got, want)
		}
	}
}
