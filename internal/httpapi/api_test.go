package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/httpapi"
)

func TestEveryAPIPathNeedsAToken(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/api/v1/stations", "/api/v1/transactions", "/api/v1/nothing", "/api/v1/"} {
		for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Basic " + token, token} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.Header.Set("Authorization", header)
			rec := httptest.NewRecorder()
			r.http.ServeHTTP(rec, req)
			if rec.Code != http.StatusUnauthorized || !strings.HasPrefix(rec.Header().Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s with %q: %d %v", path, header, rec.Code, rec.Header())
			}
		}
	}
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER  "} {
		req := httptest.NewRequest(http.MethodGet, "/api/v1/stations", nil)
		req.Header.Set("Authorization", scheme+token)
		r.send(req, http.StatusOK)
	}
}

func TestTokensThatCannotBeCheckedAreNotRefused(t *testing.T) {
	r := newRig(t, func(o *httpapi.Options) { o.Tokens = oneToken{errors.New("disk")} })
	r.do(http.MethodGet, "/api/v1/stations", "", http.StatusServiceUnavailable)
}

func TestUnknownPathsAndMethodsAreProblems(t *testing.T) {
	r := newRig(t)
	r.do(http.MethodGet, "/nothing", "", http.StatusNotFound)
	r.do(http.MethodGet, "/api/v1/nothing", "", http.StatusNotFound)
	r.do(http.MethodPost, "/healthz", "{}", http.StatusMethodNotAllowed)
	r.do(http.MethodPatch, "/api/v1/stations", "{}", http.StatusMethodNotAllowed)
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPut, "/api/v1/stations/CP1", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	r.http.ServeHTTP(rec, req)
	if got := rec.Header().Get("Allow"); got != "GET, PATCH, DELETE" {
		t.Errorf("Allow: %q", got)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	r := newRig(t)
	big := `{"id":"` + strings.Repeat("x", 1<<20) + `"}`
	r.do(http.MethodPost, "/api/v1/stations", big, http.StatusRequestEntityTooLarge)
	r.do(http.MethodPost, "/api/v1/stations", `{"id":`, http.StatusBadRequest)
	r.do(http.MethodPost, "/api/v1/stations", "", http.StatusBadRequest)
}

func TestBodiesThatAreNoneSayWhatIsWrong(t *testing.T) {
	r := newRig(t)
	for body, want := range map[string]string{
		`{"id":`: "the body is not JSON: unexpected end of JSON input",
		`{"id":"` + strings.Repeat("x", 2<<20) + `"}`: "the body is larger than 1 MiB",
	} {
		req := httptest.NewRequest(http.MethodPost, "/api/v1/stations", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		rec := httptest.NewRecorder()
		r.http.ServeHTTP(rec, req)
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%.20s: %s", body, rec.Body)
		}
	}
	p := r.do(http.MethodPost, "/api/v1/stations", `{}`, http.StatusUnprocessableEntity)
	fault := p["errors"].([]any)[0].(map[string]any)
	if fault["pointer"] != "/id" || fault["detail"] != "is missing" {
		t.Errorf("a missing property: %v", p)
	}
	p = r.do(http.MethodPost, "/api/v1/stations", `[]`, http.StatusUnprocessableEntity)
	if fault := p["errors"].([]any)[0].(map[string]any); fault["detail"] != "the body: expected object" {
		t.Errorf("a body that is a list: %v", p)
	}
}

func TestATimeThatIsNoneIsExplained(t *testing.T) {
	p := newRig(t).do(http.MethodGet, "/api/v1/transactions?since=yesterday", "", http.StatusUnprocessableEntity)
	fault := p["errors"].([]any)[0].(map[string]any)
	if fault["parameter"] != "since" || fault["detail"] != "expected a time such as 2026-11-30T10:00:00Z" {
		t.Errorf("a time: %v", p)
	}
}

// Whoever opens the address that the banner names is led on.
func TestTheRootOfTheAPILeadsOn(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/api/v1", "/api/v1/"} {
		if got := r.do(http.MethodGet, path, "", http.StatusOK); got["description"] != "/openapi.json" {
			t.Errorf("%s: %v", path, got)
		}
		r.send(httptest.NewRequest(http.MethodGet, path, nil), http.StatusUnauthorized)
		r.do(http.MethodPost, path, "{}", http.StatusMethodNotAllowed)
	}
}

