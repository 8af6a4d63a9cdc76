package fleet

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

type limitTest struct {
	name   string
	q      Question
	f      Facts
	status TokenStatus
	reason DecisionReason
}

// limits are questions about a token with terms.
func limits(now time.Time) []limitTest {
	ask := Question{Token: IDToken{Value: "x"}, Station: "A", At: now, Purpose: PurposeAsk}
	start, stop, late, here := ask, ask, ask, ask
	start.Purpose, stop.Purpose, late.Purpose, here.Purpose = PurposeStart, PurposeStop, PurposeStart, PurposeStart
	late.Late, here.EVSE = true, 2
	hereStop := here
	hereStop.Purpose = PurposeStop
	with := func(t Token) Facts { t.Status = TokenAccepted; return Facts{Record: &t} }
	busy := Facts{Record: &Token{Status: TokenAccepted, Concurrent: 2}, Running: 2}
	group := Facts{Record: &Token{Status: TokenAccepted, Group: "g"}, Group: &TokenGroup{Concurrent: 3}, GroupRunning: 3}
	master := Facts{Record: &Token{Status: TokenAccepted, Group: "m"}, Group: &TokenGroup{MasterPass: true}}
	elsewhere := with(Token{Places: []Place{{Station: "B"}}})
	evse1 := with(Token{Places: []Place{{Station: "B"}, {Station: "A", EVSEs: []int{3, 1}}, {Station: "A", EVSEs: []int{1}}}})
	tagged := with(Token{Places: []Place{{Station: "B"}, {Tag: "depot", EVSEs: []int{2}}}})
	tagged.Tags = []string{"street", "depot"}
	untagged := with(Token{Places: []Place{{Tag: "depot"}}})
	untagged.Tags = []string{"Depot"}
	later := with(Token{ValidFrom: now.Add(1)})
	closed := with(Token{Hours: Hours{Periods: []Period{{Days: []string{now.AddDate(0, 0, 2).Format("Mon")}, From: "08:00", To: "09:00"}}}})
	hooked := func(q Question, v Opinion) Question { q.Opinion = &v; return q }
	return []limitTest{
		{"an authorize reserves nothing", ask, busy, TokenAccepted, ReasonOnRecord},
		{"one more than it may have", start, busy, TokenConcurrent, ReasonTooMany},
		{"an end", stop, busy, TokenAccepted, ReasonOnRecord},
		{"what happened before anybody could be asked", late, busy, TokenAccepted, ReasonOnRecord},
		{"one more than the group may have", start, group, TokenConcurrent, ReasonGroupTooMany},
		{"the group has room", start, Facts{Record: group.Record, Group: group.Group, GroupRunning: 2}, TokenAccepted, ReasonOnRecord},
		{"a master pass starts nothing", start, master, TokenInvalid, ReasonMasterPass},
		{"not even late", late, master, TokenInvalid, ReasonMasterPass},
		{"a master pass is valid", ask, master, TokenAccepted, ReasonOnRecord},
		{"a master pass ends others", stop, master, TokenAccepted, ReasonOnRecord},
		{"elsewhere", ask, elsewhere, TokenElsewhere, ReasonNotHere},
		{"an end elsewhere", stop, elsewhere, TokenAccepted, ReasonOnRecord},
		{"some EVSEs", ask, evse1, TokenAccepted, ReasonOnRecord},
		{"another EVSE", here, evse1, TokenWrongEVSE, ReasonNotHere},
		{"a station with the tag", here, tagged, TokenAccepted, ReasonOnRecord},
		{"a station without the tag", here, untagged, TokenElsewhere, ReasonNotHere},
		{"not valid yet", ask, later, TokenNotNow, ReasonNotYet},
		{"outside its hours", start, closed, TokenNotNow, ReasonNotNow},
		{"an end outside its hours", stop, closed, TokenAccepted, ReasonOnRecord},
		{"the hook says no", hooked(ask, Opinion{Status: TokenNoCredit}), Facts{}, TokenNoCredit, ReasonHook},
		{"the hook says yes, whatever the record says", hooked(ask, Opinion{Status: TokenAccepted}), Facts{Record: &Token{Status: TokenBlocked}}, TokenAccepted, ReasonHook},
		{"but for the limit", hooked(start, Opinion{Status: TokenAccepted}), busy, TokenConcurrent, ReasonTooMany},
		{"the hook names EVSEs", hooked(here, Opinion{Status: TokenAccepted, EVSEs: []int{1}}), Facts{}, TokenWrongEVSE, ReasonHook},
		{"an end at another EVSE than the hook names", hooked(hereStop, Opinion{Status: TokenAccepted, EVSEs: []int{1}}), Facts{}, TokenAccepted, ReasonHook},
		{"an end at another EVSE", hereStop, evse1, TokenAccepted, ReasonOnRecord},
		{"no hook was reached", hooked(ask, Opinion{Status: TokenAccepted, Fallback: true}), Facts{}, TokenAccepted, ReasonHookFailed},
	}
}

