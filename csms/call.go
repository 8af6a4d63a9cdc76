package csms

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chargeyard/chargeyard/ocpp"
)

// Call sends a request to a station and waits for its answer. One CALL is outstanding per station (rule R13);
// further ones wait for their turn, first come first served. Other stations are never waited for.
//
// Errors tell what the caller wants to know: ocpp.Remote(err), did the station refuse (*ocpp.Error);
// errors.Is(err, net.ErrClosed), is the connection gone; ocpp.SafeToRetry(err), was it certainly not carried out. A
// message of another version than the station speaks is refused before it is sent (*ocpp.VersionError), and so is
// one that breaks its schema (*ocpp.ValidationError), one to a station whose boot was rejected (ErrBootRejected), and one
// during Shutdown (ocppj.ErrDraining).
//
// A ctx that ends gives up the waiting, but does not free the slot: the next CALL goes out after the answer or
// after Options.CallTimeout.
func Call[R any](ctx context.Context, st *Station, req ocpp.CSMSRequest[R]) (*R, error) {
	action := req.OCPPAction()
	resp, err := st.do(ctx, action, req, func() any { return req.OCPPResponse() })
	if err != nil {
		return nil, err
	}
	r, ok := resp.(*R)
	if !ok { // an interceptor made it
		return nil, fmt.Errorf("csms: the answer to %s is a %T, not a %T", action, resp, r)
	}
	return r, nil
}

// CallAny is Call without type parameters: req is a request of the station's version that a CSMS may send, and the
// response is a pointer to that action's response type.
func (st *Station) CallAny(ctx context.Context, req any) (any, error) {
	named, ok := req.(interface{ OCPPAction() ocpp.Action })
	if !ok {
		return nil, fmt.Errorf("%w: %T", ErrNotCSMSAction, req)
	}
	action := named.OCPPAction()
	if action.Version != st.Version() {
		return nil, &ocpp.VersionError{Action: action, Negotiated: st.Version()}
	}
	info, err := st.csmsAction(action.Name)
	if err != nil {
		return nil, err
	}
	return st.do(ctx, action, req, info.NewResponse)
}

// Invoke is Call by the name of the action, with payloads in JSON. The payload is validated strictly before anything
// is sent: *ocpp.ValidationError says where it is wrong. An empty payload is {}. The answer comes as it was understood:
// properties that the schema does not know are left out.
func (st *Station) Invoke(ctx context.Context, action string, payload json.RawMessage) (json.RawMessage, error) {
	info, err := st.csmsAction(action)
	if err != nil {
		return nil, err
	}
	req, err := decodeRequest(info, payload)
	if err != nil {
		return nil, err
	}
	resp, err := st.do(ctx, ocpp.Action{Version: st.Version(), Name: action}, req, info.NewResponse)
	if err != nil {
		return nil, err
	}
	// What the station may answer was decided when its answer was decoded.
	return ocpp.Append(nil, resp, everythingTolerated)
}

// everythingTolerated encodes without validation.
const everythingTolerated = ^ocpp.Policy(0)

// Check validates a payload of an action as Invoke does, without sending it.
func (st *Station) Check(action string, payload json.RawMessage) error {
	info, err := st.csmsAction(action)
	if err != nil {
		return err
	}
	_, err = decodeRequest(info, payload)
	return err
}

// csmsAction looks up an action that a CSMS may call.
func (st *Station) csmsAction(name string) (ocpp.ActionInfo, error) {
	info, ok := st.Protocol().Action(name)
	if !ok || info.SentBy&ocpp.CSMSEnd == 0 || info.Kind != ocpp.KindCall {
		return info, fmt.Errorf("%w: %q in OCPP %s", ErrNotCSMSAction, name, st.Version())
	}
	return info, nil
}

func decodeRequest(info ocpp.ActionInfo, payload json.RawMessage) (any, error) {
	if len(payload) == 0 {
		payload = json.RawMessage("{}")
	}
	req := info.NewRequest()
	return req, ocpp.Unmarshal(payload, req, ocpp.DecodeOptions{Policy: ocpp.Strict})
}

// do sends any request.
func (st *Station) do(ctx context.Context, action ocpp.Action, req any, newResponse func() any) (any, error) {
	if st.server.interceptor != nil {
		ctx = context.WithValue(ctx, stationKey{}, st)
	}
	settle := st.noteTrigger(req)
	resp, err := st.session.Do(ctx, action, req, newResponse)
	settle(resp, err)
	return resp, err
}
