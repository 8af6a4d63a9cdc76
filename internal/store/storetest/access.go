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

func (f *fixture) ask(value, kind string) fleet.Decision {
	f.Helper()
	return f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon, Token: fleet.IDToken{Value: value, Type: kind}}).Token
}

func testTokens(f *fixture) {
	ctx := f.Context()
	for _, t := range []fleet.Token{
		{IDToken: fleet.IDToken{Value: "Good", Type: "ISO14443"}, Status: fleet.TokenAccepted, Group: "G", Expiry: noon.Add(time.Hour)},
		{IDToken: fleet.IDToken{Value: "Bad", Type: "ISO14443"}, Status: fleet.TokenBlocked},
		{IDToken: fleet.IDToken{Value: "Old"}, Status: fleet.TokenAccepted, Expiry: noon},
		{IDToken: fleet.IDToken{Value: "Two", Type: "Central"}, Status: fleet.TokenBlocked},
		{IDToken: fleet.IDToken{Value: "Two"}, Status: fleet.TokenAccepted},
	} {
		t.CreatedAt = noon
		f.ok(f.PutToken(ctx, t))
	}
	for _, test := range []struct {
		value, kind string
		want        fleet.TokenStatus
	}{
		{"Good", "ISO14443", fleet.TokenAccepted},
		{"gOOD", "iso14443", fleet.TokenAccepted},
		{"good", "", fleet.TokenAccepted}, // 1.6 has no types
		{"Bad", "ISO14443", fleet.TokenBlocked},
		{"BAD", "", fleet.TokenBlocked},
		{"Old", "", fleet.TokenExpired},
		{"Old", "KeyCode", fleet.TokenExpired},
		{"Two", "Central", fleet.TokenBlocked},
		{"Two", "eMAID", fleet.TokenAccepted},
		{"", fleet.NoAuthorization, fleet.TokenAccepted},
	} {
		equal(f, test.value+" "+test.kind, f.ask(test.value, test.kind).Status, test.want)
	}
	d := f.ask("Good", "")
	equal(f, "group", d.Group, "G")
	equalTime(f, "expiry", d.Expiry, noon.Add(time.Hour))

	r := f.submit(start16("A", "Bad", "1", noon))
	equal(f, "start with a blocked token", r.Token.Status, fleet.TokenBlocked)
	equal(f, "it is kept nevertheless", f.transaction("A", r.TransactionID).Decision, fleet.TokenBlocked)
	equal(f, "and why", f.transaction("A", r.TransactionID).DecisionReason, fleet.ReasonBlocked)

	f.ok(f.DeleteToken(ctx, fleet.IDToken{Value: "bad", Type: "ISO14443"}))
	if err := f.DeleteToken(ctx, fleet.IDToken{Value: "bad", Type: "ISO14443"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
	if _, err := f.Token(ctx, fleet.IDToken{Value: "bad"}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("a deleted token: %v", err)
	}
	got := all(f, 1, func(ctx context.Context, cursor string) (store.Page[fleet.Token], error) {
		return f.ListTokens(ctx, store.TokenQuery{Cursor: cursor, Limit: 1})
	})
	equal(f, "tokens", len(got), 4)
}

func testUnknownTokens(f *fixture) {
	d := f.ask("Stranger", "ISO14443")
	equal(f, "status", d.Status, fleet.TokenAccepted)
	equal(f, "unknown", d.Unknown, true)
	t, err := f.Token(f.Context(), fleet.IDToken{Value: "stranger", Type: "ISO14443"})
	f.ok(err)
	equal(f, "record", t.Status, fleet.TokenUnknown)
	equal(f, "seen at", t.SeenAt, "A")
	equal(f, "written as", t.Value, "Stranger")
	equal(f, "unknown the second time", f.ask("Stranger", "ISO14443").Unknown, true)
	t.Status, t.SeenAt = fleet.TokenBlocked, ""
	f.ok(f.PutToken(f.Context(), t))
	equal(f, "status", f.ask("Stranger", "").Status, fleet.TokenBlocked)
	f.ask("", fleet.NoAuthorization)
	if _, err := f.Token(f.Context(), fleet.IDToken{Type: fleet.NoAuthorization}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("no authorization is recorded: %v", err)
	}
}

// testOverlongTokens: a station cannot fill the store with tokens, and a transaction with such a token is not lost.
func testOverlongTokens(f *fixture) {
	long := strings.Repeat("x", 100_000)
	equal(f, "status", f.ask(long, "").Status, fleet.TokenInvalid)
	r := f.submit(start16("A", long, "5", noon))
	equal(f, "status", r.Token.Status, fleet.TokenInvalid)
	equal(f, "events", f.transaction("A", r.TransactionID).Events, 1)
	if _, err := f.Token(f.Context(), fleet.IDToken{Value: long}); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("it is on record: %v", err)
	}
	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	for _, n := range notices {
		if len(n.Data) > 5000 {
			f.Errorf("a notice %s of %d bytes", n.Kind, len(n.Data))
		}
	}
}

// testUnknownTokensRefused: a refused token never loses data.
func testUnknownTokensRefused(f *fixture) {
	f.restart(store.Options{Tokens: fleet.TokenPolicy{RefuseUnknown: true}})
	equal(f, "status", f.ask("Stranger", "").Status, fleet.TokenUnknown)
	r := f.submit(start16("A", "Stranger", "5", noon))
	equal(f, "status", r.Token.Status, fleet.TokenUnknown)
	f.submit(stop16("A", r.TransactionID, "9", noon.Add(time.Minute)))
	x := f.transaction("A", r.TransactionID)
	equal(f, "meter stop", x.MeterStop, "9")
	equal(f, "token", x.Token.Value, "Stranger")
	for _, e := range session2x("A", "x-1") {
		f.submit(e)
	}
	equal(f, "events", f.transaction("A", "x-1").Events, 6)
}

func testAPITokens(f *fixture) {
	ctx := f.Context()
	token, record := fleet.NewAPIToken("first", noon)
	if _, err := f.APIToken(ctx, record.Hash); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("before it was added: %v", err)
	}
	f.ok(f.AddAPIToken(ctx, record))
	f.ok(f.AddAPIToken(ctx, fleet.APITokenRecord(token, "again", noon)))
	got, err := f.APIToken(ctx, fleet.HashAPIToken(token))
	f.ok(err)
	equal(f, "name", got.Name, "first")
	_, other := fleet.NewAPIToken("second", noon.Add(time.Second))
	f.ok(f.AddAPIToken(ctx, other))
	list, err := f.ListAPITokens(ctx)
	f.ok(err)
	equal(f, "tokens", fmt.Sprint(len(list), list[0].Name, list[1].Name), fmt.Sprint(2, "first", "second"))
	f.ok(f.DeleteAPIToken(ctx, record.ID))
	if _, err := f.APIToken(ctx, record.Hash); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("after it was deleted: %v", err)
	}
	if err := f.DeleteAPIToken(ctx, record.ID); !errors.Is(err, store.ErrNotFound) {
		f.Errorf("deleted twice: %v", err)
	}
}
