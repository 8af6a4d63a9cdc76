package httpapi_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// fakeTokens keeps tokens as a store does, but for filters and pages.
type fakeTokens struct {
	tokens map[fleet.IDToken]fleet.Token
	query  store.TokenQuery // the last one
	groups map[string]fleet.TokenGroup

	question fleet.Question // the last one
}

func (f *fakeTokens) ChangeToken(_ context.Context, id fleet.IDToken, change func(*fleet.Token) (fleet.Token, error)) (fleet.Token, error) {
	var old *fleet.Token
	if t, ok := f.tokens[id.Fold()]; ok {
		old = &t
	}
	t, err := change(old)
	if err == nil {
		f.put(t)
	}
	return t, err
}

func (f *fakeTokens) put(t fleet.Token) {
	if f.tokens == nil {
		f.tokens = map[fleet.IDToken]fleet.Token{}
	}
	f.tokens[t.Fold()] = t
}

func (f *fakeTokens) DeleteToken(_ context.Context, id fleet.IDToken) error {
	if _, ok := f.tokens[id.Fold()]; !ok {
		return store.ErrNotFound
	}
	delete(f.tokens, id.Fold())
	return nil
}

func (f *fakeTokens) ListTokens(_ context.Context, q store.TokenQuery) (store.Page[fleet.Token], error) {
	f.query = q
	var p store.Page[fleet.Token]
	for _, t := range slices.Collect(maps.Values(f.tokens)) {
		if q.Value == "" || t.Fold().Value == (fleet.IDToken{Value: q.Value}).Fold().Value {
			p.Items = append(p.Items, t)
		}
	}
	return p, nil
}

func wantFields(t *testing.T, got map[string]any, want map[string]any) {
	t.Helper()
	for field, v := range want {
		if got[field] != v {
			t.Errorf("%s is %v, want %v", field, got[field], v)
		}
	}
}

func TestTheLifeOfAToken(t *testing.T) {
	r := newRig(t)
	got := r.do(http.MethodPost, "/api/v1/tokens", `{"value":"04E9","type":"ISO14443","group":"FAMILY","note":"Ann's"}`, http.StatusCreated)
	wantFields(t, got, map[string]any{"id": "ISO14443:04E9", "status": "Accepted", "group": "FAMILY", "note": "Ann's", "expiry": nil, "seenAt": nil})
	r.do(http.MethodPost, "/api/v1/tokens", `{"value":"04e9","type":"iso14443"}`, http.StatusConflict)
	got = r.do(http.MethodPatch, "/api/v1/tokens/ISO14443:04E9", `{"status":"Blocked","expiry":"2030-01-02T03:04:05Z"}`, http.StatusOK)
	wantFields(t, got, map[string]any{"status": "Blocked", "group": "FAMILY", "expiry": "2030-01-02T03:04:05Z"})
	got = r.do(http.MethodPatch, "/api/v1/tokens/04e9", `{"expiry":null,"group":null,"note":null}`, http.StatusOK)
	wantFields(t, got, map[string]any{"status": "Blocked", "group": nil, "expiry": nil, "note": nil})
	got = r.do(http.MethodPut, "/api/v1/tokens/04e9", `{"expiry":"2001-01-01T00:00:00Z"}`, http.StatusOK)
	wantFields(t, got, map[string]any{"id": "ISO14443:04E9", "status": "Expired"})
	got = r.do(http.MethodPut, "/api/v1/tokens/NEW", `{}`, http.StatusCreated)
	wantFields(t, got, map[string]any{"id": "NEW", "type": nil, "status": "Accepted"})
	r.do(http.MethodDelete, "/api/v1/tokens/04E9", "", http.StatusNoContent)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		r.do(method, "/api/v1/tokens/04E9", "", http.StatusNotFound)
	}
	r.do(http.MethodPatch, "/api/v1/tokens/04E9", `{}`, http.StatusNotFound)
}

