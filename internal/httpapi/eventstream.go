package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/feed"
)

// Times of a stream of events.
const (
	// eventHeartbeat is how long a stream is silent at most: proxies and clients take a silent one for dead.
	eventHeartbeat = 15 * time.Second
	// eventWriteLimit is how long a client may take for eventChunk bytes at most.
	eventWriteLimit = 10 * time.Second
	eventChunk      = 64 << 10
	// eventRetry is what clients are asked to wait before they come back, in milliseconds.
	eventRetry = "2000"
)

// errQuiet ends the wait for an event that does not come.
var errQuiet = errors.New("nothing has happened")

// eventStream writes the events of one client (WHATWG HTML, 9.2 Server-sent events). One that does not read holds up this
// goroutine until its time is over, and nobody else.
type eventStream struct {
	w       io.Writer
	control *http.ResponseController
	reader  *feed.Reader
	b       []byte
	told    int64 // the number that the client knows as the last
}

// streamEvents writes until the client is gone, does not read, or the feed ends.
func (a *api) streamEvents(hc huma.Context, reader *feed.Reader) {
	ctx := hc.Context()
	control, ok := ctx.Value(controllerKey{}).(*http.ResponseController)
	if !ok || hc.Method() == http.MethodHead {
		return
	}
	hc.SetHeader("Content-Type", eventStreamType)
	hc.SetHeader("X-Accel-Buffering", "no") // nginx hands it on as it comes
	hc.SetStatus(http.StatusOK)
	// The server's limit for reading a request would end the stream as if the client were gone.
	_ = control.SetReadDeadline(time.Time{})
	s := &eventStream{w: hc.BodyWriter(), control: control, reader: reader, told: -1}
	token, _ := bearer(hc.Header("Authorization"))
	allowed, done := a.whileValid(ctx, token)
	defer done()
	if err := s.run(allowed); ctx.Err() == nil && err != nil && !errors.Is(err, feed.ErrClosed) {
		a.o.Log.Info("a stream of events was cut", "error", err)
	}
}

func (s *eventStream) run(ctx context.Context) error {
	s.b = append(s.b, "retry: "+eventRetry+"\n"...)
	s.tell(s.reader.Position())
	if err := s.flush(); err != nil {
		return err
	}
	for {
		batch, err := s.next(ctx)
		switch {
		case err == nil:
			err = s.add(batch)
		case errors.Is(err, errQuiet):
			s.b = append(s.b, ": nothing has happened\n"...)
			s.tell(s.reader.Position())
			err = s.flush()
		case errors.Is(err, feed.ErrClosed):
			s.b = append(s.b, ": the server is stopping\n\n"...)
			return errors.Join(err, s.flush())
		case errors.Is(err, errRevoked):
			s.b = append(s.b, ": the API token is not valid any more\n\n"...)
			return errors.Join(err, s.flush())
		}
		if err != nil {
			return err
		}
	}
}

func (s *eventStream) next(ctx context.Context) (feed.Batch, error) {
	waiting, cancel := context.WithTimeoutCause(ctx, eventHeartbeat, errQuiet)
	defer cancel()
	return s.reader.Next(waiting)
}

// tell lets the client know how far the stream has come, so that it comes back to that place also when no event told it.
// An id without data is no event.
func (s *eventStream) tell(number int64) {
	if number != s.told {
		s.told = number
		s.b = append(strconv.AppendInt(append(s.b, "id: "...), number, 10), '\n')
	}
	s.b = append(s.b, '\n')
}

// add writes a batch.
func (s *eventStream) add(batch feed.Batch) error {
	if batch.Gap != nil {
		if err := s.event(batch.Gap.To, "gap", viewGap(batch.Gap)); err != nil {
			return err
		}
	}
	for i := range batch.Notices {
		n := &batch.Notices[i]
		if err := s.event(n.Number, string(n.Kind), viewEvent(n)); err != nil {
			return err
		}
	}
	return s.flush()
}

// event adds one event. JSON has no line breaks, which would end the data.
func (s *eventStream) event(number int64, kind string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	s.told = number
	s.b = strconv.AppendInt(append(s.b, "id: "...), number, 10)
	s.b = append(append(s.b, "\nevent: "...), kind...)
	s.b = append(append(append(s.b, "\ndata: "...), text...), "\n\n"...)
	if len(s.b) < eventChunk {
		return nil
	}
	return s.flush()
}

// flush sends what was added. The limit of the server counts from the beginning of the request; a stream has one for each
// portion.
func (s *eventStream) flush() error {
	for rest := s.b; len(rest) > 0; {
		some := rest[:min(len(rest), eventChunk)]
		rest = rest[len(some):]
		_ = s.control.SetWriteDeadline(time.Now().Add(eventWriteLimit)) // a connection without deadlines, as in tests, has none to move
		if _, err := s.w.Write(some); err != nil {
			return err
		}
		if err := s.control.Flush(); err != nil {
			return err
		}
	}
	s.b = s.b[:0]
	return nil
}
