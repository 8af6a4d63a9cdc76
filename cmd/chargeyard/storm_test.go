package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/simulator/storm"
)

func TestStormStartsAServerOfItsOwn(t *testing.T) {
	t.Setenv(asMain, "1") // for the server, which is this program
	for _, kind := range [][]string{
		{"--bare"},
		{"--profile=1"},
		{"--variant=tls-restart", "--profile=3", "--protocol=2.0.1"},
	} {
		report := filepath.Join(t.TempDir(), "storm.html")
		args := append([]string{"storm", "--stations=20", "--library-stations=2", "--before=200ms", "--after=200ms", "--json", "--report", report}, kind...)
		code, out, errOut := try(t, args...)
		if code != 0 {
			t.Errorf("%v: %d %s", kind, code, errOut)
			continue
		}
		var res storm.Result
		if err := json.Unmarshal([]byte(out), &res); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if res.Back.Answering.Count != 18 || res.Back.Called.Count != 18 || res.Server.Loaded.RSS == 0 || res.Server.Loaded.Goroutines == 0 {
			t.Errorf("%v: %+v %+v", kind, res.Back, res.Server)
		}
		page, err := os.ReadFile(report)
		if err != nil || !strings.Contains(string(page), "20 stations") {
			t.Errorf("the report: %v %s", err, page)
		}
		if !strings.Contains(errOut, "/20 connected") { // how many have connected when it looks depends on the machine
			t.Errorf("no progress was shown: %s", errOut)
		}
	}
}

func TestStormThatIsNotSurvivedFails(t *testing.T) {
	code, _, errOut := try(t, "storm", "--url", "ws://127.0.0.1:1/ocpp", "--stations", "2", "--timeout", "200ms")
	if code != 1 || !strings.Contains(errOut, "0 of 2 stations connected") || !strings.Contains(errOut, "connection refused") {
		t.Errorf("%d %s", code, errOut)
	}
}

// A page that cannot be written is refused before anything is measured.
func TestStormOpensItsReportFirst(t *testing.T) {
	report := filepath.Join(t.TempDir(), "nowhere", "x.html")
	code, out, errOut := try(t, "storm", "--url", "ws://127.0.0.1:1/ocpp", "--report", report)
	if code != 1 || out != "" || !strings.Contains(errOut, "--report: open") || strings.Contains(errOut, "connected") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}

func TestStormThatIsInterruptedSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"storm", "--url", "ws://127.0.0.1:1/ocpp", "--stations", "2", "--timeout", "200ms"}, &out, &errOut)
	if code != 1 || !strings.Contains(errOut.String(), "interrupted") {
		t.Errorf("%d %s", code, errOut.String())
	}
}

func TestStormOptions(t *testing.T) {
	for want, args := range map[string][]string{
		"--stations: at least one":   {"--stations=0"},
		"takes 0, 1, 2 or 3":         {"--profile=4"},
		"leave one of them out":      {"--url=ws://h/", "--bare"},
		"named with --url":           {"--server-pid=1"},
		"tls-restart needs TLS":      {"--url=ws://h/", "--variant=tls-restart"},
		"it looks like 5s,10s,4":     {"--backoff=5s"},
		"is no address":              {"--source=here"},
		"is no range of addresses":   {"--source=127.0.0.8-1"},
		"it looks like 15:04:05":     {"--strike-at=noon"},
		"--call-payload is not JSON": {"--call-payload={"},
		"--variant must be one of":   {"--variant=hail"},
	} {
		code, _, errOut := try(t, append([]string{"storm"}, args...)...)
		if code == 0 || !strings.Contains(errOut, want) {
			t.Errorf("%v: %d, want %q in: %s", args, code, want, errOut)
		}
	}
	ips, err := parseSources("127.0.0.1-3,::1")
	if err != nil || len(ips) != 4 || ips[2].String() != "127.0.0.3" || ips[3].String() != "::1" {
		t.Errorf("%v %v", ips, err)
	}
	b, err := parseBackOff("5s,10s,4")
	if err != nil || *b != (storm.BackOff{Minimum: 5 * time.Second, Range: 10 * time.Second, Repeat: 4}) {
		t.Errorf("%+v %v", b, err)
	}
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	if at, err := parseClock("11:00:00", now); err != nil || !at.Equal(now.Add(23*time.Hour)) {
		t.Errorf("%v %v", at, err)
	}
}
