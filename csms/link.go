package csms

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// link is what the session of a station calls. It keeps these methods out of the public ones.
type link struct{ st *Station }

func (l link) Send(frame []byte) error { return l.st.conn.Send(frame) }

func (l link) ReadOn() bool { return l.st.conn.ReadOn() }

func (l link) Route(action string) (ocppj.Route, bool) { return l.st.route(action) }

func (l link) Gate(x *ocpp.Exchange) *ocpp.Error { return l.st.gate(x) }

func (l link) SendGate(*ocpp.Exchange) error { return l.st.gateCall() }

// stationContext is a station as the context from which that of its handlers is made, which never ends by itself and has
// the station as its only value.
type stationContext Station

// Deadline says that there is none.
func (*stationContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }

// Done says that it does not end.
func (*stationContext) Done() <-chan struct{} { return nil }

// Err says that it has not ended.
func (*stationContext) Err() error { return nil }

// Value returns the station.
func (c *stationContext) Value(key any) any {
	if key == (stationKey{}) {
		return (*Station)(c)
	}
	return nil
}

var _ context.Context = (*stationContext)(nil)

// sessionOptions are those that all sessions have in common.
func (s *Server) sessionOptions() ocppj.Options {
	o := &s.options
	return ocppj.Options{
		End:             ocpp.CSMSEnd,
		CallTimeout:     o.CallTimeout,
		MaxInbound:      o.MaxInbound,
		MaxInboundBytes: o.MaxInboundBytes,
		Policy:          o.Policy,
		SendPolicy:      o.SendPolicy,
		Location:        o.Location,
		Interceptor:     s.interceptor,
		Tap:             o.Tap,
		Signing:         o.Signing,
		Buffers:         &s.buffers,
		Logger:          o.Logger,
	}
}
