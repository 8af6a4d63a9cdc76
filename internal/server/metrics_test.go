package server

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/ocpp"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

// scrape reads /metrics as Prometheus does: a series to its value.
func (r *rig) scrape() map[string]string {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, "http://"+r.srv.APIAddr().String()+"/metrics", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatalf("%d %v: %s", resp.StatusCode, err, text)
	}
	series := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if i := strings.LastIndexByte(line, ' '); i > 0 && line[0] != '#' {
			series[line[:i]] = strings.TrimSpace(line[i+1:])
		}
	}
	return series
}

// counted waits until all series have these values.
func (r *rig) counted(want map[string]string) {
	r.t.Helper()
	var wrong string
	defer func() {
		if wrong != "" {
			r.t.Log(wrong)
		}
	}()
	r.eventually("the metrics are right", func() bool {
		wrong = ""
		got := r.scrape()
		for series, value := range want {
			if got[series] != value {
				wrong += fmt.Sprintf("%s is %q, want %s\n", series, got[series], value)
			}
		}
		return wrong == ""
	})
}

func TestMetricsCountWhatHappens(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("CP-001", 1)
	r.refused("CP-002", login{}, http.StatusNotFound)
	p := r.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	answers := []string{
		`[2,"a\"b","NoSuchAction-` + strings.Repeat("x", 50) + `",{}]`, `[2,"2","Reset",{"type":"Soft"}]`, `[2,"3","StatusNotification",{}]`,
	}
	for _, text := range answers {
		if err := p.SendText(text); err != nil {
			t.Fatal(err)
		}
		p.read()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.api(http.MethodPost, "/stations/CP-001/commands", `{"action":"ClearCache"}`, http.StatusOK)
		r.api(http.MethodPost, "/stations/CP-001/commands", `{"action":"Reset","payload":{"type":"Hard"}}`, http.StatusBadGateway)
	}()
	p.serveCall("ClearCache", `{"status":"Accepted"}`)
	frame := p.read()
	if err := p.SendText(fmt.Sprintf(`[4,%q,"MadeUp","",{}]`, frame[1])); err != nil {
		t.Fatal(err)
	}
	<-done
	r.counted(map[string]string{
		`chargeyard_connections{version="1.6"}`:                                               "1",
		`chargeyard_connections_opened_total{version="1.6"}`:                                  "1",
		`chargeyard_connections_refused_total{reason="unknown"}`:                              "1",
		`chargeyard_calls_total{action="BootNotification",direction="in",outcome="answered"}`: "1",
		`chargeyard_call_seconds_count{action="BootNotification",direction="in"}`:             "1",
		`chargeyard_calls_total{action="ClearCache",direction="out",outcome="answered"}`:      "1",
		`chargeyard_calls_total{action="Reset",direction="out",outcome="refused"}`:            "1",
		`chargeyard_call_errors_total{code="other",direction="out"}`:                          "1",
		`chargeyard_call_errors_total{code="NotImplemented",direction="in"}`:                  "1",
		`chargeyard_call_errors_total{code="NotSupported",direction="in"}`:                    "1",
		`chargeyard_frames_total{direction="in",version="1.6"}`:                               "7",
		`chargeyard_frames_total{direction="out",version="1.6"}`:                              "7",
		`chargeyard_store_healthy`:                                                            "1",
		`chargeyard_api_requests_total{operation="send-command",status="502"}`:                "1",
		`chargeyard_build_info{go="` + runtime.Version() + `",version=""}`:                    "1",
		`chargeyard_connections_closed_total{cause="replaced"}`:                               "0",
	})
	again := r.connect("CP-001", "ocpp1.6", login{password: []byte(key)})
	again.Close()
	r.counted(map[string]string{
		`chargeyard_connections{version="1.6"}`:                 "0",
		`chargeyard_connections_closed_total{cause="replaced"}`: "1",
		`chargeyard_connections_closed_total{cause="network"}`:  "1",
	})
	for series := range r.scrape() {
		if strings.Contains(series, "NoSuchAction") || strings.Contains(series, "MadeUp") {
			t.Errorf("a station made the series %s", series)
		}
	}
}

func TestMetricsNeedATokenUnlessTheyArePublic(t *testing.T) {
	for public, want := range map[bool]int{false: http.StatusUnauthorized, true: http.StatusOK} {
		r := serve(t, Config{MetricsPublic: public})
		resp, err := http.Get("http://" + r.srv.APIAddr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("public %v: status %d", public, resp.StatusCode)
		}
	}
}

// docs/metrics.md is made of what the server registers.
func TestMetricsAreDocumented(t *testing.T) {
	r := serve(t, Config{})
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat GET /metrics on the operators' listener has for Prometheus. Generated by `go test ./internal/server -run Documented -update`\n" +
		"from what the server registers. The usual metrics of a Go process (`go_*`, `process_*`) are there, too.\n\n" +
		"| name | type | labels | what it is |\n|---|---|---|---|\n")
	for _, f := range r.srv.metrics.families {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.name, f.kind, f.labels, f.help)
	}
	b.WriteString("\nA label has one of these values, or \"other\":\n\n")
	for _, l := range [][2]string{
		{"direction", strings.Join(directions[:], ", ")}, {"version", "1.6, 2.0.1, 2.1"}, {"outcome", strings.Join(callOutcomeNames[:], ", ")},
		{"cause", strings.Join(closeCauses(), ", ")}, {"action", "the actions of OCPP"}, {"code", "the codes of CALLERRORs of OCPP"},
		{"reason", "as in GET /api/v1/refusals"}, {"operation", "the operations of /openapi.json"}, {"status", "HTTP status codes"},
	} {
		fmt.Fprintf(&b, "- %s: %s\n", l[0], l[1])
	}
	const path = "../../docs/metrics.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != b.String() {
		t.Errorf("docs/metrics.md is out of date: run go test ./internal/server -run Documented -update (%v)", err)
	}
}

// A frame is on the hot path of every message.
func BenchmarkTap(b *testing.B) {
	m := newMetrics("", protocols())
	f := ocpp.Frame{Version: ocpp.V16, Data: []byte(`[3,"1234",{"currentTime":"2026-05-04T12:00:00Z"}]`)}
	b.ReportAllocs()
	for b.Loop() {
		m.tap(f)
	}
}

func BenchmarkCalled(b *testing.B) {
	m := newMetrics("", protocols())
	x := &ocpp.Exchange{Action: ocpp.Action{Version: ocpp.V16, Name: "Heartbeat"}, Inbound: true}
	b.ReportAllocs()
	for b.Loop() {
		m.called(x, 1234567, nil)
	}
}
