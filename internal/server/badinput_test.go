package server

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Every operation of the API, as its own description tells, is given everything that its description forbids: each
// parameter and each field of its body is wrong once in each way that there is. All of it must be refused with 4xx, as a
// problem that names the place, and must change nothing. An operation that is added later is in here by being described.
// With -short each mistake is made at one in four of the places where it can be made.
func TestEveryBadInputIsRefusedAndChangesNothing(t *testing.T) {
	r := serve(t, Config{Stations: ModeKnown})
	w := &walker{rig: r, client: &http.Client{Timeout: patience}, kinds: map[string]int{}, huge: bytes.Repeat([]byte(" "), 2<<20)}
	t.Cleanup(w.client.CloseIdleConnections)
	w.seed()
	w.document()
	before := w.snapshot()
	for _, group := range w.groups() {
		for _, op := range group {
			w.walk(op)
		}
		after := w.snapshot()
		if after != before {
			t.Errorf("bad input to %s or another of its %d operations changed something:\n%s\nbefore:\n%s", group[0].path, len(group), after, before)
		}
		before = after
	}
	t.Logf("%d operations, %d probes, %d of them sent: %v", len(w.operations()), w.probes, w.sent, w.kinds)
	if w.probes < 10_000 {
		t.Errorf("only %d probes: the walk does not reach the operations any more", w.probes)
	}
}

// walker sends what is wrong.
type walker struct {
	*rig
	client *http.Client
	doc    map[string]any
	huge   []byte // white space before what is too large
	probes int
	sent   int
	kinds  map[string]int
	ids    map[string]string // a value of each path parameter that exists, by the path before it
}

// seed makes something of everything, so that there is something to change.
func (w *walker) seed() {
	key := w.create("CP-1", 1)
	w.create("CP-2", 0)
	w.api(http.MethodPost, "/tokens", `{"value":"CARD","type":"ISO14443","group":"G"}`, http.StatusCreated)
	w.api(http.MethodPut, "/token-groups/G", `{"concurrent":2}`, http.StatusCreated)
	id := w.api(http.MethodPost, "/api-tokens", `{"name":"seed"}`, http.StatusCreated)["id"].(string)
	kept := w.api(http.MethodPost, "/stations/CP-2/commands", `{"action":"ClearCache","version":"1.6","expires":86400}`, http.StatusAccepted)["id"].(string)
	w.api(http.MethodPut, "/stations/CP-1/tags/depot", "", http.StatusNoContent)
	w.api(http.MethodPost, "/profiles", `{"id":"night","purpose":"TxDefaultProfile","kind":"Relative","stackLevel":0,"schedules":[{"unit":"A","periods":[{"start":0,"limit":16}]}]}`, http.StatusCreated)
	w.api(http.MethodPut, "/tariffs/T-1", `{"currency":"EUR","energy":0.49}`, http.StatusCreated)
	w.api(http.MethodPut, "/default-tariff", `{"tariff":"T-1"}`, http.StatusOK)
	bulk := w.api(http.MethodPost, "/bulks", `{"action":"ClearCache","select":{"stations":["CP-2"]},"expires":86400}`, http.StatusOK)["id"].(string)
	w.api(http.MethodPost, "/sites", `{"id":"garage","unit":"A","limit":63}`, http.StatusCreated)
	w.api(http.MethodPut, "/sites/garage/members/CP-2", `{"max":32}`, http.StatusOK)
	p := w.connect("CP-1", "ocpp1.6", login{password: []byte(key)})
	p.call("BootNotification", boot16)
	p.call("StartTransaction", `{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":`+t0+`}`)
	p.Close()
	w.create("CP-3", 0)
	p = w.connect("CP-3", "ocpp2.1", login{})
	p.call("TransactionEvent", `{"eventType":"Started","timestamp":`+t0+`,"triggerReason":"CablePluggedIn","seqNo":0,"transactionInfo":{"transactionId":"TX"}}`)
	p.Close()
	w.refused("stranger", login{}, http.StatusNotFound)
	w.eventually("the station is offline and the refusal is kept", func() bool {
		return len(w.items("/stations?online=true")) == 0 && len(w.items("/refusals")) == 1
	})
	w.eventually("the limit is shared", func() bool { return len(w.items("/sites/garage/allocations")) > 0 })
	w.eventually("its presence is written", func() bool {
		s, err := w.srv.store.Station(w.t.Context(), "CP-1")
		return err == nil && !s.Online && !s.DisconnectedAt.IsZero()
	})
	reservation := fleet.Reservation{Station: "CP-1", ID: 7, EVSE: 1, Token: fleet.IDToken{Value: "CARD"}, ExpiresAt: time.Now().Add(time.Hour)}
	if _, err := w.srv.store.Submit(w.t.Context(), fleet.ReservationAsked{Received: time.Now(), Reservation: reservation}); err != nil {
		w.t.Fatal(err)
	}
	w.ids = map[string]string{
		"/api/v1/stations/": "CP-1", "/api/v1/tokens/": "CARD", "/api/v1/api-tokens/": id, "/api/v1/commands/": kept,
		"/api/v1/profiles/": "night",
		"/api/v1/bulks/":    bulk,
		"/api/v1/sites/":    "garage", "/api/v1/sites/garage/members/": "CP-2",
		"/api/v1/transactions/": "CP-3:TX", // whose limits could be changed
	}
	w.ids["/api/v1/tariffs/"] = "T-1"
	w.ids["/api/v1/token-groups/"], w.ids["/api/v1/reservations/"] = "G", "1"
}

// groups are the operations of one kind of resource each, which share the look at whether anything changed.
func (w *walker) groups() (list [][]operation) {
	last := ""
	for _, op := range w.operations() {
		first, _, _ := strings.Cut(strings.TrimPrefix(op.path, "/api/v1/"), "/")
		if first != last {
			list, last = append(list, nil), first
		}
		list[len(list)-1] = append(list[len(list)-1], op)
	}
	return list
}

// snapshot is all that the API lists, what the store knows beyond that, and how much has happened. What changes by itself
// is not in it.
func (w *walker) snapshot() string {
	var b strings.Builder
	for _, op := range w.operations() {
		if op.method != http.MethodGet || strings.Contains(op.path, "{") || !w.isList(op) {
			continue
		}
		status, body := w.send(http.MethodGet, op.path, "", nil)
		fmt.Fprintf(&b, "%s %d %s\n", op.path, status, body)
	}
	for prefix, id := range w.ids {
		if status, body := w.send(http.MethodGet, prefix+id, "", nil); prefix != "/api/v1/api-tokens/" {
			fmt.Fprintf(&b, "%s %d %s\n", id, status, body)
		}
	}
	lines := strings.Split(b.String(), "\n")
	slices.Sort(lines)
	last := int64(0)
	for {
		notices, err := w.srv.store.ListNotices(w.t.Context(), store.NoticeQuery{After: last, Limit: store.MaxLimit})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(notices) == 0 {
			return strings.Join(append(lines, fmt.Sprint("notice ", last)), "\n")
		}
		last = notices[len(notices)-1].Number
	}
}

// isList tells lists, which are answered at once and stay as they are, from streams and figures.
func (w *walker) isList(op operation) bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.name == "cursor" }) || op.path == "/api/v1/api-tokens"
}
