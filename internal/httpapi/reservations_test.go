package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// fakeReservations keeps one reservation.
type fakeReservations struct {
	one    fleet.Reservation
	listed store.ReservationQuery // the last one
}

func (f *fakeReservations) Reservation(_ context.Context, number int64) (fleet.Reservation, error) {
	if number != f.one.Number {
		return fleet.Reservation{}, store.ErrNotFound
	}
	return f.one, nil
}

func (f *fakeReservations) ListReservations(_ context.Context, q store.ReservationQuery) (store.Page[fleet.Reservation], error) {
	f.listed = q
	return store.Page[fleet.Reservation]{Items: []fleet.Reservation{f.one}}, nil
}

func (*fakeFleet) CurrentLists(context.Context) (map[string]string, error) { return nil, nil }

func (f *fakeFleet) CancelReservation(_ context.Context, r fleet.Reservation, _ time.Duration) (fleet.Reservation, error) {
	if f.err != nil {
		return r, f.err
	}
	return r.CancelAnswered("Accepted", time.Now()), nil
}

func TestReservationsAreShownAndCanceled(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	r.store.one = fleet.Reservation{
		Number: 12, Station: "A", ID: 7, EVSE: 1, Token: fleet.IDToken{Value: "CARD", Type: "eMAID"}, State: fleet.ReservationAccepted, Answer: "Accepted",
		ExpiresAt: at, RequestedAt: at, UpdatedAt: at,
	}
	got := r.do(http.MethodGet, "/api/v1/reservations/12", "", http.StatusOK)
	wantFields(t, got, map[string]any{
		"number": 12.0, "station": "A", "reservationId": 7.0, "state": "accepted", "answer": "Accepted", "evse": 1.0, "connectorType": nil, "idToken": "CARD",
		"idTokenType": "eMAID", "groupIdToken": nil, "expires": "2026-05-01T10:00:00Z", "transactionId": nil, "ended": nil,
	})
	r.do(http.MethodGet, "/api/v1/reservations?station=A&state=accepted&open=true&token=card&limit=5", "", http.StatusOK)
	if q := r.store.listed; q.Station != "A" || q.State != fleet.ReservationAccepted || q.Open == nil || !*q.Open || q.Token != "card" || q.Limit != 5 {
		t.Errorf("asked: %+v", q)
	}
	r.do(http.MethodGet, "/api/v1/reservations/13", "", http.StatusNotFound)
	wantFields(t, r.do(http.MethodDelete, "/api/v1/reservations/12", "", http.StatusOK), map[string]any{"state": "canceled"})
	r.do(http.MethodDelete, "/api/v1/reservations/13", "", http.StatusNotFound)
	r.fleet.err = &httpapi.CommandError{Outcome: httpapi.CommandOffline, Detail: "offline"}
	r.do(http.MethodDelete, "/api/v1/reservations/12", "", http.StatusConflict)
	r.store.one.State = fleet.ReservationUsed
	r.do(http.MethodDelete, "/api/v1/reservations/12", "", http.StatusConflict)
}

func TestARemoteStartWhoseTokenMayNotChargeIsRefused(t *testing.T) {
	r := newRig(t)
	r.fleet.err = &httpapi.CommandError{Outcome: httpapi.CommandToken, Detail: "blocked", Pointer: "/idTag"}
	got := r.do(http.MethodPost, "/api/v1/stations/A/commands", `{"action":"RemoteStartTransaction","payload":{"idTag":"x"}}`, http.StatusConflict)
	if fault := got["errors"].([]any)[0].(map[string]any); fault["pointer"] != "/payload/idTag" || fault["detail"] != "blocked" {
		t.Errorf("%v", fault)
	}
	r.fleet.keptErr = r.fleet.err
	got = r.do(http.MethodPost, "/api/v1/stations/A/start", `{"idToken":{"value":"x"}}`, http.StatusConflict)
	if fault := got["errors"].([]any)[0].(map[string]any); fault["pointer"] != "/idToken" {
		t.Errorf("%v", fault)
	}
}
