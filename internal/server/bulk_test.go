package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// answering lets a raw station answer every CALL with f's frame, until its connection ends. A heartbeat of its own is
// not possible any more.
func (p *peer) answering(f func(id any) string) {
	go func() {
		for {
			text, err := p.ReadText()
			if err != nil {
				return
			}
			call := readFrame(text)
			if len(call) != 4 {
				continue
			}
			if answer := f(call[1]); answer != "" && p.SendText(answer) != nil {
				return
			}
		}
	}()
}

// readFrame returns nil for what is no frame.
func readFrame(text string) (frame []any) {
	if json.Unmarshal([]byte(text), &frame) != nil {
		return nil
	}
	return frame
}

func accept(id any) string { return fmt.Sprintf(`[3,%q,{"status":"Accepted"}]`, id) }

func reject(id any) string { return fmt.Sprintf(`[3,%q,{"status":"Rejected"}]`, id) }

func refuse(id any) string { return fmt.Sprintf(`[4,%q,"NotSupported","no",{}]`, id) }

func garble(id any) string { return fmt.Sprintf(`[3,%q,{"status":17}]`, id) }

func silent(any) string { return "" }

// The whole of a selection is counted, each station once, by what it did.
func TestABulkCommandCountsWhatEachStationDid(t *testing.T) {
	r := serve(t, Config{})
	for id, f := range map[string]func(any) string{
		"YES-1": accept, "YES-2": accept, "NO": reject, "REFUSES": refuse, "GARBLES": garble, "SILENT": silent,
	} {
		r.connect(id, "ocpp1.6", login{}).answering(f)
	}
	r.connect("NEW-201", "ocpp2.0.1", login{}).answering(accept)
	r.connect("NEW-21", "ocpp2.1", login{}).answering(accept)
	r.create("NEVER-SEEN", 1)

	all := r.api(http.MethodPost, "/commands", `{"action":"ChangeAvailability","payload":{"connectorId":0,"type":"Operative"},"timeout":0.3,"select":{"all":true}}`, http.StatusOK)
	want(t, all, map[string]any{
		"action": "ChangeAvailability", "selected": 9.0, "sent": 6.0, "answered": 3.0, "refused": 1.0, "timeout": 1.0,
		"offline": 1.0, "invalid": 2.0, "failed": 1.0, "omitted": 0.0,
	})
	if !same(t, all["statuses"], `{"Accepted":2,"Rejected":1}`) {
		t.Errorf("statuses: %v", all["statuses"])
	}
	problems := all["problems"].([]any)
	if len(problems) != 2 {
		t.Fatalf("problems: %v", problems)
	}
	for i, version := range []string{"2.0.1", "2.1"} {
		want(t, problems[i].(map[string]any), map[string]any{"version": version, "stations": 1.0, "pointer": "/payload/connectorId"})
	}
	outcomes := map[any]any{}
	for _, f := range all["failures"].([]any) {
		f := f.(map[string]any)
		outcomes[f["station"]] = f["outcome"]
	}
	for station, outcome := range map[string]string{"REFUSES": "refused", "GARBLES": "garbled", "SILENT": "timeout", "NEVER-SEEN": "offline"} {
		if outcomes[station] != outcome {
			t.Errorf("%s: %v, want %s", station, outcomes[station], outcome)
		}
	}
	r.wantRecords(map[fleet.CommandOutcome]int{fleet.CommandAnswered: 4, fleet.CommandRefused: 1, fleet.CommandTimeout: 1})
}

