package apiclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client makes a client of a server that answers like h.
func client(t *testing.T, h http.HandlerFunc) *apiclient.Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := apiclient.New(apiclient.Options{Server: srv.URL, Token: "secret", Transport: srv.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARequestCarriesTheTokenAndTheBody(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodPost || r.URL.EscapedPath() != "/api/v1/stations/a%2Fb%3F" || r.Header.Get("Authorization") != "Bearer secret" ||
			r.Header.Get("Content-Type") != "application/json" || body["id"] != "x" {
			t.Errorf("%s %s %v %v", r.Method, r.URL.EscapedPath(), r.Header, body)
		}
		fmt.Fprint(w, `{"a": 1.50}`)
	})
	got, err := c.Send(t.Context(), http.MethodPost, apiclient.Path("stations", "a/b?"), map[string]string{"id": "x"})
	if err != nil || string(got) != `{"a": 1.50}` {
		t.Errorf("%s %v", got, err)
	}
}

func TestAnAnswerWithoutABodyIsEmpty(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "" {
			t.Error("there is no body to have a type")
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if got, err := c.Send(t.Context(), http.MethodDelete, "/stations/x", nil); err != nil || len(got) != 0 {
		t.Errorf("%q %v", got, err)
	}
}

func TestAProblemNamesWhatIsWrongAndWhere(t *testing.T) {
	const problem = `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the payload breaks the schema",
		"errors":[{"detail":"not one of Hard, Soft","pointer":"/payload/type"},{"detail":"too large","parameter":"limit"},{"detail":"and so on"}],"code":"NotSupported"}`
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, problem)
	})
	_, err := c.Get(t.Context(), "/stations", nil)
	var e *apiclient.Error
	if !errors.As(err, &e) || e.Status != 422 || e.Code != "NotSupported" || len(e.Errors) != 3 {
		t.Fatalf("%#v", err)
	}
	const want = "NotSupported: the payload breaks the schema: /payload/type: not one of Hard, Soft; limit: too large; and so on"
	if err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if bare := (&apiclient.Error{Title: "Conflict"}); bare.Error() != "conflict" {
		t.Errorf("%v", bare)
	}
	more := &apiclient.Error{Detail: "no transaction goes on there; nothing was sent", Errors: []apiclient.Fault{{Detail: "no transaction goes on there", Pointer: "/evse"}}}
	if want := "no transaction goes on there; nothing was sent (/evse)"; more.Error() != want {
		t.Errorf("%v, want %s", more, want)
	}
	same := &apiclient.Error{Detail: "no", Errors: []apiclient.Fault{{Detail: "no", Pointer: "/action"}, {Detail: "too large", Parameter: "limit"}, {Detail: "no"}}}
	if want := "no (/action): limit: too large; no"; same.Error() != want {
		t.Errorf("%v, want %s", same, want)
	}
}

func TestWhatIsNoServerOfOursIsNamed(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a page":        func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") },
		"an error page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		},
		"a problem that is none": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "[")
		},
	} {
		_, err := client(t, h).Get(t.Context(), "/stations", nil)
		if err == nil || !strings.Contains(err.Error(), "is not the API of a Chargeyard server") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatIsDownIsNamed(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c, err := apiclient.New(apiclient.Options{Server: srv.URL + "/api/v1/"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(t.Context(), "/stations", nil)
	var down *apiclient.UnreachableError
	if !errors.As(err, &down) || down.Server != srv.URL || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "/stations") {
		t.Errorf("%v", err)
	}
}

func TestTheEndOfTheContextIsToldAsItIs(t *testing.T) {
	asked := make(chan struct{})
	c := client(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	})
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-asked; cancel(cause) }()
	if _, err := c.Get(ctx, "/stations", nil); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}

func TestAServerThatDoesNotAnswerIsNamed(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(srv.Close)
	c, err := apiclient.New(apiclient.Options{Server: srv.URL, Limit: time.Millisecond, Transport: srv.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(t.Context(), "/stations", nil)
	var down *apiclient.UnreachableError
	if !errors.As(err, &down) || !strings.Contains(err.Error(), "longer than 1ms") {
		t.Errorf("%v", err)
	}
}

func TestAURLThatNoServerHasIsRefused(t *testing.T) {
	for _, s := range []string{"", "localhost:8080", "ftp://h", "http://", "http://u:p@h", "http://h?x=1", "http://h#x", "http://[::1"} {
		if _, err := apiclient.New(apiclient.Options{Server: s}); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
	c, err := apiclient.New(apiclient.Options{Server: "https://h/chargeyard/api/v1/"})
	if err != nil || c.Server() != "https://h/chargeyard" {
		t.Errorf("%v %v", c, err)
	}
}

// lists answers a list of n items in pages of two.
func lists(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := 0
		fmt.Sscan(r.FormValue("cursor"), &from)
		next := ""
		if from+2 < n {
			next = fmt.Sprintf(`,"next":"%d"`, from+2)
		}
		items := []string{}
		for i := from; i < min(from+2, n); i++ {
			items = append(items, fmt.Sprintf(`{"n": %d.0}`, i))
		}
		fmt.Fprintf(w, `{"items":[%s]%s}`, strings.Join(items, ","), next)
	}
}

func TestItemsGoThroughAllPages(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5} {
		query := url.Values{"online": {"true"}}
		var got []string
		for item, err := range client(t, lists(n)).Items(t.Context(), "/stations", query) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(item))
		}
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf(`{"n": %d.0}`, i))
		}
		if !slices.Equal(got, want) || len(query) != 1 {
			t.Errorf("%d: %q; the query is %v", n, got, query)
		}
	}
}

func TestItemsEndWithTheFirstError(t *testing.T) {
	for what, h := range map[string]http.HandlerFunc{
		"cannot be read": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[]`) },
		"the same page":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"items":[],"next":"x"}`) },
	} {
		var last error
		for _, err := range client(t, h).Items(t.Context(), "/stations", nil) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), what) {
			t.Errorf("want %q: %v", what, last)
		}
	}
}

func TestItemsStopWhenNobodyWantsMore(t *testing.T) {
	pages := 0
	c := client(t, func(w http.ResponseWriter, r *http.Request) { pages++; lists(9)(w, r) })
	for range c.Items(t.Context(), "/stations", nil) {
		break
	}
	if pages != 1 {
		t.Errorf("%d pages", pages)
	}
}
