package csms

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Handle registers the handler of a request. Q brings the version and the action: one server has handlers of
// several versions. It panics when there is one already, as http.ServeMux does. Handlers may be registered at any
// time; those of a version that is not served are never called.
//
// The messages of one station are handled one after the other, those of different stations in parallel. A
// handler may call its station. An *ocpp.Error that it returns goes to the station; ErrNoAnswer leaves the message
// unanswered; any other error, and a panic, is logged and answered with InternalError without its text. ctx ends with
// the connection. The request belongs to the handler.
func Handle[Q ocpp.StationRequest[R], R any](s *Server, h func(ctx context.Context, st *Station, req Q) (*R, error)) {
	s.register(actionOf[Q](), ocppj.Route{
		New: newRequest[Q],
		Handle: func(ctx context.Context, req any) (any, error) {
			st, q, err := inbound[Q](ctx, req)
			if err != nil {
				return nil, err
			}
			resp, err := h(ctx, st, q)
			if err != nil {
				return nil, err
			}
			return st.finish(ctx, resp, resp == nil)
		},
	})
}

// HandleSend registers the handler of an unanswered message (SEND, OCPP 2.1). Its error is logged. Otherwise it
// is as Handle.
func HandleSend[Q ocpp.Send](s *Server, h func(ctx context.Context, st *Station, msg Q) error) {
	s.register(actionOf[Q](), ocppj.Route{
		New: newRequest[Q],
		Handle: func(ctx context.Context, msg any) (any, error) {
			st, q, err := inbound[Q](ctx, msg)
			if err != nil {
				return nil, err
			}
			return nil, h(ctx, st, q)
		},
	})
}

// finish completes what a handler returned.
func (st *Station) finish(ctx context.Context, resp any, missing bool) (any, error) {
	if missing {
		return nil, errors.New("csms: the handler returned neither a response nor an error")
	}
	if boot, ok := resp.(ocpp.BootResponse); ok {
		if err := st.saveBoot(ctx, boot); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (s *Server) register(action ocpp.Action, route ocppj.Route) {
	if !s.handlers.add(action, route) {
		panic(fmt.Sprintf("csms: a handler of %s is registered already", action))
	}
}

// route finds the handler of an action.
func (st *Station) route(action string) (ocppj.Route, bool) {
	s, key := st.server, ocpp.Action{Version: st.Version(), Name: action}
	own, ok := s.handlers.get(key)
	if s.roles.of(key) == roleData && !s.data.empty() {
		return s.dataRoute(own.Handle), true
	}
	return own, ok
}

// inbound returns the station and the request of an exchange.
func inbound[Q any](ctx context.Context, req any) (*Station, Q, error) {
	st, ok := StationFromContext(ctx)
	q, right := req.(Q)
	if !ok || !right { // an interceptor brought another context or request
		return nil, q, fmt.Errorf("csms: the handler got a %T and no %T, or a context without its station", req, q)
	}
	return st, q, nil
}

// actionOf asks a new request, since methods may have value receivers.
func actionOf[Q interface{ OCPPAction() ocpp.Action }]() ocpp.Action {
	return newRequest[Q]().(Q).OCPPAction() //nolint:forcetypeassert // newRequest returns a Q
}

// newRequest makes an empty Q, which must be a pointer.
func newRequest[Q any]() any {
	t := reflect.TypeFor[Q]()
	if t.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("csms: a handler takes a pointer to a request, not %s", t))
	}
	return reflect.New(t.Elem()).Interface()
}
