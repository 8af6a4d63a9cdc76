package server

import (
	"context"
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/adapter"
	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// Do asks a station for something in words of no version. It implements httpapi.Fleet.
func (c *commands) Do(ctx context.Context, ask httpapi.VerbCommand) (httpapi.VerbAnswer, error) {
	if ask.Kept != nil {
		return c.queueVerb(ctx, ask)
	}
	st, online := c.csms.Station(ask.Station)
	if !online {
		return httpapi.VerbAnswer{}, c.offline(ctx, ask.Station)
	}
	if list, ok := ask.Verb.(*fleet.SendLocalListRequest); ok {
		return c.sendList(ctx, ask, st, list)
	}
	action, payload, err := c.instruct(ctx, ask.Station, st.Version(), ask.Verb)
	if err != nil {
		return httpapi.VerbAnswer{}, err
	}
	return c.send(ctx, ask, action, payload)
}

// send sends the request that a verb became.
func (c *commands) send(ctx context.Context, ask httpapi.VerbCommand, action string, payload json.RawMessage) (httpapi.VerbAnswer, error) {
	got, err := c.Command(ctx, httpapi.Command{Station: ask.Station, Action: action, Payload: payload, Timeout: ask.Timeout})
	return httpapi.VerbAnswer{
		Sent:     httpapi.Sent{Version: got.Version, Action: action, Payload: httpapi.Payload(redact(payload))},
		Response: httpapi.Payload(got.Response), Took: got.Took,
	}, err
}

// queueVerb keeps a verb, as the request that it is in the station's version.
func (c *commands) queueVerb(ctx context.Context, ask httpapi.VerbCommand) (httpapi.VerbAnswer, error) {
	wanted := *ask.Kept
	wanted.Verb = ask.Verb
	kept, err := c.Queue(ctx, wanted)
	return httpapi.VerbAnswer{Command: &kept}, err
}

// instruct makes a request of a verb for one station, in the version that it speaks. A *fleet.VerbError says why there is
// none; then nothing is to be sent.
func (c *commands) instruct(ctx context.Context, station string, version ocpp.Version, v fleet.Verb) (action string, payload json.RawMessage, err error) {
	if v, err = c.resolve(ctx, station, v); err != nil {
		return "", nil, err
	}
	if list, ok := v.(*fleet.SendLocalListRequest); ok {
		p, err := c.planList(ctx, station, version, planOrder{SendLocalListRequest: *list})
		if err != nil {
			return "", nil, err
		}
		return p.request(0)
	}
	if err := c.allowed(ctx, station, version, v); err != nil {
		return "", nil, err
	}
	req, err := translate(version, v)
	if err != nil {
		return "", nil, err
	}
	if err := c.limitStart(ctx, station, version, v); err != nil {
		return "", nil, err
	}
	payload, err = json.Marshal(req)
	return req.OCPPAction().Name, payload, err
}

// translate makes a request of a version of a verb in which everything is found out.
func translate(version ocpp.Version, v fleet.Verb) (adapter.Instruction, error) {
	switch version {
	case ocpp.V16:
		return v16.Instruct(v)
	case ocpp.V201:
		return v201.Instruct(v)
	case ocpp.V21:
		return v21.Instruct(v)
	}
	return nil, adapter.NoVerb(v, version.String())
}