func TestTermsOfTokens(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for _, test := range limits(now) {
		got := TokenPolicy{}.Decide(test.q, test.f)
		if got.Status != test.status || got.Reason != test.reason {
			t.Errorf("%s: got %s, %s, want %s, %s", test.name, got.Status, got.Reason, test.status, test.reason)
		}
		if !got.Accepted() && got.EVSEs != nil {
			t.Errorf("%s: refused, and yet allowed at %v", test.name, got.EVSEs)
		}
	}
	ask := limits(now)[0].q
	got := TokenPolicy{}.Decide(ask, Facts{Record: &Token{Status: TokenAccepted, Places: []Place{{Station: "A", EVSEs: []int{3, 1}}, {Station: "A", EVSEs: []int{1}}}}})
	if !reflect.DeepEqual(got.EVSEs, []int{1, 3}) {
		t.Errorf("EVSEs: %v", got.EVSEs)
	}
}

// An answer that a station keeps must not outlive the hours.
func TestAnAnswerEndsWithTheHours(t *testing.T) {
	day := func(h, m int) time.Time { return time.Date(2026, 5, 4, h, m, 0, 0, time.UTC) } // a Monday
	office := Hours{Zone: "Europe/Berlin", Periods: []Period{{Days: []string{"Mon"}, From: "08:00", To: "18:00"}, {Days: []string{"Mon"}, From: "22:00", To: "02:00"}}}
	for _, test := range []struct {
		now    time.Time
		expiry time.Time // of the record
		want   time.Time // zero: refused
	}{
		{day(5, 59), time.Time{}, time.Time{}},
		{day(6, 0), time.Time{}, day(16, 0)},
		{day(6, 0), day(7, 0), day(7, 0)},
		{day(15, 59), day(20, 0), day(16, 0)},
		{day(16, 0), time.Time{}, time.Time{}},
		{day(20, 0), time.Time{}, day(24, 0)},
		{day(23, 59), time.Time{}, day(24, 0)}, // 01:59 on Tuesday
		{day(24, 0), time.Time{}, time.Time{}},
	} {
		record := &Token{Status: TokenAccepted, Hours: office, Expiry: test.expiry}
		got := TokenPolicy{}.Decide(Question{At: test.now, Purpose: PurposeStart}, Facts{Record: record})
		if got.Accepted() != !test.want.IsZero() || got.Accepted() && !got.Expiry.Equal(test.want) {
			t.Errorf("%v: %s until %v, want %v", test.now, got.Status, got.Expiry, test.want)
		}
	}
}

// On the days when the clocks change, hours are those of the clock on the wall.
func TestHoursFollowTheClockOnTheWall(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	night := Hours{Zone: "Europe/Berlin", Periods: []Period{{From: "00:00", To: "06:00"}}}
	for _, day := range []time.Time{
		time.Date(2026, 3, 29, 0, 0, 0, 0, berlin), time.Date(2026, 10, 25, 0, 0, 0, 0, berlin),
	} {
		for hour, want := range map[int]bool{0: true, 4: true, 5: true, 6: false, 23: false} {
			at := time.Date(day.Year(), day.Month(), day.Day(), hour, 30, 0, 0, berlin)
			if got, _ := night.At(at); got != want {
				t.Errorf("%v: %v, want %v", at, got, want)
			}
		}
	}
	if always, until := (Hours{Periods: []Period{{From: "00:00", To: "24:00"}}}).At(time.Now()); !always || until.IsZero() {
		t.Error("a whole day is not one")
	}
}

