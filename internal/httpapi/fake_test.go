package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

const token = "secret-api-token"

// fakeStore answers from fields, and fails with err when that is set.
type fakeStore struct {
	err          error
	stations     map[string]fleet.StationDetail
	credentials  map[string]fleet.Credential
	transactions []fleet.Transaction
	samples      []fleet.TransactionSample
	asked        any // the last query
	devices      fakeDevices
	fakeTokens
	fakeReservations
	kept           *fleet.Command
	store.Charging // nil: its own tests use a real store
	fakeTariffs
	keptBulk *fleet.Bulk
}

func (f *fakeStore) CreateStation(_ context.Context, s store.NewStation) error {
	if f.stations[s.ID].Known {
		return store.ErrExists
	}
	f.stations[s.ID] = fleet.StationDetail{Station: fleet.Station{ID: s.ID, Known: true, Profile: s.Profile, CreatedAt: s.At}}
	f.credentials[s.ID] = s.Credential
	return f.err
}

func (f *fakeStore) SetCredential(_ context.Context, id string, c fleet.Credential) error {
	if _, ok := f.stations[id]; !ok {
		return store.ErrNotFound
	}
	f.credentials[id] = c
	return f.err
}

func (f *fakeStore) RaiseProfile(_ context.Context, id string, profile int) error {
	s, ok := f.stations[id]
	switch {
	case !ok:
		return store.ErrNotFound
	case profile < s.Profile:
		return store.ErrLowerProfile
	case profile < 3 && f.credentials[id].IsZero():
		return store.ErrNoKey
	}
	s.Profile = profile
	f.stations[id] = s
	return f.err
}

func (f *fakeStore) DeleteStation(_ context.Context, id string) error {
	if _, ok := f.stations[id]; !ok {
		return store.ErrNotFound
	}
	delete(f.stations, id)
	return f.err
}

func (f *fakeStore) ChangeBootPolicy(_ context.Context, id string, c store.BootChange) error {
	s, ok := f.stations[id]
	if !ok {
		return store.ErrNotFound
	}
	if c.Status != nil {
		s.BootPolicy.Status = *c.Status
	}
	if c.Retry != nil {
		s.BootPolicy.Retry = *c.Retry
	}
	if c.Heartbeat != nil {
		s.BootPolicy.Heartbeat = *c.Heartbeat
	}
	f.stations[id] = s
	return f.err
}

func (f *fakeStore) Station(_ context.Context, id string) (fleet.StationDetail, error) {
	s, ok := f.stations[id]
	if !ok {
		return s, store.ErrNotFound
	}
	return s, f.err
}

func (f *fakeStore) ListStations(_ context.Context, q store.StationQuery) (store.Page[fleet.StationDetail], error) {
	f.asked = q
	if q.Cursor != "" {
		return store.Page[fleet.StationDetail]{}, store.ErrCursor
	}
	p := store.Page[fleet.StationDetail]{Next: "more"}
	for _, s := range f.stations {
		p.Items = append(p.Items, s)
	}
	return p, f.err
}

func (f *fakeStore) Transaction(_ context.Context, station, id string) (fleet.Transaction, error) {
	var found []fleet.Transaction
	for _, t := range f.transactions {
		if t.ID == id && (station == "" || t.Station == station) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return fleet.Transaction{}, store.ErrNotFound
	case 1:
		return found[0], f.err
	}
	return fleet.Transaction{}, store.ErrAmbiguous
}

func (f *fakeStore) ListTransactions(_ context.Context, q store.TransactionQuery) (store.Page[fleet.Transaction], error) {
	f.asked = q
	return store.Page[fleet.Transaction]{Items: f.transactions}, f.err
}

func (f *fakeStore) Samples(_ context.Context, q store.SampleQuery) (store.Page[fleet.TransactionSample], error) {
	f.asked = q
	return store.Page[fleet.TransactionSample]{Items: f.samples}, f.err
}