func TestATokenThatWasSeenIsAcceptedByOneCall(t *testing.T) {
	r := newRig(t)
	seen := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	r.store.put(fleet.Token{IDToken: fleet.IDToken{Value: "CARD", Type: "eMAID"}, Status: fleet.TokenUnknown, SeenAt: "CP-1", CreatedAt: seen})
	if p := r.do(http.MethodPatch, "/api/v1/tokens/CARD", `{"note":"who?"}`, http.StatusConflict); firstFault(t, p) != "/status" {
		t.Errorf("without a status: %v", p)
	}
	got := r.do(http.MethodPatch, "/api/v1/tokens/CARD", `{"status":"Accepted"}`, http.StatusOK)
	wantFields(t, got, map[string]any{"status": "Accepted", "seenAt": "CP-1", "createdAt": "2026-05-01T00:00:00Z"})
	r.store.put(fleet.Token{IDToken: fleet.IDToken{Value: "OTHER"}, Status: fleet.TokenUnknown, SeenAt: "CP-2", CreatedAt: seen})
	got = r.do(http.MethodPost, "/api/v1/tokens", `{"value":"other","status":"Blocked"}`, http.StatusCreated)
	wantFields(t, got, map[string]any{"status": "Blocked", "value": "other", "seenAt": "CP-2"})
}

// Every id of the list finds its token again, whatever is in it; a value alone does when it is clear whose it is.
func TestIDsOfTokensWorkInPaths(t *testing.T) {
	r := newRig(t)
	for _, id := range []fleet.IDToken{
		{Value: "plain"}, {Value: "a/b", Type: "eMAID"}, {Value: "AA:BB:CC"}, {Value: "50%"}, {Value: "%41"}, {Value: "a b"}, {Value: "ü?#&"},
		{Value: "same", Type: "Local"}, {Value: "same", Type: "Central"}, {Value: "eMAID:x"}, {Value: "x", Type: "eMAID"}, {Value: ".."}, {Value: "."}, {Value: "a+b"},
	} {
		r.store.tokens = map[fleet.IDToken]fleet.Token{}
		r.store.put(fleet.Token{IDToken: id, Status: fleet.TokenAccepted})
		listed := r.do(http.MethodGet, "/api/v1/tokens", "", http.StatusOK)["items"].([]any)[0].(map[string]any)["id"].(string)
		escaped := url.PathEscape(listed)
		if escaped == "." || escaped == ".." {
			escaped = map[string]string{".": "%2E", "..": "%2E%2E"}[escaped]
		}
		if got := r.do(http.MethodGet, "/api/v1/tokens/"+escaped, "", http.StatusOK); got["value"] != id.Value {
			t.Errorf("%+v has the id %s, which finds %v", id, listed, got["value"])
		}
	}
	r.store.tokens = nil
	for _, id := range []fleet.IDToken{{Value: "same", Type: "Local"}, {Value: "same", Type: "Central"}, {Value: "AA:BB"}, {Value: "BB", Type: "AA"}} {
		r.store.put(fleet.Token{IDToken: id, Status: fleet.TokenAccepted})
	}
	r.do(http.MethodGet, "/api/v1/tokens/same", "", http.StatusConflict)
	if got := r.do(http.MethodGet, "/api/v1/tokens/local:same", "", http.StatusOK); got["type"] != "Local" {
		t.Errorf("by its type: %v", got)
	}
	if got := r.do(http.MethodGet, "/api/v1/tokens/AA:BB", "", http.StatusOK); got["type"] != "AA" {
		t.Errorf("the id of the list comes before a value: %v", got)
	}
	delete(r.store.tokens, fleet.IDToken{Value: "bb", Type: "aa"})
	if got := r.do(http.MethodGet, "/api/v1/tokens/AA:BB", "", http.StatusOK); got["value"] != "AA:BB" {
		t.Errorf("a value with a colon, pasted: %v", got)
	}
}