// curl -d sends this type, whatever the body is.
func TestABodyOfCurlIsTakenAsJSON(t *testing.T) {
	r := newRig(t)
	req := httptest.NewRequest(http.MethodPost, "/api/v1/stations", strings.NewReader(`{"id":"A"}`))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.send(req, http.StatusCreated)
	req = httptest.NewRequest(http.MethodPost, "/api/v1/stations", strings.NewReader(`{"id":"B"}`))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "text/xml")
	if p := r.send(req, http.StatusUnsupportedMediaType); p["detail"] != "send the header Content-Type: application/json" {
		t.Errorf("the detail does not help: %v", p)
	}
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/healthz", "/openapi.json", "/api/v1/stations", "/nothing"} {
		rec := httptest.NewRecorder()
		r.http.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "",
		} {
			if got := rec.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestReadinessSaysWhyNot(t *testing.T) {
	var reasons []string
	r := newRig(t, func(o *httpapi.Options) { o.NotReady = func(context.Context) []string { return reasons } })
	get := func(path string, want int) map[string]any {
		return r.send(httptest.NewRequest(http.MethodGet, path, nil), want)
	}
	get("/readyz", http.StatusOK)
	reasons = []string{"the disk is full"}
	if got := get("/readyz", http.StatusServiceUnavailable)["reasons"].([]any); got[0] != "the disk is full" {
		t.Errorf("reasons: %v", got)
	}
	get("/healthz", http.StatusOK)
}

func TestAPanicEndsOneRequest(t *testing.T) {
	r := newRig(t, func(o *httpapi.Options) { o.NotReady = func(context.Context) []string { panic("boom") } })
	rec := httptest.NewRecorder()
	r.http.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "boom") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestInternalErrorsKeepTheirTextForTheLog(t *testing.T) {
	var log strings.Builder
	r := newRig(t, func(o *httpapi.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	r.store.err = errors.New("table stations is gone")
	p := r.do(http.MethodGet, "/api/v1/stations", "", http.StatusInternalServerError)
	if b, _ := json.Marshal(p); strings.Contains(string(b), "table") {
		t.Errorf("the answer tells too much: %s", b)
	}
	if !strings.Contains(log.String(), "table stations is gone") {
		t.Errorf("the log tells too little: %s", log.String())
	}
}

func TestTheDescriptionIsOpenAPI31AndWhole(t *testing.T) {
	r := newRig(t)
	doc := r.send(httptest.NewRequest(http.MethodGet, "/openapi.json", nil), http.StatusOK)
	if v, _ := doc["openapi"].(string); !strings.HasPrefix(v, "3.1") {
		t.Errorf("openapi: %q", v)
	}
	var got []string
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			got = append(got, method+" "+path)
			responses := op.(map[string]any)["responses"].(map[string]any)
			failure, _ := json.Marshal(responses["default"])
			successes := 1
			if responses["202"] != nil {
				successes = 2 // at once, or later
			}
			if !strings.Contains(string(failure), "#/components/schemas/Problem") || len(responses) != 1+successes {
				t.Errorf("%s %s: answers %v", method, path, responses)
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"delete /api/v1/stations/{id}", "get /api/v1/debug/runtime", "get /api/v1/events", "get /api/v1/refusals", "get /api/v1/refusals/summary", "get /api/v1/stations", "get /api/v1/stations/{id}", "get /api/v1/transactions",
		"get /api/v1/transactions/{id}", "get /api/v1/transactions/{id}/samples", "post /api/v1/transactions/{id}/stop", "patch /api/v1/transactions/{id}/limits", "patch /api/v1/stations/{id}", "post /api/v1/commands", "post /api/v1/stations",
		"post /api/v1/stations/{id}/commands", "post /api/v1/stations/{id}/key",
		"get /api/v1/tokens", "post /api/v1/tokens", "get /api/v1/tokens/{id}", "put /api/v1/tokens/{id}", "patch /api/v1/tokens/{id}", "delete /api/v1/tokens/{id}",
		"get /api/v1/reservations", "get /api/v1/reservations/{number}", "delete /api/v1/reservations/{number}",
		"get /api/v1/tokens/{id}/decision", "get /api/v1/token-groups", "get /api/v1/token-groups/{name}", "put /api/v1/token-groups/{name}", "delete /api/v1/token-groups/{name}",
		"get /api/v1/api-tokens", "post /api/v1/api-tokens", "delete /api/v1/api-tokens/{id}",
	}
	slices.Sort(want)
	want = append(want, recordOperations...)
	want = append(want, deviceOperations...)
	want = append(want, commandOperations...)
	want = append(want, tagOperations...)
	want = append(want, verbOperations()...)
	want = append(want, chargingOperations...)
	want = append(want, bulkOperations...)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("operations:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if schemas := doc["components"].(map[string]any)["schemas"].(map[string]any); schemas["ErrorModel"] != nil {
		t.Error("huma's error model is described, which no answer has")
	}
}
