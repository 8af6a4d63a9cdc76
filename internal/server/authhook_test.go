package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

const hookSecret = "secret-of-the-hook"

// hookServer is somebody else's authorization hook.
type hookServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []map[string]any
}

func serveHook(t *testing.T, answer http.HandlerFunc) *hookServer {
	h := &hookServer{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q map[string]any
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &q)
		}
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer "+hookSecret {
			t.Errorf("asked with %s %v: %v", r.Method, r.Header, err)
		}
		h.mu.Lock()
		h.asked = append(h.asked, q)
		h.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hookServer) questions() []map[string]any {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

func (h *hookServer) config(change func(*AuthorizationConfig)) Config {
	c := Config{Authorization: AuthorizationConfig{URL: h.URL + "/authorize?key=in-the-url", Bearer: hookSecret}}
	if change != nil {
		change(&c.Authorization)
	}
	return c
}

// The hook decides on Authorize and on starts of all versions, and on remote starts; what it says is on record.
func TestAnAuthorizationHookDecides(t *testing.T) {
	h := serveHook(t, say(`{"status":"NoCredit","detail":"the account is empty","group":"G","future":1}`))
	r := serve(t, h.config(nil))
	r.api(http.MethodPost, "/tokens", `{"value":"CARD"}`, http.StatusCreated)
	old := r.connect("OLD", "ocpp1.6", login{})
	old.call("BootNotification", boot16)
	if got := old.call("Authorize", `{"idTag":"CARD"}`)["idTagInfo"].(map[string]any); got["status"] != "Blocked" || got["parentIdTag"] != "G" {
		t.Errorf("1.6: %v", got)
	}
	old.call("StartTransaction", `{"connectorId":1,"idTag":"CARD","meterStart":0,"timestamp":`+t0+`}`)
	for id, subprotocol := range map[string]string{"MID": "ocpp2.0.1", "NEW": "ocpp2.1"} {
		p := r.connect(id, subprotocol, login{})
		if got := p.call("Authorize", `{"idToken":{"idToken":"CARD","type":"ISO14443"}}`)["idTokenInfo"].(map[string]any); got["status"] != "NoCredit" {
			t.Errorf("%s: %v", id, got)
		}
	}
	x := r.items("/transactions")[0]
	if x["authorization"] != "NoCredit" || x["authorizationReason"] != "hook" || x["authorizationDetail"] != "the account is empty" {
		t.Errorf("on record: %v", x)
	}
	got := r.api(http.MethodGet, "/tokens/CARD/decision?station=OLD", "", http.StatusOK)
	if got["status"] != "NoCredit" || got["detail"] != "the account is empty" {
		t.Errorf("what would be decided: %v", got)
	}
	r.api(http.MethodPost, "/stations/OLD/commands", `{"action":"RemoteStartTransaction","payload":{"idTag":"CARD"}}`, http.StatusConflict)
	q := h.questions()[0]
	if q["station"] != "OLD" || q["purpose"] != "authorize" || q["idToken"].(map[string]any)["value"] != "CARD" || q["time"] == nil {
		t.Errorf("asked: %v", q)
	}
	if q := h.questions()[1]; q["purpose"] != "start" || q["evse"] != 1.0 {
		t.Errorf("asked: %v", q)
	}
	r.quiet()
}

// quiet demands that no secret is in the log.
func (r *rig) quiet() {
	r.t.Helper()
	for _, secret := range []string{hookSecret, "in-the-url", "CARD"} {
		if strings.Contains(r.log.String(), secret) {
			r.t.Errorf("%s is in the log:\n%s", secret, r.log)
		}
	}
}

// Without a usable answer the fallback counts, whatever the hook does, and in time.
func TestAHookThatFails(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	for name, answer := range map[string]http.HandlerFunc{
		"garbage":      say(`<html>`),
		"no object":    say(`[]`),
		"no status":    say(`{"accepted":true}`),
		"wrong status": say(`{"status":"Yes"}`),
		"wrong EVSEs":  say(`{"status":"Accepted","evses":[0]}`),
		"priority 10":  say(`{"status":"Accepted","chargingPriority":10}`),
		"huge":         say(`{"status":"Accepted","detail":"` + strings.Repeat("x", maxHookAnswer) + `"}`),
		"error":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		},
		"cut off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat(" ", 1000)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := serveHook(t, answer)
			c := h.config(nil).Authorization
			c.Timeout = 100 * time.Millisecond
			hook := testHook(t, c)
			q := fleet.Question{Token: fleet.IDToken{Value: "CARD"}, Station: "A", At: time.Now(), Purpose: fleet.PurposeAsk}
			if got := hook.ask(t.Context(), q); got != nil {
				t.Errorf("the records decide: %+v", got)
			}
			hook.cfg.Fallback = FallbackAccept
			if got := hook.ask(t.Context(), q); got == nil || got.Status != fleet.TokenAccepted || !got.Fallback {
				t.Errorf("accept: %+v", got)
			}
			hook.cfg.Fallback = FallbackRefuse
			if got := hook.ask(t.Context(), q); got == nil || got.Status != fleet.TokenInvalid {
				t.Errorf("refuse: %+v", got)
			}
		})
	}
}

