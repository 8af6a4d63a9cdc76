package apiclient

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Times of a stream.
const (
	// streamSilence ends a connection on which nothing arrives: the server says something every 15 seconds.
	streamSilence = 45 * time.Second
	// streamRetry is the pause before coming back, until the server names another.
	streamRetry = 2 * time.Second
	// maxStreamRetry bounds what the server names.
	maxStreamRetry = time.Minute
)

// maxStreamLine bounds one line of a stream, in bytes.
const maxStreamLine = 4 << 20

// errSilent ends a connection that is dead without saying so.
var errSilent = fmt.Errorf("nothing came for %v", streamSilence)

// StreamEvent is one event of a stream.
type StreamEvent struct {
	Kind string          // "gap" says which events cannot be had
	Data json.RawMessage // an event of the API; of a gap, its bounds
}

// FollowOptions say what to follow.
type FollowOptions struct {
	Query url.Values // filters; not changed

	// After is the number of the last event that is not wanted any more; below zero: what happens from now on.
	After int64

	// Interrupted is told that the connection was lost and is being made again. Default: nothing.
	Interrupted func(err error)
}

// Follow yields what happens, as it happens, until ctx ends or nobody wants more. A connection that is lost is made again, and
// goes on with the event behind the last one: nothing is missing and nothing comes twice. The end of ctx is no error. An error is
// yielded last: when the server cannot be reached at first, and when it refuses.
func (c *Client) Follow(ctx context.Context, o FollowOptions) iter.Seq2[StreamEvent, error] {
	return func(yield func(StreamEvent, error) bool) {
		f := &follower{c: c, o: o, position: o.After, retry: streamRetry, yield: yield}
		for {
			err := f.connection(ctx)
			switch {
			case f.ended || ctx.Err() != nil:
				return
			case !f.mayComeBack(err):
				yield(StreamEvent{}, err)
				return
			}
			if o.Interrupted != nil {
				o.Interrupted(err)
			}
			if !pause(ctx, f.retry) {
				return
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// follower reads one stream over as many connections as it takes.
type follower struct {
	c     *Client
	o     FollowOptions
	yield func(StreamEvent, error) bool

	position  int64 // number of the last event that arrived; below zero: not known
	retry     time.Duration
	connected bool // once at least
	ended     bool // nobody wants more

	event StreamEvent // what has come of the next one
	next  int64       // its number
}

// mayComeBack tells trouble that goes away from a server that was never there or says no.
func (f *follower) mayComeBack(err error) bool {
	refusal, refused := errors.AsType[*Error](err)
	switch {
	case !f.connected:
		return false
	case refused:
		return refusal.Status >= http.StatusInternalServerError || refusal.Status == http.StatusTooManyRequests
	}
	return true
}

// connection reads one connection to its end, and returns why it ended.
func (f *follower) connection(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dead := &UnreachableError{Server: f.c.Server(), Err: errSilent}
	silence := time.AfterFunc(streamSilence, func() { cancel(dead) })
	defer silence.Stop()
	req, err := f.c.request(ctx, http.MethodGet, "/events", f.o.Query, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	if f.position >= 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatInt(f.position, 10))
	}
	resp, err := f.c.exchange(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || kind != "text/event-stream" {
		return f.c.foreign(resp)
	}
	f.connected = true
	return f.read(ctx, resp.Body, func() { silence.Reset(streamSilence) })
}

// read takes the lines of a stream (WHATWG HTML, 9.2.6). alive is called for each.
func (f *follower) read(ctx context.Context, body io.Reader, alive func()) error {
	f.event, f.next = StreamEvent{}, f.position // what a lost connection left unfinished comes again
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxStreamLine)
	for lines.Scan() {
		alive()
		if f.line(lines.Text()); f.ended {
			return nil
		}
	}
	err := lines.Err()
	if err == nil {
		err = io.ErrUnexpectedEOF // it has no end of its own
	}
	return f.c.unreachable(ctx, err)
}

func (f *follower) line(line string) {
	if line == "" {
		f.dispatch()
		return
	}
	field, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch field {
	case "event":
		f.event.Kind = value
	case "data":
		f.event.Data = json.RawMessage(value) // the server writes it in one line
	case "id":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
			f.next = n
		}
	case "retry":
		if ms, err := strconv.ParseUint(value, 10, 31); err == nil {
			f.retry = min(time.Duration(ms)*time.Millisecond, maxStreamRetry)
		}
	}
}

// dispatch ends an event. An id without data tells how far the stream has come.
func (f *follower) dispatch() {
	f.position = f.next
	event := f.event
	f.event = StreamEvent{}
	if event.Data != nil && !f.yield(event, nil) {
		f.ended = true
	}
}