func (f *fakeStore) MeterValues(_ context.Context, q store.MeterQuery) (store.Page[fleet.Metered], error) {
	return pageOf(f, q, q.Cursor, []fleet.Metered{{Station: q.Station, EVSE: 2, Samples: []fleet.Sample{{Value: "1.50"}}}, {}})
}

func (f *fakeStore) ListRefusals(_ context.Context, q store.RefusalQuery) (store.Page[fleet.Refused], error) {
	f.asked = q
	return store.Page[fleet.Refused]{Items: []fleet.Refused{{Station: "X", Reason: "unknown", Address: "192.0.2.1:9"}}}, f.err
}

// fakeFleet answers commands from fields.
type fakeFleet struct {
	answer httpapi.CommandAnswer
	err    error
	wait   time.Duration
	got    httpapi.Command
	closed []string

	bulk    httpapi.BulkResult
	gotBulk httpapi.Bulk

	fakeCommands
	fakeBulks
}

func (f *fakeFleet) Command(ctx context.Context, c httpapi.Command) (httpapi.CommandAnswer, error) {
	f.got = c
	if f.wait > 0 {
		select {
		case <-time.After(f.wait):
		case <-ctx.Done():
			return httpapi.CommandAnswer{}, ctx.Err()
		}
	}
	return f.answer, f.err
}

func (f *fakeFleet) Bulk(_ context.Context, b httpapi.Bulk) (httpapi.BulkResult, error) {
	f.gotBulk = b
	return f.bulk, f.err
}

func (f *fakeFleet) Disconnect(station, _ string) { f.closed = append(f.closed, station) }

func (f *fakeFleet) DisconnectBelow(station string, profile int, reason string) {
	f.closed = append(f.closed, fmt.Sprint(station, " below ", profile, ": ", reason))
}

type oneToken struct{ err error }

func (o oneToken) VerifyToken(_ context.Context, t string) (bool, error) { return t == token, o.err }

// rig is an API on fakes.
type rig struct {
	t     *testing.T
	store *fakeStore
	fleet *fakeFleet
	http  http.Handler
}

func newRig(t *testing.T, change ...func(*httpapi.Options)) *rig {
	t.Helper()
	r := &rig{t: t, fleet: &fakeFleet{}, store: &fakeStore{
		stations: map[string]fleet.StationDetail{}, credentials: map[string]fleet.Credential{},
	}}
	o := httpapi.Options{Store: r.store, Fleet: r.fleet, Tokens: oneToken{}}
	for _, c := range change {
		c(&o)
	}
	h, err := httpapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.http = h
	return r
}

// do sends a request with the token and demands a status. It returns the body as a JSON object.
func (r *rig) do(method, path, body string, want int) map[string]any {
	r.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return r.send(req, want)
}

func (r *rig) send(req *http.Request, want int) map[string]any {
	r.t.Helper()
	rec := httptest.NewRecorder()
	r.http.ServeHTTP(rec, req)
	if rec.Code != want {
		r.t.Fatalf("%s %s: status %d, want %d: %s", req.Method, req.URL, rec.Code, want, rec.Body)
	}
	if want >= 400 && !strings.HasPrefix(req.URL.Path, "/readyz") {
		if ct := rec.Header().Get("Content-Type"); ct != "application/problem+json" {
			r.t.Errorf("%s %s: Content-Type %q, want a problem", req.Method, req.URL, ct)
		}
	}
	if rec.Body.Len() == 0 {
		return nil
	}
	var m map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &m); err != nil {
		r.t.Fatalf("%s %s: %v in %s", req.Method, req.URL, err, rec.Body)
	}
	return m
}

// firstFault returns the pointer or parameter of the first fault of a problem.
func firstFault(t *testing.T, p map[string]any) string {
	t.Helper()
	list, _ := p["errors"].([]any)
	if len(list) == 0 {
		t.Fatalf("a problem without faults: %v", p)
	}
	f := list[0].(map[string]any)
	if s, ok := f["pointer"].(string); ok {
		return s
	}
	s, _ := f["parameter"].(string)
	return s
}
