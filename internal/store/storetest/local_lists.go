package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// listed is a token of a list.
func listed(value string, status fleet.TokenStatus) fleet.ListedToken {
	return fleet.ListedToken{TokenArgument: fleet.TokenArgument{Value: value, Type: "ISO14443"}, Status: status}
}

func (f *fixture) localLists(q store.LocalListQuery) (stations []string) {
	f.Helper()
	for _, l := range all(f, q.Limit, func(ctx context.Context, cursor string) (store.Page[fleet.LocalList], error) {
		q.Cursor = cursor
		return f.ListLocalLists(ctx, q)
	}) {
		stations = append(stations, l.Station)
	}
	return stations
}

// listContent returns what is known of a list, and what is on it.
func (f *fixture) listContent(station string) (l fleet.LocalList, content []fleet.ListedToken, err error) {
	if l, err = f.LocalList(f.Context(), station); err == nil && l.Digest != "" {
		content, err = f.ListContent(f.Context(), l.Digest)
	}
	return l, content, err
}

// testLocalLists: what stations answered is known of their lists, with what is on them.
func testLocalLists(f *fixture) {
	send := func(station string, c fleet.LocalListChange) {
		c.At = noon
		f.submit(fleet.DeviceAnswered{Station: station, Received: noon, Action: "SendLocalList", Changes: []fleet.DeviceChange{c}})
	}
	one, two, three := listed("1", fleet.TokenAccepted), listed("2", fleet.TokenBlocked), listed("3", fleet.TokenAccepted)
	_, err := f.LocalList(f.Context(), "A")
	equal(f, "no list", errors.Is(err, store.ErrNotFound), true)
	for _, station := range []string{"A", "B", "C"} {
		f.submit(fleet.Booted{Station: station, Received: noon, Version: "2.0.1"})
		send(station, fleet.LocalListChange{Version: 7, Full: true, Put: []fleet.ListedToken{two, one}, Status: "Accepted"})
	}
	l, content, err := f.listContent("A")
	f.ok(err)
	both := fleet.ListDigest([]fleet.ListedToken{one, two})
	equalJSON(f, "list", l, fleet.LocalList{
		Station: "A", Protocol: "2.0.1", Version: 7, Known: true, From: fleet.LocalListSent, KnownAt: noon, Entries: new(int64(2)), Digest: both, Answer: "Accepted", AnsweredAt: noon,
	})
	equalJSON(f, "content", content, []fleet.ListedToken{one, two})
	send("B", fleet.LocalListChange{Version: 8, Put: []fleet.ListedToken{three}, Remove: []fleet.TokenArgument{two.TokenArgument}, Status: "Accepted"})
	send("C", fleet.LocalListChange{Version: 9, Full: true, Status: "Failed"})
	_, content, err = f.listContent("B")
	f.ok(err)
	equalJSON(f, "content after a change", content, []fleet.ListedToken{one, three})
	_, content, err = f.listContent("C")
	f.ok(err)
	equalJSON(f, "content after a list that was refused", content, []fleet.ListedToken{one, two})
	current := map[string]string{"2.0.1": both, "1.6": "x"}
	for _, c := range []struct {
		q    store.LocalListQuery
		want string
	}{
		{store.LocalListQuery{Limit: 2}, "[A B C]"},
		{store.LocalListQuery{Station: "B"}, "[B]"},
		{store.LocalListQuery{Version: new(int64(7))}, "[A C]"},
		{store.LocalListQuery{Answer: "Failed"}, "[C]"},
		{store.LocalListQuery{UpToDate: new(true), Current: current}, "[A C]"},
		{store.LocalListQuery{UpToDate: new(false), Current: current}, "[B]"},
		{store.LocalListQuery{UpToDate: new(true)}, "[]"},
		{store.LocalListQuery{UpToDate: new(false)}, "[A B C]"},
	} {
		equal(f, fmt.Sprintf("%+v", c.q), fmt.Sprint(f.localLists(c.q)), c.want)
	}
	send("A", fleet.LocalListChange{Version: 8, Status: "VersionMismatch"})
	l, content, err = f.listContent("A")
	f.ok(err)
	if l.Digest != "" || l.Entries != nil || l.Version != 7 || content != nil {
		f.Errorf("after a mismatch: %+v with %v", l, content)
	}
	f.submit(fleet.DeviceAnswered{Station: "D", Received: noon, Action: "GetLocalListVersion", Changes: []fleet.DeviceChange{fleet.LocalListVersion{Version: -1, At: noon}}})
	l, err = f.LocalList(f.Context(), "D")
	f.ok(err)
	if l.From != fleet.LocalListTold || l.Version != -1 || l.Entries == nil || *l.Entries != 0 {
		f.Errorf("a station without a list: %+v", l)
	}
	parts := func(part int, digest string, content ...fleet.ListedToken) {
		send("D", fleet.LocalListChange{
			Version: int64(part), Full: part == 1, Status: "Accepted",
			Step: &fleet.LocalListStep{Command: "c", Part: part, Parts: 2, Entries: 1, Digest: digest, Content: content},
		})
	}
	parts(1, "")
	l, content, err = f.listContent("D")
	f.ok(err)
	equalJSON(f, "a part", []any{l.Sending, l.Part, l.Parts, l.Entries, content}, []any{"c", 1, 2, 1, nil})
	parts(2, fleet.ListDigest([]fleet.ListedToken{two}), two)
	l, content, err = f.listContent("D")
	f.ok(err)
	equalJSON(f, "all parts", []any{l.Sending, l.Part, l.Parts, l.Entries, content}, []any{"", 0, 0, 1, []fleet.ListedToken{two}})
	send("D", fleet.LocalListChange{Version: 3, Full: true, Status: "Accepted"})
	_, err = f.ListContent(f.Context(), fleet.ListDigest([]fleet.ListedToken{two}))
	equal(f, "a list that nobody has any more", errors.Is(err, store.ErrNotFound), true)
}

// testTokensRevision: every change of the operator's is another revision, and nothing else is.
func testTokensRevision(f *fixture) {
	last := f.TokensRevision()
	changed := func(what string, want bool) {
		f.Helper()
		now := f.TokensRevision()
		equal(f, what, now != last, want)
		last = now
	}
	card := fleet.Token{IDToken: fleet.IDToken{Value: "A", Type: "ISO14443"}, Status: fleet.TokenAccepted}
	f.ok(f.PutToken(f.Context(), card))
	changed("a new token", true)
	_, err := f.ChangeToken(f.Context(), card.IDToken, func(old *fleet.Token) (fleet.Token, error) { return *old, nil })
	f.ok(err)
	changed("a change", true)
	_, err = f.ChangeToken(f.Context(), card.IDToken, func(*fleet.Token) (fleet.Token, error) { return card, store.ErrNotFound })
	equal(f, "refused", err != nil, true)
	changed("a change that was refused", false)
	f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: fleet.IDToken{Value: "B"}})
	changed("a token that a station has shown", false)
	f.ok(f.DeleteToken(f.Context(), card.IDToken))
	changed("a token that is gone", true)
}
