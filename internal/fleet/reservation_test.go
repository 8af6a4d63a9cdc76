package fleet

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheStatesOfAReservation(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	asked := Reservation{State: ReservationRequested, RequestedAt: noon, ExpiresAt: noon.Add(time.Hour), Token: IDToken{Value: "x"}}
	accepted := asked.Answered("Accepted", noon)
	for name, test := range map[string]struct {
		got  Reservation
		want ReservationState
	}{
		"accepted":                 {accepted, ReservationAccepted},
		"occupied":                 {asked.Answered("Occupied", noon), ReservationRefused},
		"an error":                 {asked.Refused("NotSupported", noon), ReservationRefused},
		"not sent":                 {asked.Failed(false, "offline", noon), ReservationUnsent},
		"no answer":                {asked.Failed(true, "timeout", noon), ReservationRequested},
		"no answer, and accepted":  {accepted.Failed(false, "offline", noon), ReservationAccepted},
		"too early":                {accepted.Expire(noon.Add(time.Hour - 1)), ReservationAccepted},
		"expired":                  {accepted.Expire(noon.Add(time.Hour)), ReservationExpired},
		"expired without answer":   {asked.Expire(noon.Add(time.Hour)), ReservationExpired},
		"the station says expired": {accepted.Updated("Expired", noon), ReservationExpired},
		"removed":                  {accepted.Updated("Removed", noon), ReservationRemoved},
		"no transaction":           {accepted.Updated("NoTransaction", noon), ReservationUsed},
		"nonsense":                 {accepted.Updated("Nonsense", noon), ReservationAccepted},
		"canceled":                 {accepted.CancelAnswered("Accepted", noon), ReservationCanceled},
		"canceled, not known":      {accepted.CancelAnswered("Rejected", noon), ReservationCanceled},
		"used":                     {accepted.Used("1", noon), ReservationUsed},
		"used after it expired":    {accepted.Expire(noon.Add(time.Hour)).Used("1", noon), ReservationUsed},
		"answered after its end":   {asked.Expire(noon.Add(time.Hour)).Answered("Accepted", noon), ReservationExpired},
	} {
		if test.got.State != test.want || test.got.State.Open() != test.got.EndedAt.IsZero() {
			t.Errorf("%s: %s, ended %v", name, test.got.State, test.got.EndedAt)
		}
	}
	if got := asked.Answered("Occupied", noon).Answer; got != "Occupied" {
		t.Errorf("answer %q", got)
	}
	if got := accepted.Updated("NoTransaction", noon).Used("7", noon).Transaction; got != "7" {
		t.Errorf("transaction %q after all", got)
	}
}

func TestWhoMayUseAReservation(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	r := Reservation{
		State: ReservationAccepted, EVSE: 2, Token: IDToken{"Card", "ISO14443"}, Group: IDToken{Value: "Family"}, RequestedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
	q := Question{Token: IDToken{"CARD", "iso14443"}, EVSE: 2, At: noon.Add(time.Minute)}
	change := func(f func(*Question)) Question { c := q; f(&c); return c }
	for name, test := range map[string]struct {
		q     Question
		group string
		want  bool
	}{
		"the token":          {q, "", true},
		"of OCPP 1.6":        {change(func(q *Question) { q.Token.Type = "" }), "", true},
		"of another type":    {change(func(q *Question) { q.Token.Type = "eMAID" }), "", false},
		"another token":      {change(func(q *Question) { q.Token.Value = "other" }), "", false},
		"of the group":       {change(func(q *Question) { q.Token.Value = "other" }), "FAMILY", true},
		"of another group":   {change(func(q *Question) { q.Token.Value = "other" }), "other", false},
		"elsewhere":          {change(func(q *Question) { q.EVSE = 1 }), "", false},
		"nobody knows where": {change(func(q *Question) { q.EVSE = 0 }), "", true},
		"too early":          {change(func(q *Question) { q.At = noon.Add(-1) }), "", false},
		"too late":           {change(func(q *Question) { q.At = noon.Add(time.Hour) }), "", false},
	} {
		if got := r.For(test.q, test.group); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if r.EVSE = 0; !r.For(change(func(q *Question) { q.EVSE = 1 }), "") {
		t.Error("any place: refused")
	}
	if r.State = ReservationCanceled; r.For(q, "") {
		t.Error("canceled, and yet used")
	}
}

// Whatever is heard in whatever order, a reservation that was used stays so, one that has ended stays ended, and none expires
// before its time.
func TestReservationsUnderAnyMessages(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		r := Reservation{State: ReservationRequested, RequestedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		now, used := noon, false
		for range rapid.IntRange(0, 12).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "minutes")) * time.Minute)
			before := r
			switch rapid.IntRange(0, 6).Draw(t, "message") {
			case 0:
				r = r.Answered(rapid.SampledFrom([]string{"Accepted", "Occupied"}).Draw(t, "answer"), now)
			case 1:
				r = r.Failed(rapid.Bool().Draw(t, "sent"), "", now)
			case 2:
				r, used = r.Used("1", now), true
			case 3:
				r = r.Updated(rapid.SampledFrom([]string{"Expired", "Removed", "NoTransaction", "x"}).Draw(t, "update"), now)
			case 4:
				r = r.CancelAnswered(rapid.SampledFrom([]string{"Accepted", "Rejected"}).Draw(t, "cancel"), now)
			case 5:
				if r = r.Expire(now); r.State == ReservationExpired && before.State.Open() && now.Before(r.ExpiresAt) {
					t.Fatal("expired before its time")
				}
			case 6:
				r = r.Refused("", now)
			}
			if used && (r.State != ReservationUsed || r.Transaction != "1") {
				t.Fatalf("used, and yet %+v", r)
			}
			if !before.State.Open() && r.State != before.State && r.State != ReservationUsed {
				t.Fatalf("from %s to %s", before.State, r.State)
			}
			if r.State.Open() != r.EndedAt.IsZero() {
				t.Fatalf("%s, ended %v", r.State, r.EndedAt)
			}
		}
	})
}
