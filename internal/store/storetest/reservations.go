package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func reservation(station string, id int64, token string) fleet.Reservation {
	return fleet.Reservation{
		Station: station, ID: id, EVSE: 1, Token: idToken(token, "ISO14443"), Group: idToken("Family", ""), ExpiresAt: noon.Add(time.Hour),
	}
}

// reserve asks, and is answered.
func (f *fixture) reserve(r fleet.Reservation, answer string) fleet.Reservation {
	f.Helper()
	f.submit(fleet.ReservationAsked{Received: noon, Reservation: r})
	f.submit(fleet.ReservationAnswered{Received: noon, Reservation: r, Status: answer})
	return f.reservation(r.Station, r.ID)
}

// reservation is the latest of an id.
func (f *fixture) reservation(station string, id int64) fleet.Reservation {
	f.Helper()
	p, err := f.ListReservations(f.Context(), store.ReservationQuery{Station: station, Limit: store.MaxLimit})
	f.ok(err)
	for _, r := range p.Items {
		if r.ID == id {
			return r
		}
	}
	f.Fatalf("there is no reservation %d at %s", id, station)
	return fleet.Reservation{}
}

func testReservations(f *fixture) {
	asked := reservation("A", 1, "Card")
	asked.ConnectorType = "cCCS2"
	f.submit(fleet.ReservationAsked{Received: noon, Reservation: asked})
	got := f.reservation("A", 1)
	want := asked
	want.Number, want.State, want.RequestedAt, want.UpdatedAt = got.Number, fleet.ReservationRequested, noon, noon
	equal(f, "requested", got, want)
	f.submit(fleet.ReservationAnswered{Received: noon, Reservation: asked, Status: "Accepted"})
	got, err := f.Reservation(f.Context(), got.Number)
	f.ok(err)
	equal(f, "accepted", fmt.Sprintf("%v %v %v", got.State, got.Answer, got.EndedAt.IsZero()), "accepted Accepted true")
	for answer, id := range map[string]int64{"Faulted": 2, "Occupied": 3, "Rejected": 4, "Unavailable": 5} {
		r := f.reserve(reservation("A", id, "Card"), answer)
		equal(f, answer, fmt.Sprintf("%v %v %v", r.State, r.Answer, r.EndedAt.Equal(noon)), "refused "+answer+" true")
	}
	f.submit(fleet.ReservationAsked{Received: noon, Reservation: reservation("A", 6, "Card")})
	f.submit(fleet.ReservationFailed{Station: "A", Received: noon, ID: 6, Detail: "offline"})
	equal(f, "not sent", f.reservation("A", 6).State, fleet.ReservationUnsent)
	f.submit(fleet.ReservationAsked{Received: noon, Reservation: reservation("A", 7, "Card")})
	f.submit(fleet.ReservationFailed{Station: "A", Received: noon, ID: 7, Refused: true, Detail: "NotSupported"})
	equal(f, "an error", f.reservation("A", 7).State, fleet.ReservationRefused)
	f.submit(fleet.ReservationFailed{Station: "A", Received: noon, ID: 99, Detail: "x"})
	f.submit(fleet.ReservationCancelAnswered{Station: "A", Received: noon, ID: 99, Status: "Accepted"})
	f.submit(fleet.ReservationAnswered{Received: noon, Reservation: reservation("A", 8, "Card"), Status: "Accepted"})
	equal(f, "an answer to what was not noted", f.reservation("A", 8).State, fleet.ReservationAccepted)
	if _, err := f.Reservation(f.Context(), 12345); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no such reservation: %v", err)
	}
}

