package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
)

// notices are a store of numbered notices from oldest to newest. Number n is about station A or B, in turns.
type notices struct {
	mu             sync.Mutex // guards all below
	oldest, newest int64
	err            error
}

func (n *notices) NoticeRange(context.Context) (oldest, newest int64, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.oldest, n.newest, n.err
}

func (n *notices) ListNotices(_ context.Context, q store.NoticeQuery) (list []fleet.Notice, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := max(n.oldest, q.After+1); i <= n.newest && len(list) < q.Limit; i++ {
		kind, station := fleet.NoticeBooted, "A"
		if i%2 == 0 {
			kind, station = fleet.NoticeTransactionStarted, "B"
		}
		list = append(list, fleet.Notice{
			Number: i, Kind: kind, Station: station, Time: time.Unix(1e9, 0), Data: fmt.Appendf(nil, `{"n":%d,"text":"a\nb"}`, i),
		})
	}
	return list, n.err
}

func (n *notices) add(count int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.oldest, n.newest = max(n.oldest, 1), n.newest+count
}

// eventRig is an API with a feed.
type eventRig struct {
	*rig
	notices *notices
	feed    *feed.Feed
}

func newEventRig(t *testing.T) *eventRig {
	r := &eventRig{notices: &notices{}}
	r.feed = feed.New(r.notices, feed.Options{Readers: 2})
	t.Cleanup(func() { r.feed.Close() })
	r.rig = newRig(t, func(o *httpapi.Options) { o.Events = r.feed })
	return r
}

// client is the writer of a stream, which is read at once, or not at all.
type client struct {
	header   http.Header
	deadline time.Time
	deaf     bool

	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (c *client) Header() http.Header                 { return c.header }
func (c *client) WriteHeader(int)                     {}
func (c *client) Flush()                              {}
func (c *client) SetReadDeadline(time.Time) error     { return nil }
func (c *client) SetWriteDeadline(at time.Time) error { c.deadline = at; return nil }

func (c *client) Write(b []byte) (int, error) {
	if c.deaf {
		time.Sleep(time.Until(c.deadline))
		return 0, os.ErrDeadlineExceeded
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

// take returns what has arrived since the last time.
func (c *client) take() string {
	time.Sleep(100 * time.Millisecond) // of the bubble: the feed pauses between two looks
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	text := c.text.String()
	c.text.Reset()
	return text
}

// stream opens a stream in a bubble. ended is closed with it.
func (r *eventRig) stream(c *client, query string, header ...string) (ended <-chan struct{}) {
	req := httptest.NewRequestWithContext(r.t.Context(), http.MethodGet, "/api/v1/events"+query, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c.header = http.Header{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.http.ServeHTTP(c, req)
	}()
	return done
}

func event(n int) string {
	kind, station := "station.booted", "A"
	if n%2 == 0 {
		kind, station = "transaction.started", "B"
	}
	return fmt.Sprintf("id: %[1]d\nevent: %[2]s\ndata: "+
		`{"number":%[1]d,"kind":"%[2]s","time":"2001-09-09T01:46:40Z","station":"%[3]s","data":{"n":%[1]d,"text":"a\nb"}}`+"\n\n", n, kind, station)
}

func (c *client) want(t *testing.T, what, text string) {
	t.Helper()
	if got := c.take(); got != text {
		t.Errorf("%s:\n%q\nwant\n%q", what, got, text)
	}
}

func TestAStreamHasTheEventsAsTheyHappen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		r.notices.add(4)
		c := &client{}
		ended := r.stream(c, "")
		c.want(t, "at first", "retry: 2000\nid: 4\n\n")
		if got := c.header.Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("Content-Type %q", got)
		}
		r.notices.add(2)
		r.feed.Wake()
		c.want(t, "two events", event(5)+event(6))
		time.Sleep(15 * time.Second)
		c.want(t, "silence", ": nothing has happened\n\n")
		if left := time.Until(c.deadline); left < 9*time.Second || left > 10*time.Second {
			t.Errorf("the client has %v for the next portion", left)
		}
		r.feed.Close()
		<-ended
		c.want(t, "at the end", ": the server is stopping\n\n")
	})
}

func TestAStreamGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		r.notices.add(4)
		for _, how := range []func(c *client) <-chan struct{}{
			func(c *client) <-chan struct{} { return r.stream(c, "?after=2") },
			func(c *client) <-chan struct{} { return r.stream(c, "", "Last-Event-ID", "2") },
			func(c *client) <-chan struct{} {
				return r.stream(c, "?after=0", "Last-Event-ID", "2", "Accept", "text/event-stream")
			},
		} {
			c := &client{}
			ended := how(c)
			c.want(t, "the rest", "retry: 2000\nid: 2\n\n"+event(3)+event(4))
			r.feed.Close()
			<-ended
			r = newEventRig(t)
			r.notices.add(4)
		}
	})
}

