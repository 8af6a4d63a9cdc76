package station

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// Handle registers the handler of a request of the CSMS. Q brings the version and the action: one client has
// handlers of several versions. It panics when there is one already, as http.ServeMux does. Handlers may be
// registered at any time.
//
// The messages of the CSMS are handled one after the other. A handler may call the CSMS. An *ocpp.Error that it
// returns goes to the CSMS; any other error, and a panic, is logged and answered with InternalError without its
// text. ctx ends with the connection. The request belongs to the handler.
//
// Requests to start or stop a transaction do not reach their handler before the boot is accepted: they are rejected
// (2.x B02.FR.05; rule R41).
func Handle[Q ocpp.CSMSRequest[R], R any](c *Client, h func(ctx context.Context, req Q) (*R, error)) {
	c.handlers.add(actionOf[Q](), ocppj.Route{
		New: newRequest[Q],
		Handle: func(ctx context.Context, req any) (any, error) {
			q, ok := req.(Q)
			if !ok { // an interceptor brought it
				return nil, fmt.Errorf("station: the handler got a %T, not a %T", req, q)
			}
			resp, err := h(ctx, q)
			if err != nil {
				return nil, err
			}
			if resp == nil {
				return nil, errors.New("station: the handler returned neither a response nor an error")
			}
			return resp, nil
		},
	})
}

// handlers are those of all versions.
type handlers struct {
	mu     sync.RWMutex
	routes map[ocpp.Action]ocppj.Route
	data   map[dataKey]dataHandler
}

func (h *handlers) add(a ocpp.Action, r ocppj.Route) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.routes[a]; taken {
		panic(fmt.Sprintf("station: a handler of %s is registered already", a))
	}
	if h.routes == nil {
		h.routes = make(map[ocpp.Action]ocppj.Route)
	}
	h.routes[a] = r
}

func (h *handlers) get(a ocpp.Action) (ocppj.Route, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	r, ok := h.routes[a]
	return r, ok
}

// route finds the handler of an action of the CSMS.
func (n *Connection) route(action string) (ocppj.Route, bool) {
	r, ok := n.c.handlers.get(ocpp.Action{Version: n.Version(), Name: action})
	if action == n.roles.data.Name && n.c.handlers.hasData() {
		return n.dataRoute(r.Handle), true
	}
	if !ok {
		return r, false
	}
	handle := r.Handle
	r.Handle = func(ctx context.Context, req any) (any, error) { return n.handle(ctx, req, handle) }
	return r, true
}

// handle runs a handler within what the boot allows (rule R41).
func (n *Connection) handle(ctx context.Context, req any, handle func(context.Context, any) (any, error)) (any, error) {
	switch r := req.(type) {
	case ocpp.RemoteControl:
		if n.c.BootStatus() != ocpp.BootAccepted {
			return r.OCPPRejected(), nil
		}
	case ocpp.TriggerRequest:
		// Before the handler: what it was asked for may go out before it returns.
		n.trigger(r.OCPPTriggers(), true)
		resp, err := handle(ctx, req)
		if t, ok := resp.(ocpp.TriggerResponse); err != nil || ok && !t.OCPPTriggerAccepted() {
			n.trigger(r.OCPPTriggers(), false)
		}
		return resp, err
	}
	return handle(ctx, req)
}

// actionOf asks a new request, since methods may have value receivers.
func actionOf[Q interface{ OCPPAction() ocpp.Action }]() ocpp.Action {
	return newRequest[Q]().(Q).OCPPAction() //nolint:forcetypeassert // newRequest returns a Q
}

// newRequest makes an empty Q, which must be a pointer.
func newRequest[Q any]() any {
	t := reflect.TypeFor[Q]()
	if t.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("station: a handler takes a pointer to a request, not %s", t))
	}
	return reflect.New(t.Elem()).Interface()
}