// testReservationEnds: used by its number or by who comes, canceled, removed, expired; and told, once each.
func testReservationEnds(f *fixture) {
	for id, token := range map[int64]string{1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"} {
		r := reservation(fmt.Sprint("s", id), id, token)
		f.reserve(r, "Accepted")
	}
	byNumber := start2x("s1", "x", "somebody", noon)
	one := int64(1)
	byNumber.ReservationID = &one
	f.submit(byNumber)
	f.submit(byNumber)
	f.submit(start2x("s2", "x", "TWO", noon.Add(time.Minute)))
	f.putTokens(fleet.Token{IDToken: idToken("child", ""), Status: fleet.TokenAccepted, Group: "FAMILY"})
	f.submit(start2x("s3", "x", "child", noon.Add(time.Minute)))
	f.submit(start2x("s4", "x", "stranger", noon.Add(time.Minute)))
	f.submit(fleet.ReservationCancelAnswered{Station: "s4", Received: noon, ID: 4, Status: "Accepted"})
	told := fleet.Told{Station: "s5", Received: noon, Records: []fleet.Record{fleet.ReservationUpdate{ReservationID: 5, Status: "Removed"}}}
	f.submit(told)
	f.submit(told)
	f.submit(fleet.Told{Station: "s6", Received: noon, Records: []fleet.Record{fleet.ReservationUpdate{ReservationID: 6, Status: "Expired"}}})
	var states []string
	for id := range 7 {
		r := f.reservation(fmt.Sprint("s", id+1), int64(id+1))
		states = append(states, fmt.Sprint(r.State, " ", r.Transaction))
	}
	equal(f, "states", strings.Join(states, "; "), "used x; used x; used x; canceled ; removed ; expired ; accepted ")
	late := start2x("s6", "y", "six", noon)
	six := int64(6)
	late.ReservationID, late.Offline = &six, true
	f.submit(late)
	equal(f, "somebody had come in time", f.reservation("s6", 6).State, fleet.ReservationUsed)

	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{Limit: store.MaxLimit})
	f.ok(err)
	n := 0
	for _, x := range notices {
		if x.Kind == fleet.NoticeReservation {
			n++
		}
	}
	equal(f, "notices", n, 7*2+6+1)
}

// testReservationExpiry: also of those whose time was over while there was no server.
func testReservationExpiry(f *fixture) {
	ctx := f.Context()
	for i := range int64(3) {
		r := reservation("A", i, "Card")
		r.ExpiresAt = noon.Add(time.Duration(i+1) * time.Minute)
		f.reserve(r, "Accepted")
	}
	n, next, err := f.ExpireReservations(ctx, noon)
	f.ok(err)
	equal(f, "too early", n, 0)
	equalTime(f, "the next", next, noon.Add(time.Minute))
	f.restart(store.Options{})
	n, next, err = f.ExpireReservations(ctx, noon.Add(2*time.Minute))
	f.ok(err)
	equal(f, "expired", n, 2)
	equalTime(f, "the next", next, noon.Add(3*time.Minute))
	equal(f, "state", f.reservation("A", 1).State, fleet.ReservationExpired)
	n, next, err = f.ExpireReservations(ctx, noon.Add(time.Hour))
	f.ok(err)
	equal(f, "expired", n, 1)
	equal(f, "no next one", next.IsZero(), true)
}

// testReservationIDs: an id is free again when its reservation has ended, and one that is open is replaced (H01.FR.02).
func testReservationIDs(f *fixture) {
	ctx := f.Context()
	first, err := f.NewReservationID(ctx, "A")
	f.ok(err)
	second, err := f.NewReservationID(ctx, "A")
	f.ok(err)
	equal(f, "numbers rise", second > first && first > 0, true)
	f.reserve(reservation("A", second+1, "Card"), "Accepted") // somebody chose it
	third, err := f.NewReservationID(ctx, "A")
	f.ok(err)
	equal(f, "one that is taken is left out", third != second+1, true)

	f.reserve(reservation("B", 1, "one"), "Accepted")
	equal(f, "a refused replacement changes nothing", f.reserve(reservation("B", 1, "two"), "Occupied").Token.Value, "one")
	f.reserve(reservation("B", 1, "three"), "Accepted")
	p, err := f.ListReservations(ctx, store.ReservationQuery{Station: "B"})
	f.ok(err)
	equal(f, "replaced", fmt.Sprintf("%d %v %v %v", len(p.Items), p.Items[0].Token.Value, p.Items[0].State, p.Items[1].State), "2 three accepted canceled")
}

