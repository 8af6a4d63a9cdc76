package ocppj

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Shared makes the sessions of a server or client that has many: they have the same options and keep them once.
type Shared struct{ o Options }

// Share takes the options that sessions have in common. It returns an error when End is missing. Of what Own has as well
// it takes Policy, Location and Events, for the sessions that bring none.
func Share(o Options) (*Shared, error) {
	if err := checkEnd(o.End); err != nil {
		return nil, err
	}
	o.setDefaults()
	return &Shared{o}, nil
}

// Own is what one of the sessions of a Shared has to itself, as Options has it. Protocol and Link are required.
type Own struct {
	Protocol *ocpp.Protocol
	Link     Link
	Identity string
	Context  context.Context
	Policy   ocpp.Policy
	Location *time.Location
	Answers  *AnswerMemory
	Events   *Events
}

// Link is what a session calls of whatever it belongs to. The fields of Options of the same names say how.
type Link interface {
	Send(frame []byte) error
	ReadOn() bool
	Route(action string) (Route, bool)
	Gate(x *ocpp.Exchange) *ocpp.Error
	SendGate(x *ocpp.Exchange) error
}

// New makes a session. It returns an error when Protocol or Link is missing.
func (sh *Shared) New(own Own) (*Session, error) {
	if own.Link == nil {
		return nil, errors.New("ocppj: Own.Link is missing")
	}
	if own.Protocol == nil {
		return nil, errors.New("ocppj: Own.Protocol is missing")
	}
	own.Policy = own.Policy.Or(sh.o.Policy)
	if own.Location == nil {
		own.Location = sh.o.Location
	}
	return newSession(&sh.o, &own), nil
}

// newSession takes options that were checked and completed.
func newSession(o *Options, own *Own) *Session {
	s := &Session{
		o: o, link: own.Link, events: own.Events, identity: own.Identity, protocol: own.Protocol, policy: own.Policy,
		location: own.Location, answers: own.Answers, version: own.Protocol.Version(),
	}
	if s.events == nil {
		s.events = &o.Events
	}
	if s.answers == nil {
		s.answers = new(AnswerMemory)
	}
	if own.Context == nil {
		own.Context = context.Background()
	}
	s.ctx, s.cancel = context.WithCancelCause(valuesOf(own.Context))
	return s
}

// callbacks are options as the link of their only session.
type callbacks struct{ *Options }

func (c callbacks) Send(frame []byte) error { return c.Options.Send(frame) }

func (c callbacks) ReadOn() bool { return c.Options.ReadOn != nil && c.Options.ReadOn() }

func (c callbacks) Route(action string) (Route, bool) {
	if c.Options.Route == nil {
		return Route{}, false
	}
	return c.Options.Route(action)
}

func (c callbacks) Gate(x *ocpp.Exchange) *ocpp.Error {
	if c.Options.Gate == nil {
		return nil
	}
	return c.Options.Gate(x)
}

func (c callbacks) SendGate(x *ocpp.Exchange) error {
	if c.Options.SendGate == nil {
		return nil
	}
	return c.Options.SendGate(x)
}
