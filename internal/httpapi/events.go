package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/feed"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Event tells of one thing that happened.
type Event struct {
	Number  int64      `json:"number" doc:"Events are numbered in the order in which they became durable" example:"4711"`
	Kind    string     `json:"kind" doc:"What happened" example:"transaction.started"`
	Time    *time.Time `json:"time" doc:"By the server's clock"`
	Station string     `json:"station,omitempty" doc:"Identity of the station that it is about; absent when it is about none" example:"CP-001"`
	Data    Payload    `json:"data" doc:"What there is to say about it; its properties depend on the kind"`
}

// EventGap says which events cannot be had.
type EventGap struct {
	From   int64  `json:"from" doc:"Number of the first" example:"1"`
	To     int64  `json:"to" doc:"Number of the last" example:"250"`
	Reason string `json:"reason" enum:"deleted,unknown" doc:"deleted: they are older than what is kept. unknown: the number to go on after was never given by this store, as when it was set back; what comes is new"`
}

// EventPage is a part of the events.
type EventPage struct {
	Items []Event   `json:"items" nullable:"false" doc:"The events, in order"`
	Next  int64     `json:"next" doc:"Give it as ?after= to get the next page" example:"4711"`
	More  bool      `json:"more" doc:"There is a next page already, even if the filter left this one empty"`
	Gap   *EventGap `json:"gap,omitempty" doc:"Events before the first one of this page that cannot be had"`
}

type eventsInput struct {
	After       int64    `query:"after" minimum:"-1" default:"-1" doc:"Only events with higher numbers; 0 is from the oldest that is kept. Left out: a stream begins now, a page has the latest events"`
	Station     string   `query:"station" maxLength:"255" doc:"Only events about this station"`
	Kind        []string `query:"kind" maxItems:"50" pattern:"^[a-z0-9_-]+(\\.[a-z0-9_-]+)*$" doc:"Only events of these kinds, separated by commas; what stands before a dot is all kinds that begin with it, such as transaction" example:"[\"transaction\",\"station.booted\"]"`
	Limit       int      `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Of a page: so many numbers are looked at"`
	LastEventID string   `header:"Last-Event-ID" maxLength:"32" doc:"Of a stream: the number of the last event that arrived; it goes before ?after="`
	Accept      string   `header:"Accept" doc:"application/json asks for a page; anything else gets a stream"`
}

const eventsHelp = `Answers with a stream of server-sent events that does not end: the id is the number of the event, the event its kind, and
the data an Event as JSON. A client that comes back with the header Last-Event-ID, as browsers do by themselves, or with
?after=, goes on where it was: nothing is missing and nothing comes twice. Where events were deleted before it came back, an
event of the kind "gap" says which ones; its data is an EventGap. An id without an event tells how far the stream has come,
at the beginning, and when a filter has left out much. Every 15 seconds without an event there is a comment.

With "Accept: application/json" it answers at once with a page of events, for programs that ask again and again. A client
that does not read loses its stream. 503: as many clients as may be follow the events, or the server is stopping.`

// stream types of the answer.
const eventStreamType = "text/event-stream"

func (a *api) registerEvents() {
	schemas := a.huma.OpenAPI().Components.Schemas
	page := schemas.Schema(reflect.TypeFor[EventPage](), true, "EventPage")
	operate(a, huma.Operation{
		OperationID: "follow-events", Method: http.MethodGet, Path: "/events", Tags: []string{"event"},
		Summary: "Follow what happens", Description: eventsHelp,
		Responses: map[string]*huma.Response{"200": {
			Description: "A stream, or a page",
			Content: map[string]*huma.MediaType{
				eventStreamType:    {Schema: &huma.Schema{Type: huma.TypeString}},
				"application/json": {Schema: page},
			},
		}},
	}, a.events)
}

func (a *api) events(ctx context.Context, in *eventsInput) (*answer[func(huma.Context)], error) {
	after, err := in.position()
	if err != nil {
		return nil, err
	}
	if err := knownKinds(in.Kind); err != nil {
		return nil, err
	}
	filter := feed.Filter{Station: in.Station, Kinds: in.Kind}
	if in.wantsPage() {
		return a.eventPage(ctx, after, filter, in.Limit)
	}
	reader, err := a.o.Events.Follow(ctx, after, filter)
	if err != nil {
		return nil, eventsProblem(err)
	}
	return &answer[func(huma.Context)]{func(hc huma.Context) {
		defer reader.Close()
		a.streamEvents(hc, reader)
	}}, nil
}

// wantsPage: who names JSON and not the stream gets it.
func (in *eventsInput) wantsPage() bool {
	return strings.Contains(in.Accept, "application/json") && !strings.Contains(in.Accept, eventStreamType)
}

// position returns the number to go on after.
func (in *eventsInput) position() (int64, error) {
	if in.LastEventID == "" {
		return in.After, nil
	}
	n, err := strconv.ParseInt(in.LastEventID, 10, 64)
	if err != nil || n < 0 {
		return 0, problem(http.StatusUnprocessableEntity, "the header Last-Event-ID is no number of an event",
			Fault{Detail: "give the id of the last event that arrived, or leave the header out", Parameter: "Last-Event-ID"})
	}
	return n, nil
}

func eventsProblem(err error) error {
	if errors.Is(err, feed.ErrFull) || errors.Is(err, feed.ErrClosed) {
		return problem(http.StatusServiceUnavailable, err.Error())
	}
	return err
}

func (a *api) eventPage(ctx context.Context, after int64, filter feed.Filter, limit int) (*answer[func(huma.Context)], error) {
	p, err := a.o.Events.Page(ctx, after, filter, limit)
	if err != nil {
		return nil, err
	}
	page := EventPage{Items: make([]Event, 0, len(p.Notices)), Next: p.Next, More: p.More, Gap: viewGap(p.Gap)}
	for i := range p.Notices {
		page.Items = append(page.Items, viewEvent(&p.Notices[i]))
	}
	return &answer[func(huma.Context)]{func(hc huma.Context) {
		hc.SetHeader("Content-Type", "application/json")
		hc.SetStatus(http.StatusOK)
		writeBody(hc.BodyWriter(), page)
	}}, nil
}

func viewEvent(n *fleet.Notice) Event {
	return Event{Number: n.Number, Kind: string(n.Kind), Time: instant(n.Time), Station: n.Station, Data: Payload(n.Data)}
}

func viewGap(g *feed.Gap) *EventGap {
	if g == nil {
		return nil
	}
	reason := "deleted"
	if g.Unknown {
		reason = "unknown"
	}
	return &EventGap{From: g.From, To: g.To, Reason: reason}
}