func TestHoursThatCannotBe(t *testing.T) {
	for _, h := range []Hours{
		{Zone: "Nowhere/Town"},
		{Zone: "Local"},
		{Zone: "../etc/passwd"},
		{Periods: []Period{{From: "8:00", To: "09:00"}}},
		{Periods: []Period{{From: "08:00", To: "24:01"}}},
		{Periods: []Period{{From: "24:00", To: "24:00"}}},
		{Periods: []Period{{From: "08:00", To: ""}}},
		{Periods: []Period{{From: "08:00", To: "09:00", Days: []string{"mon"}}}},
	} {
		if err := h.Check(); err == nil || strings.Contains(err.Error(), "%!") {
			t.Errorf("%+v: %v", h, err)
		}
		if within, _ := h.At(time.Now()); within && !h.Always() {
			t.Errorf("%+v: within", h)
		}
	}
}

// The message of a station that was offline is judged by when it happened, if that can be.
func TestWhenATokenWasUsed(t *testing.T) {
	received := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	offset := func(d time.Duration) *time.Duration { return &d }
	for _, test := range []struct {
		name string
		e    TransactionEvent
		late bool
		at   time.Time
	}{
		{"online", TransactionEvent{Numbered: true, Time: received.Add(-time.Hour)}, false, received},
		{"offline", TransactionEvent{Numbered: true, Offline: true, Time: received.Add(-time.Hour)}, true, received.Add(-time.Hour)},
		{"offline, with a clock that is off", TransactionEvent{Numbered: true, Offline: true, Time: received.Add(-2 * time.Hour), ClockOffset: offset(time.Hour)}, true, received.Add(-time.Hour)},
		{"offline, in 1970", TransactionEvent{Numbered: true, Offline: true, Time: time.Unix(0, 0)}, true, received},
		{"offline, in the future", TransactionEvent{Numbered: true, Offline: true, Time: received.Add(time.Hour)}, true, received},
		{"offline, without a time", TransactionEvent{Numbered: true, Offline: true}, true, received},
		{"1.6", TransactionEvent{Time: received.Add(-time.Hour)}, false, received},
		{"1.6, and its clock is known", TransactionEvent{Time: received.Add(-time.Hour), ClockOffset: offset(0)}, true, received.Add(-time.Hour)},
		{"1.6, and its clock is as far off", TransactionEvent{Time: received.Add(-time.Hour), ClockOffset: offset(time.Hour)}, false, received},
	} {
		test.e.Received, test.e.Token = received, &IDToken{Value: "x"}
		if q := test.e.Question(); q.Late != test.late || !q.At.Equal(test.at) {
			t.Errorf("%s: late %v, at %v", test.name, q.Late, q.At)
		}
	}
}

func TestALocalListHasNoTokenThatAStationCannotDecideAbout(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for name, token := range map[string]Token{
		"unknown":   {Status: TokenUnknown},
		"not yet":   {Status: TokenAccepted, ValidFrom: now.Add(1)},
		"at times":  {Status: TokenAccepted, Hours: Hours{Periods: []Period{{From: "08:00", To: "20:00"}}}},
		"somewhere": {Status: TokenAccepted, Places: []Place{{Station: "A"}}},
		"limited":   {Status: TokenAccepted, Concurrent: 1},
	} {
		if token.Listable(now) {
			t.Errorf("a token that is %s goes on lists", name)
		}
	}
	for listed, token := range map[TokenStatus]Token{
		TokenAccepted: {Status: TokenAccepted, ValidFrom: now},
		TokenBlocked:  {Status: TokenNoCredit},
		TokenExpired:  {Status: TokenAccepted, Expiry: now},
	} {
		if got := token.Listed(now).Status; !token.Listable(now) || got != listed {
			t.Errorf("%+v is listed as %s, want %s", token, got, listed)
		}
	}
}