func TestTokensThatCannotBeAreRefused(t *testing.T) {
	r := newRig(t)
	for body, place := range map[string]string{
		`{"value":""}`:                           "/value",
		`{"value":" x"}`:                         "/value",
		`{"value":"a\tb"}`:                       "/value",
		`{"value":"x","type":"a b"}`:             "/type",
		`{"value":"x","type":"ISO:14443"}`:       "/type",
		`{"value":"x","type":"noAuthorization"}`: "/type",
		`{"value":"x","status":"Expired"}`:       "/status",
		`{"value":"x","status":"Unknown"}`:       "/status",
		`{"value":"x","expiry":"tomorrow"}`:      "/expiry",
		`{"value":"x","createdAt":"2026-01-01"}`: "/createdAt",
	} {
		if p := r.do(http.MethodPost, "/api/v1/tokens", body, http.StatusUnprocessableEntity); firstFault(t, p) != place {
			t.Errorf("%s: %v", body, p)
		}
	}
	for _, id := range []string{"%20x", "a%09b", "No%20Type:x", "NoAuthorization:x"} {
		if p := r.do(http.MethodPut, "/api/v1/tokens/"+id, `{}`, http.StatusUnprocessableEntity); firstFault(t, p) != "id" {
			t.Errorf("%s: %v", id, p)
		}
	}
	if len(r.store.tokens) > 0 {
		t.Errorf("stored nevertheless: %v", r.store.tokens)
	}
}

func TestFiltersOfTokensReachTheStore(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodGet, "/api/v1/tokens?status=Expired&group=G&prefix=04&limit=7&cursor=c", "", http.StatusOK)
	q := r.store.query
	if q.Status != fleet.TokenExpired || q.Group != "G" || q.Prefix != "04" || q.Limit != 7 || q.Cursor != "c" || q.Now.IsZero() {
		t.Errorf("asked: %+v", q)
	}
}

func (f *fakeTokens) Decide(_ context.Context, q fleet.Question) (fleet.Decision, error) {
	f.question = q
	var facts fleet.Facts
	if t, ok := f.tokens[q.Token.Fold()]; ok {
		facts.Record = &t
	}
	return fleet.TokenPolicy{RefuseUnknown: true}.Decide(q, facts), nil
}

func (f *fakeTokens) ChangeTokenGroup(_ context.Context, name string, change func(*fleet.TokenGroup) (fleet.TokenGroup, error)) (fleet.TokenGroup, error) {
	var old *fleet.TokenGroup
	if g, ok := f.groups[fleet.FoldGroup(name)]; ok {
		old = &g
	}
	g, err := change(old)
	if err == nil {
		if f.groups == nil {
			f.groups = map[string]fleet.TokenGroup{}
		}
		f.groups[fleet.FoldGroup(name)] = g
	}
	return g, err
}

func (f *fakeTokens) DeleteTokenGroup(ctx context.Context, name string) error {
	_, err := f.TokenGroup(ctx, name)
	delete(f.groups, fleet.FoldGroup(name))
	return err
}

func (f *fakeTokens) TokenGroup(_ context.Context, name string) (fleet.TokenGroup, error) {
	g, ok := f.groups[fleet.FoldGroup(name)]
	if !ok {
		return g, store.ErrNotFound
	}
	return g, nil
}

func (f *fakeTokens) LocalList(context.Context, string) (fleet.LocalList, error) {
	return fleet.LocalList{}, store.ErrNotFound
}

func (f *fakeTokens) ListLocalLists(_ context.Context, q store.LocalListQuery) (store.Page[fleet.LocalList], error) {
	if q.Cursor != "" {
		return store.Page[fleet.LocalList]{}, store.ErrCursor
	}
	return store.Page[fleet.LocalList]{}, nil
}

func (f *fakeTokens) ListTokenGroups(context.Context, store.TokenGroupQuery) (store.Page[fleet.TokenGroup], error) {
	return store.Page[fleet.TokenGroup]{Items: slices.Collect(maps.Values(f.groups))}, nil
}