// Where events are gone for good, the client is told, and told where it is then.
func TestAStreamTellsWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		r.notices.oldest, r.notices.newest = 10, 11
		late, foreign := &client{}, &client{}
		r.stream(late, "?after=4")
		r.stream(foreign, "?after=40")
		late.want(t, "late", "retry: 2000\nid: 4\n\nid: 9\nevent: gap\ndata: {\"from\":5,\"to\":9,\"reason\":\"deleted\"}\n\n"+event(10)+event(11))
		foreign.want(t, "foreign", "retry: 2000\nid: 11\n\nid: 11\nevent: gap\ndata: {\"from\":1,\"to\":11,\"reason\":\"unknown\"}\n\n")
		r.feed.Close()
	})
}

// The id goes on also when a filter leaves everything out, or a client that comes back would be told of a gap.
func TestAFilteredStreamKnowsHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		a, started := &client{}, &client{}
		r.stream(a, "?station=A&after=0")
		r.stream(started, "?kind=transaction,token.deleted&after=0")
		a.take()
		started.take()
		r.notices.add(4)
		r.feed.Wake()
		a.want(t, "of A", event(1)+event(3))
		started.want(t, "of a kind", event(2)+event(4))
		time.Sleep(15 * time.Second)
		a.want(t, "of A", ": nothing has happened\nid: 4\n\n")
		started.want(t, "of a kind", ": nothing has happened\n\n")
		r.feed.Close()
	})
}

// A client that does not read costs itself the stream, and nobody else anything.
func TestAClientThatDoesNotReadIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		deaf, other := &client{deaf: true}, &client{}
		begun := time.Now()
		ended := r.stream(deaf, "")
		r.stream(other, "")
		other.take()
		r.notices.add(1)
		r.feed.Wake()
		other.want(t, "the other one", event(1))
		<-ended
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("it was cut after %v", took)
		}
		if n := r.feed.Readers(); n != 1 {
			t.Errorf("%d readers are left", n)
		}
		r.feed.Close()
	})
}

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newEventRig(t)
		r.stream(&client{}, "")
		r.stream(&client{}, "")
		synctest.Wait()
		r.do(http.MethodGet, "/api/v1/events", "", http.StatusServiceUnavailable)
		r.feed.Close()
		synctest.Wait()
		r.do(http.MethodGet, "/api/v1/events", "", http.StatusServiceUnavailable)
	})
}

// page asks for a page.
func (r *eventRig) page(query string, status int) map[string]any {
	r.t.Helper()
	req := httptest.NewRequest(http.MethodGet, "/api/v1/events"+query, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	return r.send(req, status)
}

func TestPagesOfEvents(t *testing.T) {
	r := newEventRig(t)
	r.notices.oldest, r.notices.newest = 5, 20
	for query, want := range map[string]string{
		"":                           `5..20 20 false null`,
		"?limit=3":                   `18..20 20 false null`,
		"?after=10&limit=3":          `11..13 13 true null`,
		"?after=4&limit=2":           `5..6 6 true null`,
		"?after=1&limit=2":           `5..6 6 true {"from":2,"reason":"deleted","to":4}`,
		"?after=20":                  `none 20 false null`,
		"?after=99":                  `none 20 false {"from":1,"reason":"unknown","to":20}`,
		"?after=10&station=X":        `none 20 false null`,
		"?after=10&kind=transaction": `12..20 20 false null`,
	} {
		p := r.page(query, http.StatusOK)
		gap, err := json.Marshal(p["gap"])
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s %v %v %s", span(p["items"].([]any)), p["next"], p["more"], gap)
		if got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

// span names the first and the last number of a page.
func span(items []any) string {
	if len(items) == 0 {
		return "none"
	}
	number := func(i int) any { return items[i].(map[string]any)["number"] }
	return fmt.Sprintf("%v..%v", number(0), number(len(items)-1))
}

func TestQuestionsForEventsThatAreWrong(t *testing.T) {
	r := newEventRig(t)
	for query, want := range map[string]string{
		"?after=x": "after", "?after=-2": "after", "?limit=0": "limit", "?limit=1001": "limit", "?kind=A%20B": "kind[0]",
		"?kind=a,,b": "kind[1]", "?kind=transactions": "kind[0]", "?kind=station,transaction.start": "kind[1]",
		"?nothing=1": "nothing", "?station=" + strings.Repeat("x", 256): "station",
	} {
		if got := firstFault(t, r.page(query, http.StatusUnprocessableEntity)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for _, id := range []string{"x", "-1", "1.5", strings.Repeat("9", 30)} {
		req := httptest.NewRequest(http.MethodGet, "/api/v1/events", nil)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Last-Event-ID", id)
		if got := firstFault(t, r.send(req, http.StatusUnprocessableEntity)); got != "Last-Event-ID" {
			t.Errorf("Last-Event-ID %s: %q", id, got)
		}
	}
	r.send(httptest.NewRequest(http.MethodGet, "/api/v1/events", nil), http.StatusUnauthorized)
}