func testHook(t *testing.T, c AuthorizationConfig) *authHook {
	hook := newAuthHook(c.withDefaults(), newMetrics("test", protocols()), Config{}.withDefaults().Log)
	t.Cleanup(func() { _ = hook.close() })
	return hook
}

// A hook that does not answer holds up nobody else: neither stations nor heartbeats, and no more questions are under way
// than may be.
func TestASlowHookHoldsUpNobodyElse(t *testing.T) {
	release, asked := make(chan struct{}), make(chan struct{}, 10)
	h := serveHook(t, func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-release
		fmt.Fprint(w, `{"status":"Accepted"}`)
	})
	r := serve(t, h.config(func(c *AuthorizationConfig) { c.AtOnce, c.Timeout = 1, patience }))
	first, second, other := r.connect("A", "ocpp1.6", login{}), r.connect("B", "ocpp1.6", login{}), r.connect("C", "ocpp1.6", login{})
	for i, p := range []*peer{first, second} {
		if err := p.SendText(fmt.Sprintf(`[2,"a%d","Authorize",{"idTag":"CARD"}]`, i)); err != nil {
			t.Fatal(err)
		}
	}
	<-asked
	other.call("Heartbeat", `{}`)
	other.call("StartTransaction", `{"connectorId":1,"idTag":"","meterStart":0,"timestamp":`+t0+`}`) // nobody is asked about
	if n := len(asked); n != 0 {
		t.Errorf("%d more questions are under way", n)
	}
	close(release)
	for _, p := range []*peer{first, second} {
		if got := fmt.Sprint(p.read()[2]); !strings.Contains(got, "Accepted") {
			t.Errorf("in the end: %v", got)
		}
	}
}

// An answer is kept for as long as it says, for the same question.
func TestAnswersOfAHookAreKept(t *testing.T) {
	h := serveHook(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"status":"Accepted","cacheSeconds":60}`) })
	hook := testHook(t, h.config(nil).Authorization)
	now := time.Now()
	hook.now = func() time.Time { return now }
	ask := func(value, station string, purpose fleet.Purpose) {
		t.Helper()
		q := fleet.Question{Token: fleet.IDToken{Value: value}, Station: station, At: now, Purpose: purpose}
		if got := hook.ask(context.Background(), q); got == nil || got.Status != fleet.TokenAccepted {
			t.Fatalf("%+v", got)
		}
	}
	count := func(what string, want int) {
		t.Helper()
		if n := len(h.questions()); n != want {
			t.Errorf("%s: %d questions, want %d", what, n, want)
		}
	}
	ask("CARD", "A", fleet.PurposeAsk)
	ask("card", "A", fleet.PurposeAsk)
	count("the same", 1)
	ask("CARD", "B", fleet.PurposeAsk)
	ask("CARD", "A", fleet.PurposeStart)
	ask("OTHER", "A", fleet.PurposeAsk)
	count("others", 4)
	now = now.Add(time.Minute)
	ask("CARD", "A", fleet.PurposeAsk)
	count("a minute later", 5)
	for i := range maxHookCache + 100 {
		hook.cache.keep(hookCacheKey{station: fmt.Sprint(i)}, nil, time.Minute, now)
	}
	if n := len(hook.cache.entries); n > maxHookCache {
		t.Errorf("%d answers are kept", n)
	}
	for seconds, want := range map[float64]time.Duration{-1: 0, 0: 0, 0.5: time.Second / 2, 1e300: maxHookLifetime} {
		if got := (&hookAnswer{CacheSeconds: seconds}).lifetime(); got != want {
			t.Errorf("%v seconds: %v", seconds, got)
		}
	}
}

func TestAHookMayLeaveItToTheRecords(t *testing.T) {
	h := serveHook(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	hook := testHook(t, h.config(func(c *AuthorizationConfig) { c.Fallback = FallbackRefuse }).Authorization)
	if got := hook.ask(t.Context(), fleet.Question{Token: fleet.IDToken{Value: "x"}}); got != nil {
		t.Errorf("%+v", got)
	}
	if got := hook.ask(t.Context(), fleet.Question{Token: fleet.IDToken{Type: fleet.NoAuthorization}}); got != nil || len(h.questions()) != 1 {
		t.Errorf("asked about a token that needs no authorization: %+v", got)
	}
}

func TestHooksThatCannotBe(t *testing.T) {
	for _, c := range []AuthorizationConfig{
		{Bearer: "x"},
		{URL: "tokens.example.org"},
		{URL: "ftp://tokens.example.org"},
		{URL: "https://"},
		{URL: "https://x", Bearer: "a\nb"},
		{URL: "https://x", Timeout: time.Minute},
		{URL: "https://x", Timeout: -1},
		{URL: "https://x", AtOnce: -1},
		{URL: "https://x", Fallback: "perhaps"},
	} {
		if err := c.withDefaults().check(); err == nil || strings.Contains(err.Error(), "a\nb") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
