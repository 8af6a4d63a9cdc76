package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/store"
)

// eventStream is a client of /api/v1/events.
type eventStream struct {
	t    *testing.T
	body io.ReadCloser
	text *bufio.Reader
	last string // the id that it would come back with
}

// follow opens a stream after a number; "" is from now on.
func (r *rig) follow(ctx context.Context, last string) *eventStream {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.srv.APIAddr().String()+"/api/v1/events", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		r.t.Fatalf("following the events: %v %v", resp, err)
	}
	return &eventStream{t: r.t, body: resp.Body, text: bufio.NewReader(resp.Body), last: last}
}

// event returns the kind of the next event, and io.EOF at the end of the stream.
func (s *eventStream) event() (kind string, err error) {
	for {
		line, err := s.text.ReadString('\n')
		if err != nil {
			return "", err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			s.last = value
		case "event":
			kind = value
		case "":
			if kind != "" {
				return kind, nil
			}
		}
	}
}

// A client that loses its stream again and again while stations are busy has every event once and in order at the end.
func TestAClientThatReconnectsMissesNoEvent(t *testing.T) {
	r := serve(t, Config{KeepEvents: 10_000})
	const events = 600
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := r.follow(ctx, "")
	p := r.connect("CP-001", "ocpp1.6", login{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range events {
			p.call("StatusNotification", fmt.Sprintf(`{"connectorId":%d,"errorCode":"NoError","status":"Available"}`, 1+i%5))
		}
	}()
	var got []string
	for rnd := rand.New(rand.NewPCG(1, 2)); len(got) < events; s = r.follow(ctx, s.last) {
		for range min(rnd.IntN(40), events-len(got)) {
			if kind, err := s.event(); err != nil || kind == "gap" {
				t.Fatalf("after %d events: %v %v", len(got), kind, err)
			}
			got = append(got, s.last)
		}
		s.body.Close()
	}
	s.body.Close()
	<-done
	notices, err := r.srv.store.ListNotices(t.Context(), store.NoticeQuery{Limit: events})
	if err != nil || len(notices) != events {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	for i, n := range notices {
		if got[i] != strconv.FormatInt(n.Number, 10) {
			t.Fatalf("event %d has number %s, want %d", i, got[i], n.Number)
		}
	}
}

// Stopping lets streams have the last event and ends them: they do not hold it up.
func TestStoppingEndsStreams(t *testing.T) {
	r := serve(t, Config{})
	s := r.follow(t.Context(), "")
	defer s.body.Close()
	r.create("CP-001", 0)
	kinds := make(chan string, 8)
	go func() {
		defer close(kinds)
		for {
			kind, err := s.event()
			if err != nil {
				return
			}
			kinds <- kind
		}
	}()
	begun := time.Now()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if kind := <-kinds; kind != "station.created" {
		t.Errorf("got %q", kind)
	}
	if kind, more := <-kinds; more {
		t.Errorf("then got %q", kind)
	}
	t.Logf("stopping took %v", time.Since(begun))
}
