package apiclient_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/apiclient"
)

// wire answers each request with a stream that the next function writes, without a socket.
type wire struct {
	begun time.Time
	say   []func(w io.Writer)
	asked []string // when, and Last-Event-ID
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, fmt.Sprint(time.Since(w.begun), " ", r.Header.Get("Last-Event-ID")))
	body, in := io.Pipe()
	ctx := r.Context()
	context.AfterFunc(ctx, func() { in.CloseWithError(context.Cause(ctx)) })
	say := w.say[0]
	w.say = w.say[1:]
	go say(in)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: body, Request: r}, nil
}

// A connection may be dead without saying so. What comes after it goes on behind the last event, however long that is, and the
// server may not let a client wait for ever.
func TestASilentStreamIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", 1<<20)
		w := &wire{begun: time.Now(), say: []func(io.Writer){
			func(io.Writer) {}, // not even a first line
			func(w io.Writer) {
				io.WriteString(w, told(1))
				time.Sleep(40 * time.Second)
				io.WriteString(w, ": nothing has happened\n\n") // it lives; then it is dead
			},
			func(w io.Writer) {
				io.WriteString(w, "retry: 3600000\n"+told(2))
				w.(io.Closer).Close()
			},
			func(w io.Writer) { io.WriteString(w, "id: 3\nevent: long\ndata: \""+long+"\"\n\n") },
		}}
		c, err := apiclient.New(apiclient.Options{Server: "http://server", Transport: w})
		if err != nil {
			t.Fatal(err)
		}
		var got, why []string
		for event, err := range c.Follow(t.Context(), apiclient.FollowOptions{After: -1, Interrupted: func(err error) { why = append(why, err.Error()) }}) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, string(event.Data)); len(got) == 3 {
				break
			}
		}
		if want := []string{`{"number":1}`, `{"number":2}`, `"` + long + `"`}; !slices.Equal(got, want) {
			t.Errorf("%.200q", got)
		}
		if want := []string{"0s ", "47s ", "2m14s 1", "3m14s 2"}; !slices.Equal(w.asked, want) {
			t.Errorf("asked %q, want %q", w.asked, want)
		}
		if len(why) != 3 || !strings.Contains(why[0], "nothing came for 45s") || !strings.Contains(why[1], "nothing came for 45s") {
			t.Errorf("interrupted because of %q", why)
		}
	})
}
