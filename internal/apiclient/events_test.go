package apiclient_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// streams answers with one text after the other, each on a connection of its own that then ends, and notes what was asked.
type streams struct {
	texts []string
	asked []string // Last-Event-ID and query of each request
}

func (s *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Header.Get("Last-Event-ID")+"?"+r.URL.RawQuery)
	text := s.texts[0]
	s.texts = s.texts[1:]
	if status, err := strconv.Atoi(text); err == nil {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"title":"%s"}`, http.StatusText(status))
		return
	}
	if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		w.WriteHeader(http.StatusNotAcceptable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, text)
}

func told(n int) string {
	return fmt.Sprintf("id: %[1]d\nevent: station.booted\ndata: {\"number\":%[1]d}\n\n", n)
}

// follow collects what comes until an error, or until so many have come.
func follow(t *testing.T, s *streams, o apiclient.FollowOptions, enough int) (got []string, interrupted int, err error) {
	t.Helper()
	o.Interrupted = func(error) { interrupted++ }
	for event, err := range client(t, s.ServeHTTP).Follow(t.Context(), o) {
		if err != nil {
			return got, interrupted, err
		}
		if got = append(got, event.Kind+string(event.Data)); len(got) == enough {
			break
		}
	}
	return got, interrupted, nil
}

func TestAStreamThatIsCutGoesOnWhereItWas(t *testing.T) {
	s := &streams{texts: []string{
		"retry: 1\nid: 4\n\n: nothing has happened\n\n" + told(5) + told(6) + "id: 7\nevent: station.booted\ndata: {\"number\":7}\n", // cut within 7
		"retry: 1\nid: 6\n\n" + told(7) + ": nothing\nid: 20\n\n",                                                                    // a filter left 8 to 20 out
		"503",
		"id: 20\n\nid: 30\nevent: gap\ndata: {\"from\":21}\n\n" + told(31) + told(32),
	}}
	got, interrupted, err := follow(t, s, apiclient.FollowOptions{After: -1, Query: map[string][]string{"station": {"A"}}}, 5)
	want := []string{`station.booted{"number":5}`, `station.booted{"number":6}`, `station.booted{"number":7}`, `gap{"from":21}`, `station.booted{"number":31}`}
	if err != nil || !slices.Equal(got, want) || interrupted != 3 {
		t.Errorf("%q %v, %d times interrupted", got, err, interrupted)
	}
	if want := []string{"?station=A", "6?station=A", "20?station=A", "20?station=A"}; !slices.Equal(s.asked, want) {
		t.Errorf("asked %q, want %q", s.asked, want)
	}
}

func TestAStreamBeginsAfterANumber(t *testing.T) {
	s := &streams{texts: []string{told(1)}}
	if got, _, err := follow(t, s, apiclient.FollowOptions{After: 0}, 1); err != nil || len(got) != 1 || s.asked[0] != "0?" {
		t.Errorf("%q %v, asked %q", got, err, s.asked)
	}
}

func TestARefusalEndsAStream(t *testing.T) {
	for _, c := range []struct {
		texts  []string
		events int
		status int
	}{
		{[]string{"401"}, 0, 401},
		{[]string{"503"}, 0, 503}, // who begins wants to know
		{[]string{"retry: 1\n" + told(1), "401"}, 1, 401},
		{[]string{"retry: 1\n" + told(1), "500", "503", "429", "422"}, 1, 422},
	} {
		got, _, err := follow(t, &streams{texts: c.texts}, apiclient.FollowOptions{After: -1}, 9)
		var refusal *apiclient.Error
		if !errors.As(err, &refusal) || refusal.Status != c.status || len(got) != c.events {
			t.Errorf("%q: %q, %v", c.texts, got, err)
		}
	}
}

func TestAPageIsNoStream(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") })
	for _, err := range c.Follow(t.Context(), apiclient.FollowOptions{}) {
		if err == nil || !strings.Contains(err.Error(), "is not the API of a Chargeyard server") {
			t.Error(err)
		}
	}
}

func TestTheEndOfTheContextEndsAStreamWithoutAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, told(1))
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	n := 0
	for _, err := range c.Follow(ctx, apiclient.FollowOptions{Interrupted: func(err error) { t.Error(err) }}) {
		n++
		if err != nil {
			t.Error(err)
		}
		cancel()
	}
	if n != 1 {
		t.Errorf("%d events", n)
	}
}
