package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

func (f *fixture) putTokens(list ...fleet.Token) {
	f.Helper()
	for _, t := range list {
		t.CreatedAt = noon
		f.ok(f.PutToken(f.Context(), t))
	}
}

func idToken(value, kind string) fleet.IDToken { return fleet.IDToken{Value: value, Type: kind} }

// values lists tokens as VALUE/TYPE, and reads them page by page.
func (f *fixture) values(q store.TokenQuery) string {
	f.Helper()
	q.Now = noon
	var list []string
	for _, t := range all(f, 2, func(ctx context.Context, cursor string) (store.Page[fleet.Token], error) {
		q.Cursor, q.Limit = cursor, 2
		return f.ListTokens(ctx, q)
	}) {
		list = append(list, t.Value+"/"+t.Type)
	}
	return strings.Join(list, " ")
}

func testTokenFilters(f *fixture) {
	f.putTokens(
		fleet.Token{IDToken: idToken("aa1", ""), Status: fleet.TokenAccepted, Group: "Family"},
		fleet.Token{IDToken: idToken("AA2", "eMAID"), Status: fleet.TokenAccepted, Group: "FAMILY", Expiry: noon},
		fleet.Token{IDToken: idToken("Aa2", "Local"), Status: fleet.TokenBlocked},
		fleet.Token{IDToken: idToken("aa_", ""), Status: fleet.TokenInvalid},
		fleet.Token{IDToken: idToken("aa%", ""), Status: fleet.TokenAccepted, Expiry: noon.Add(time.Second)},
		fleet.Token{IDToken: idToken("b", ""), Status: fleet.TokenBlocked, Group: "Other"},
	)
	f.ask("seen", "eMAID")
	for _, test := range []struct {
		q    store.TokenQuery
		want string
	}{
		{store.TokenQuery{}, "aa%/ aa1/ AA2/eMAID Aa2/Local aa_/ b/ seen/eMAID"},
		{store.TokenQuery{Prefix: "AA"}, "aa%/ aa1/ AA2/eMAID Aa2/Local aa_/"},
		{store.TokenQuery{Prefix: "aa%"}, "aa%/"},
		{store.TokenQuery{Prefix: "c"}, ""},
		{store.TokenQuery{Value: "aa2"}, "AA2/eMAID Aa2/Local"},
		{store.TokenQuery{Value: "aa"}, ""},
		{store.TokenQuery{Group: "family"}, "aa1/ AA2/eMAID"},
		{store.TokenQuery{Group: "family", Status: fleet.TokenExpired}, "AA2/eMAID"},
		{store.TokenQuery{Status: fleet.TokenAccepted}, "aa%/ aa1/"},
		{store.TokenQuery{Status: fleet.TokenBlocked}, "Aa2/Local b/"},
		{store.TokenQuery{Status: fleet.TokenInvalid}, "aa_/"},
		{store.TokenQuery{Status: fleet.TokenUnknown}, "seen/eMAID"},
		{store.TokenQuery{Status: fleet.TokenUnknown, Prefix: "a"}, ""},
	} {
		equal(f, fmt.Sprintf("%+v", test.q), f.values(test.q), test.want)
	}
}

var errOther = errors.New("no")

func testTokenChanges(f *fixture) {
	ctx := f.Context()
	change := func(id fleet.IDToken, do func(*fleet.Token) (fleet.Token, error)) error {
		_, err := f.ChangeToken(ctx, id, do)
		return err
	}
	create := func(old *fleet.Token) (fleet.Token, error) {
		if old != nil {
			return fleet.Token{}, store.ErrExists
		}
		return fleet.Token{IDToken: idToken("New", "eMAID"), Status: fleet.TokenAccepted, Note: "Ann's", CreatedAt: noon}, nil
	}
	f.ok(change(idToken("new", "EMAID"), create))
	if err := change(idToken("NEW", "eMAID"), create); !errors.Is(err, store.ErrExists) {
		f.Errorf("created twice: %v", err)
	}
	if err := change(idToken("new", ""), func(old *fleet.Token) (fleet.Token, error) {
		equal(f, "a record of another type", old == nil, true)
		return fleet.Token{}, errOther
	}); !errors.Is(err, errOther) {
		f.Errorf("an error of the change: %v", err)
	}
	got, err := f.ChangeToken(ctx, idToken("new", "eMAID"), func(old *fleet.Token) (fleet.Token, error) {
		old.Status, old.Expiry = fleet.TokenBlocked, noon
		return *old, nil
	})
	f.ok(err)
	stored, err := f.Token(ctx, idToken("NEW", "emaid"))
	f.ok(err)
	equal(f, "returned and stored", reflect.DeepEqual(got, stored), true)
	equal(f, "note", stored.Note, "Ann's")
	equal(f, "written as", stored.Value, "New")
	equal(f, "status", stored.Status, fleet.TokenBlocked)
	equalTime(f, "created", stored.CreatedAt, noon)
	equal(f, "changed", stored.UpdatedAt.After(noon), true)
	equal(f, "tokens", f.values(store.TokenQuery{}), "New/eMAID")
	f.ok(f.Health())
	notices, err := f.ListNotices(ctx, store.NoticeQuery{})
	f.ok(err)
	f.ok(f.DeleteToken(ctx, idToken("new", "eMAID")))
	after, err := f.ListNotices(ctx, store.NoticeQuery{})
	f.ok(err)
	var kinds strings.Builder
	for _, n := range after {
		kinds.WriteString(string(n.Kind) + ";")
	}
	equal(f, "notices", kinds.String(), "token.changed;token.changed;token.deleted;")
	equal(f, "notices before", len(notices), 2)
}