func testReservationFilters(f *fixture) {
	f.reserve(reservation("A", 1, "Ann"), "Accepted")
	f.reserve(reservation("A", 2, "Bob"), "Occupied")
	f.reserve(reservation("B", 1, "ann"), "Accepted")
	f.submit(fleet.ReservationCancelAnswered{Station: "B", Received: noon, ID: 1, Status: "Rejected"})
	yes, no := true, false
	for _, test := range []struct {
		q    store.ReservationQuery
		want string
	}{
		{store.ReservationQuery{}, "B1 A2 A1"},
		{store.ReservationQuery{Station: "A"}, "A2 A1"},
		{store.ReservationQuery{State: fleet.ReservationRefused}, "A2"},
		{store.ReservationQuery{State: fleet.ReservationCanceled}, "B1"},
		{store.ReservationQuery{Open: &yes}, "A1"},
		{store.ReservationQuery{Open: &no}, "B1 A2"},
		{store.ReservationQuery{Token: "ANN"}, "B1 A1"},
		{store.ReservationQuery{Token: "nobody"}, ""},
	} {
		var list []string
		for _, r := range all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Reservation], error) {
			test.q.Cursor, test.q.Limit = cursor, 1
			return f.ListReservations(ctx, test.q)
		}) {
			list = append(list, fmt.Sprint(r.Station, r.ID))
		}
		equal(f, fmt.Sprintf("%+v", test.q), strings.Join(list, " "), test.want)
	}
}

// testReservationDoubts: a start of the station leaves a doubt, which its connectors end.
func testReservationDoubts(f *fixture) {
	for id := range int64(4) {
		r := reservation("A", id+1, fmt.Sprint("T", id+1))
		r.EVSE = int(id)
		f.reserve(r, "Accepted")
	}
	status := func(evse int, status string) {
		f.submit(fleet.StatusReported{Station: "A", Received: noon, Time: noon, EVSE: evse, Connector: 1, Status: status})
	}
	is := func(id int64, state fleet.ReservationState, detail string) {
		f.Helper()
		r := f.reservation("A", id)
		if r.State != state || !strings.Contains(r.Detail, detail) || (detail == "") != (r.Detail == "") {
			f.Errorf("reservation %d is %s: %s", id, r.State, r.Detail)
		}
	}
	status(1, "Available") // it was, before it was reserved
	is(2, fleet.ReservationAccepted, "")
	f.submit(fleet.Booted{Station: "A", Received: noon, Version: "2.0.1"})
	for id := range int64(4) {
		is(id+1, fleet.ReservationAccepted, "may have lost it")
	}
	status(1, "Available")
	status(2, "Reserved")
	status(3, "Unavailable")
	is(1, fleet.ReservationAccepted, "may have lost it")
	is(2, fleet.ReservationRemoved, "started again")
	is(3, fleet.ReservationAccepted, "")
	is(4, fleet.ReservationAccepted, "may have lost it")
	status(2, "Available")
	is(3, fleet.ReservationAccepted, "")
}

// testReservationContradictions: news of a reservation that nobody asked for, and somebody else at a place that is kept free.
func testReservationContradictions(f *fixture) {
	found := func() (list []string) {
		for _, k := range f.records(store.RecordQuery{Kind: fleet.RecordContradiction, Station: "A"}) {
			list = append(list, k.Record.Subject())
		}
		return list
	}
	r := reservation("A", 1, "Card")
	f.reserve(r, "Accepted")
	unknown := fleet.Told{Station: "A", Received: noon, Records: []fleet.Record{fleet.ReservationUpdate{ReservationID: 77, Status: "Removed"}}}
	f.submit(unknown)
	f.submit(unknown)
	equal(f, "an unknown reservation", fmt.Sprint(found()), "[ReservationUpdate/reservation]")
	other := start2x("A", "x", "stranger", noon.Add(time.Minute))
	other.EVSE = 2
	f.submit(other)
	late := start2x("A", "late", "stranger", r.ExpiresAt)
	late.EVSE = 1
	f.submit(late)
	equal(f, "at another place, and after its time", len(found()), 1)
	other.TransactionID, other.EVSE = "y", 1
	f.submit(other)
	f.submit(other)
	equal(f, "at its place", fmt.Sprint(found()), "[TransactionEvent/reservation/1 ReservationUpdate/reservation]")
	equal(f, "it is kept", f.reservation("A", 1).State, fleet.ReservationAccepted)
	f.submit(start2x("A", "z", "Card", noon.Add(2*time.Minute)))
	equal(f, "who has come", f.reservation("A", 1).State, fleet.ReservationUsed)
	equal(f, "no news", len(found()), 2)
}