// wantRecords demands how the commands on record ended.
func (r *rig) wantRecords(want map[fleet.CommandOutcome]int) {
	r.t.Helper()
	notices, err := r.srv.store.ListNotices(r.t.Context(), store.NoticeQuery{Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[fleet.CommandOutcome]int{}
	for _, n := range notices {
		var d struct{ Outcome fleet.CommandOutcome }
		if n.Kind == fleet.NoticeCommand && json.Unmarshal(n.Data, &d) == nil {
			got[d.Outcome]++
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Errorf("on record: %v, want %v", got, want)
	}
}

func TestASelectionIsNarrowed(t *testing.T) {
	r := serve(t, Config{})
	r.connect("A", "ocpp1.6", login{}).answering(accept)
	r.connect("B", "ocpp2.0.1", login{}).answering(accept)
	r.create("C", 1)
	for selection, selected := range map[string]float64{
		`{"all":true}`:                                       3,
		`{"all":true,"online":true}`:                         2,
		`{"all":true,"version":"2.0.1"}`:                     1,
		`{"all":true,"version":"2.1"}`:                       0,
		`{"stations":["A","A","C","nobody"]}`:                3,
		`{"stations":["A","B","C"],"online":true}`:           2,
		`{"stations":["A","B","C","D"],"version":"1.6"}`:     1,
		`{"stations":["B"],"version":"1.6","online":true}`:   0,
		`{"stations":["B"],"version":"2.0.1","online":true}`: 1,
	} {
		got := r.api(http.MethodPost, "/commands", `{"action":"ClearCache","select":`+selection+`}`, http.StatusOK)
		if got["selected"] != selected {
			t.Errorf("%s selects %v, want %v", selection, got["selected"], selected)
		}
		sum := 0.0
		for _, count := range []string{"answered", "refused", "timeout", "offline", "invalid", "failed"} {
			sum += got[count].(float64)
		}
		if sum != selected {
			t.Errorf("%s: %v do not sum up", selection, got)
		}
	}
}

// While a bulk command waits for stations that do not answer, others are served, and no more are asked than it says.
func TestABulkCommandIsBoundedAndHoldsNobodyUp(t *testing.T) {
	const concurrency = 3
	r := serve(t, Config{})
	asked := make(chan string, 6)
	for i := range 6 {
		id := fmt.Sprintf("SILENT-%d", i)
		r.connect(id, "ocpp1.6", login{}).answering(func(any) string {
			asked <- id
			return ""
		})
	}
	neighbour := r.connect("Z-NEIGHBOUR", "ocpp1.6", login{})
	done := make(chan map[string]any)
	go func() {
		done <- r.api(http.MethodPost, "/commands", fmt.Sprintf(
			`{"action":"ClearCache","select":{"all":true},"timeout":1,"concurrency":%d,"details":2}`, concurrency), http.StatusOK)
	}()
	for range concurrency {
		<-asked
	}
	neighbour.call("Heartbeat", `{}`)
	neighbour.call("StartTransaction", `{"connectorId":1,"idTag":"CAFE","meterStart":0,"timestamp":`+t0+`}`)
	select {
	case id := <-asked:
		t.Errorf("%s was asked beside %d others", id, concurrency)
	default:
	}
	neighbour.answering(accept)
	got := <-done
	want(t, got, map[string]any{"selected": 7.0, "sent": 7.0, "answered": 1.0, "timeout": 6.0, "omitted": 4.0})
	if took := got["seconds"].(float64); took < 2 {
		t.Errorf("6 timeouts of 1 s each, 3 at a time, took %v s", took)
	}
}

func TestBulkCommandsAreBoundedInNumber(t *testing.T) {
	c := &commands{}
	c.bulks.Store(maxBulks)
	_, err := c.Bulk(t.Context(), httpapi.Bulk{})
	if failed, ok := err.(*httpapi.CommandError); !ok || failed.Outcome != httpapi.CommandBusy {
		t.Errorf("one too many: %v", err)
	}
	if n := c.bulks.Load(); n != maxBulks {
		t.Errorf("%d are under way", n)
	}
}

// A bulk command that changes keys is no way round the rule that the old key ends (rule R61).
func TestR61ABulkCommandChangesKeysToo(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	key := r.create("A", 1)
	r.connect("A", "ocpp1.6", login{password: []byte(key)}).answering(accept)
	got := r.api(http.MethodPost, "/commands",
		`{"action":"ChangeConfiguration","payload":{"key":"AuthorizationKey","value":"00112233445566778899aabbccddeeff"},"select":{"all":true}}`, http.StatusOK)
	want(t, got, map[string]any{"answered": 1.0})
	r.refused("A", login{password: []byte(key)}, http.StatusUnauthorized)
	r.connect("A", "ocpp1.6", login{password: []byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")})
}

// A store that fails costs the records and not the commands.
func TestABulkCommandIsCarriedOutWithoutItsRecords(t *testing.T) {
	records := newRecorder(failing{}, 100)
	for i := range 100 {
		records.add(httpapi.Command{Station: fmt.Sprint(i), Action: "ClearCache"}, time.Now(), nil, nil)
	}
	log := &lockedBuffer{}
	records.finish(slog.New(slog.NewTextHandler(log, nil)))
	if n := records.failed.Load(); n != 100 || !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "stations=100") {
		t.Errorf("%d are lost: %s", n, log)
	}
}

// slowIngest takes a while for each commit of at most a few records.
type slowIngest struct {
	hangingIngest
	slots chan struct{}
	took  time.Duration
}

func (s slowIngest) Defer(ctx context.Context, _ fleet.Event) (fleet.Result, error) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	select {
	case <-time.After(s.took):
		return fleet.Result{}, nil
	case <-ctx.Done():
		return fleet.Result{}, ctx.Err()
	}
}

// Records that need seconds, as in a storm, are all written. Those that need for ever are left out in the end, which
// is counted and no error: the commands were carried out.
func TestRecordsOfABulkCommandAreWrittenOrLeftOutKnowingly(t *testing.T) {
	const stations = 6400
	for name, c := range map[string]struct {
		took, limit time.Duration
		left        int64
	}{
		"a busy store": {80 * time.Millisecond, 8 * time.Second, 0},
		"a slow store": {900 * time.Millisecond, recordsTimeout, stations - 11*64},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := slowIngest{slots: make(chan struct{}, 64), took: c.took}
				records := newRecorder(s, stations)
				begun := time.Now()
				for i := range stations {
					records.add(httpapi.Command{Station: fmt.Sprint(i), Action: "ClearCache"}, begun, nil, nil)
				}
				log := &lockedBuffer{}
				records.finish(slog.New(slog.NewTextHandler(log, nil)))
				if took := time.Since(begun); took != c.limit {
					t.Errorf("the answer waited %v, want %v", took, c.limit)
				}
				if left := records.late.Load(); left != c.left || records.failed.Load() != 0 {
					t.Errorf("%d are left out, want %d", left, c.left)
				}
				if warned := strings.Contains(log.String(), fmt.Sprintf("stations=%d", c.left)); warned != (c.left > 0) || strings.Contains(log.String(), "ERROR") {
					t.Errorf("%d are left out: %q", c.left, log.String())
				}
			})
		})
	}
}