// testSeenTokens: what was only seen gives way to what the operator says.
func testSeenTokens(f *fixture) {
	f.restart(store.Options{Tokens: fleet.TokenPolicy{RefuseUnknown: true}})
	f.ask("card", "ISO14443")
	f.ask("card", "eMAID")
	f.ask("tag", "")
	f.putTokens(fleet.Token{IDToken: idToken("CARD", ""), Status: fleet.TokenAccepted})
	equal(f, "a record of no type covers every type", f.values(store.TokenQuery{Value: "card"}), "CARD/")
	equal(f, "and is found", f.ask("card", "ISO14443").Reason, fleet.ReasonOnRecord)
	f.putTokens(fleet.Token{IDToken: idToken("tag", "ISO14443"), Status: fleet.TokenAccepted})
	equal(f, "one with a type covers 1.6", f.values(store.TokenQuery{Value: "tag"}), "tag/ISO14443")
	equal(f, "and is found", f.ask("TAG", "").Reason, fleet.ReasonOnRecord)
	equal(f, "a type of its own is another token", f.ask("tag", "eMAID").Reason, fleet.ReasonUnknownRefused)
	equal(f, "which is seen", f.values(store.TokenQuery{Status: fleet.TokenUnknown}), "tag/eMAID")
	equal(f, "and does not hide the record", f.ask("tag", "").Reason, fleet.ReasonOnRecord)
	f.ask("1234", fleet.KeyCode)
	f.ask("42", fleet.CentralToken)
	equal(f, "codes and the system's own are not seen", f.values(store.TokenQuery{Status: fleet.TokenUnknown}), "tag/eMAID")
}

// testManySeenTokens: a station cannot fill the store with tokens, nor push out what the operator made.
func testManySeenTokens(f *fixture) {
	f.restart(store.Options{KeepUnknown: 20})
	f.putTokens(fleet.Token{IDToken: idToken("mine", ""), Status: fleet.TokenBlocked})
	for i := range 200 {
		f.submit(fleet.AuthorizationAsked{Station: "A", Received: noon.Add(time.Duration(i) * time.Second), Token: idToken(fmt.Sprintf("t%03d", i), "")})
	}
	unknown := strings.Fields(f.values(store.TokenQuery{Status: fleet.TokenUnknown}))
	if n := len(unknown); n < 20 || n > 40 {
		f.Errorf("%d unknown tokens are kept", n)
	}
	equal(f, "the latest is", unknown[len(unknown)-1], "t199/")
	equal(f, "the operator's", f.values(store.TokenQuery{Value: "mine"}), "mine/")
}

// testDecisionsAreKept: with the transaction, and with the notice of the question.
func testDecisionsAreKept(f *fixture) {
	f.putTokens(
		fleet.Token{IDToken: idToken("Old", ""), Status: fleet.TokenAccepted, Expiry: noon},
		fleet.Token{IDToken: idToken("Good", ""), Status: fleet.TokenAccepted, Group: "G"},
	)
	id := f.submit(start16("A", "Old", "1", noon)).TransactionID
	stop := stop16("A", id, "2", noon.Add(time.Minute))
	token := idToken("good", "")
	stop.Token = &token
	f.submit(stop)
	f.ok(f.DeleteToken(f.Context(), idToken("old", "")))
	x := f.transaction("A", id)
	equal(f, "decision", x.Decision, fleet.TokenExpired)
	equal(f, "reason", x.DecisionReason, fleet.ReasonExpired)
	equal(f, "in words", x.DecisionDetail, "it is on record and expired at "+noon.Format(time.RFC3339))
	equal(f, "of the end", x.StopDecision, fleet.TokenAccepted)
	equal(f, "reason", x.StopDecisionReason, fleet.ReasonOnRecord)

	f.ask("good", "")
	f.ask("1234", fleet.KeyCode)
	notices, err := f.ListNotices(f.Context(), store.NoticeQuery{})
	f.ok(err)
	var told []string
	for _, n := range notices {
		if n.Kind == fleet.NoticeAuthorization {
			var data struct{ Reason, Group string }
			f.ok(json.Unmarshal(n.Data, &data))
			told = append(told, data.Reason+"/"+data.Group)
		}
		if strings.Contains(string(n.Data), "1234") {
			f.Errorf("a code is in a notice: %s", n.Data)
		}
	}
	equal(f, "notices", strings.Join(told, " "), "on-record/G wrong-code/")
}
