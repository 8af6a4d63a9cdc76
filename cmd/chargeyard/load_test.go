package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/simulator"
)

// The load: stations with sessions, and how many of them are asked for something in a second.
const (
	loadStations = 2000
	loadPace     = 200
	loadToken    = "load-token-0123456789"
)

type loadAsk struct{ name, body string }

// loadAsks is what the stations are asked for at the same time, each kind by a bulk command of its own with its part of the pace: a
// request as it is in all versions, and verbs that become requests of the version of each.
var loadAsks = []loadAsk{
	{"ClearCache", `"action":"ClearCache"`},
	{"set-variables", `"verb":"set-variables","arguments":{"values":[{"component":"OCPPCommCtrlr","variable":"HeartbeatInterval","value":"600"}]}`},
	{"trigger", `"verb":"trigger","arguments":{"message":"heartbeat"}`},
	{"limit", `"verb":"limit","arguments":{"evse":1,"amperes":16}`},
}

// TestLoad has 2,000 simulated stations with sessions at a process of its own, and 200 commands of bulk commands a second for
// as long as LOAD_SECONDS says. It reports how long commits and calls took and what memory the server had, and demands that
// every command was answered, and accepted, and every session is as the stations have it.
func TestLoad(t *testing.T) {
	seconds, err := strconv.Atoi(os.Getenv("LOAD_SECONDS"))
	if err != nil {
		t.Skip("it takes the seconds that LOAD_SECONDS says, and two cores for itself")
	}
	t.Setenv("CHARGEYARD_API_TOKEN", loadToken)
	p := process(t, filepath.Join(t.TempDir(), "data"))
	defer http.DefaultClient.CloseIdleConnections()
	fleet, err := simulator.New(simulator.Options{URL: p.stations, Stations: loadStations, RampUp: 10 * time.Second, Seed: 1, Drain: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(ctx) })
	for fleet.Counts().Connected < loadStations || askLoad(t, p, http.MethodGet, "/stations?online=true&limit=1000", "")["next"] == nil {
		if t.Context().Err() != nil {
			t.Fatal("the stations do not all come")
		}
	}
	before, begun := commitBuckets(t, p), time.Now()
	took := map[string][]float64{}
	commands := 0
	for time.Since(begun) < time.Duration(seconds)*time.Second {
		loadOnce(t, p, took)
		commands += loadStations * len(loadAsks)
	}
	passed := time.Since(begun)
	after := commitBuckets(t, p)
	rss, peak := memoryOf(t, p.Process.Pid)
	counts := fleet.Counts()
	stop()
	running.Wait()
	t.Logf("%d stations, %+v", loadStations, counts)
	var all []float64
	for _, ask := range loadAsks {
		all = append(all, took[ask.name]...)
		logCalls(t, ask.name, took[ask.name])
	}
	logCalls(t, "all of them", all)
	t.Logf("%d commands in %v, %.0f/s; accepted %d", commands, passed.Round(time.Second), float64(commands)/passed.Seconds(), len(all))
	total, p50, p99 := commitQuantiles(before, after)
	t.Logf("commits: %.0f, %.0f/s; p50 below %.2f ms, p99 below %.2f ms", total, total/passed.Seconds(), p50, p99)
	t.Logf("memory of the server: %d MiB resident, %d MiB at most", rss>>10, peak>>10)
	if len(all) != commands {
		t.Errorf("%d of %d commands were accepted", len(all), commands)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// loadOnce asks all stations once for each of loadAsks, and adds how long each answer took in milliseconds.
func loadOnce(t *testing.T, p serving, took map[string][]float64) {
	t.Helper()
	post := func(ask loadAsk, wait int) any { // with the same key it is the same bulk command
		body := fmt.Sprintf(`{%s,"select":{"online":true},"pace":%d,"concurrency":%d,"key":"%s-%d","wait":%d}`,
			ask.body, loadPace/len(loadAsks), loadPace, ask.name, len(took[ask.name]), wait)
		return askLoad(t, p, http.MethodPost, "/bulks", body)["id"]
	}
	for _, ask := range loadAsks {
		post(ask, 0)
	}
	for _, ask := range loadAsks {
		id := post(ask, 60)
		logRest(t, p, ask.name, id)
		path := fmt.Sprintf("/bulks/%v/commands?state=answered&status=Accepted&limit=1000", id)
		for cursor := ""; ; {
			page := askLoad(t, p, http.MethodGet, path+cursor, "")
			for _, item := range page["items"].([]any) {
				c := item.(map[string]any)
				took[ask.name] = append(took[ask.name], instantOf(t, c["ended"]).Sub(instantOf(t, c["sent"])).Seconds()*1000)
			}
			if page["next"] == nil {
				break
			}
			cursor = fmt.Sprintf("&cursor=%v", page["next"])
		}
	}
}

// logRest says what became of commands that were not accepted.
func logRest(t *testing.T, p serving, name string, id any) {
	t.Helper()
	b := askLoad(t, p, http.MethodGet, fmt.Sprintf("/bulks/%v", id), "")
	if counts, statuses := fmt.Sprint(b["counts"]), fmt.Sprint(b["statuses"]); counts != fmt.Sprintf("map[answered:%d]", loadStations) ||
		statuses != fmt.Sprintf("map[Accepted:%d]", loadStations) {
		t.Logf("%s: %s, %s", name, counts, statuses)
	}
	for _, state := range []string{"refused", "timeout", "unknown", "expired", "canceled", "invalid"} {
		for _, item := range askLoad(t, p, http.MethodGet, fmt.Sprintf("/bulks/%v/commands?state=%s&limit=3", id, state), "")["items"].([]any) {
			t.Log(name, item)
		}
	}
}

func logCalls(t *testing.T, name string, took []float64) {
	t.Helper()
	if slices.Sort(took); len(took) > 0 {
		t.Logf("%-13s from the commit of \"sent\" to the answer: p50 %.2f ms, p99 %.2f ms, longest %.1f ms",
			name, quantile(took, 0.5), quantile(took, 0.99), took[len(took)-1])
	}
}

func instantOf(t *testing.T, v any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(v))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func askLoad(t *testing.T, p serving, method, path, body string) map[string]any {
	t.Helper()
	return askWith(t, loadToken, method, p.api+path, body)
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// commitBuckets reads the histogram of the durations of commits: the count of those up to each bound, in seconds.
func commitBuckets(t *testing.T, p serving) map[float64]float64 {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(p.api, "/api/v1")+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+loadToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buckets := map[float64]float64{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		rest, ok := strings.CutPrefix(lines.Text(), `chargeyard_store_commit_seconds_bucket{le="`)
		bound, count, found := strings.Cut(rest, `"} `)
		if !ok || !found {
			continue
		}
		le, err := strconv.ParseFloat(bound, 64)
		n, err2 := strconv.ParseFloat(count, 64)
		if err != nil || err2 != nil {
			t.Fatal(lines.Text())
		}
		buckets[le] = n
	}
	return buckets
}

// commitQuantiles returns how many commits there were between two looks, and the bounds in milliseconds below which half of
// them and 99 % of them stayed, interpolated within their buckets.
func commitQuantiles(before, after map[float64]float64) (total, p50, p99 float64) {
	var bounds []float64
	for le := range after {
		bounds = append(bounds, le)
	}
	slices.Sort(bounds)
	total = after[math.Inf(1)] - before[math.Inf(1)]
	at := func(q float64) float64 {
		low, below := 0.0, 0.0
		for _, le := range bounds {
			n := after[le] - before[le]
			if n >= q*total {
				if math.IsInf(le, 1) {
					return low * 1000
				}
				return (low + (le-low)*(q*total-below)/(n-below)) * 1000
			}
			low, below = le, n
		}
		return math.NaN()
	}
	return total, at(0.5), at(0.99)
}

// memoryOf returns what a process has in memory now and had at most, in KiB.
func memoryOf(t *testing.T, pid int) (rss, peak int) {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("there is no /proc here")
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		n, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "VmRSS:":
			rss = n
		case "VmHWM:":
			peak = n
		}
	}
	return rss, peak
}
