package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
)

// ErrNotStationAction says that a message is no request that a station may send in its version.
var ErrNotStationAction = errors.New("station: not a request that a station sends")

// Call sends a request to the CSMS and waits for its answer. One CALL is outstanding at a time (rule R13); further
// ones wait for their turn, first come first served.
//
// Errors tell what the caller wants to know: ocpp.Remote(err), did the CSMS refuse (*ocpp.Error);
// errors.Is(err, net.ErrClosed), is the connection gone (ErrOffline when there was none); ocpp.SafeToRetry(err), was
// it certainly not carried out. A message of another version than the negotiated one is refused before it is sent
// (*ocpp.VersionError), and so is one that breaks its schema (*ocpp.ValidationError), and one that the boot does not allow
// (ErrNotAccepted, see WaitAccepted).
//
// A ctx that ends gives up the waiting, but does not free the slot: the next CALL goes out after the answer or after
// Options.CallTimeout.
//
// Messages of transactions belong into Enqueue.
func Call[R any](ctx context.Context, c *Client, req ocpp.StationRequest[R]) (*R, error) {
	resp, err := c.do(ctx, req.OCPPAction(), req, func() any { return req.OCPPResponse() })
	if err != nil {
		return nil, err
	}
	r, ok := resp.(*R)
	if !ok { // an interceptor made it
		return nil, fmt.Errorf("station: the answer to %s is a %T, not a %T", req.OCPPAction(), resp, r)
	}
	return r, nil
}

// Send sends an unanswered message (SEND, OCPP 2.1). It may go out while a CALL is outstanding, and messages that
// one goroutine sends keep their order (rule R21). Errors are those of Call; nil means that it was handed to the
// connection.
func Send(ctx context.Context, c *Client, msg ocpp.Send) error {
	n := c.Connection()
	if n == nil {
		return ErrOffline
	}
	return n.session.SendMessage(ctx, msg)
}

// CallAny is Call without type parameters: req is a request of the negotiated version that a station may send, and
// the response is a pointer to that action's response type.
func (c *Client) CallAny(ctx context.Context, req any) (any, error) {
	named, ok := req.(interface{ OCPPAction() ocpp.Action })
	if !ok {
		return nil, fmt.Errorf("%w: %T", ErrNotStationAction, req)
	}
	info, err := c.stationAction(named.OCPPAction())
	if err != nil {
		return nil, err
	}
	return c.do(ctx, named.OCPPAction(), req, info.NewResponse)
}

// Invoke is Call by the name of an action of the negotiated version, with payloads in JSON. The payload is validated
// strictly before anything is sent: *ocpp.ValidationError says where it is wrong. An empty payload is {}.
func (c *Client) Invoke(ctx context.Context, action string, payload json.RawMessage) (json.RawMessage, error) {
	n := c.Connection()
	if n == nil {
		return nil, ErrOffline
	}
	named := ocpp.Action{Version: n.Version(), Name: action}
	info, err := c.stationAction(named)
	if err != nil {
		return nil, err
	}
	if len(payload) == 0 {
		payload = json.RawMessage("{}")
	}
	req := info.NewRequest()
	if err := ocpp.Unmarshal(payload, req, ocpp.DecodeOptions{Policy: ocpp.Strict}); err != nil {
		return nil, err
	}
	resp, err := c.do(ctx, named, req, info.NewResponse)
	if err != nil {
		return nil, err
	}
	return ocpp.Append(nil, resp, everythingTolerated) // what was allowed was decided when it was decoded
}

// everythingTolerated encodes and decodes without validation.
const everythingTolerated = ^ocpp.Policy(1 << ocpp.RuleSyntax)

// stationAction looks up an action that a station may call.
func (c *Client) stationAction(a ocpp.Action) (ocpp.ActionInfo, error) {
	r, ok := c.roles[a.Version]
	if !ok {
		return ocpp.ActionInfo{}, fmt.Errorf("%w: OCPP %s is not among Options.Protocols", ErrNotStationAction, a.Version)
	}
	info, ok := r.protocol.Action(a.Name)
	if !ok || info.SentBy&ocpp.StationEnd == 0 || info.Kind != ocpp.KindCall {
		return info, fmt.Errorf("%w: %q in OCPP %s", ErrNotStationAction, a.Name, a.Version)
	}
	return info, nil
}

// do sends any request over the current connection.
func (c *Client) do(ctx context.Context, a ocpp.Action, req any, newResponse func() any) (any, error) {
	n := c.Connection()
	if n == nil {
		return nil, ErrOffline
	}
	return n.session.Do(ctx, a, req, newResponse)
}
