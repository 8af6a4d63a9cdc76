package server

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// become makes a request of the verb of a command whose turn has come. One that was kept for one station is that request
// already, unless the station speaks another version by now.
func (q *queue) become(st *csms.Station, c fleet.Command) (fleet.Command, error) {
	version := st.Version().String()
	if c.Verb == "" {
		return c, nil
	}
	v, err := fleet.KeptVerb(c.Verb, c.Arguments)
	if err != nil {
		return c, &fleet.VerbError{Reason: fleet.VerbWrong, Detail: err.Error()} // another version of the server has kept it
	}
	if list, ok := v.(*fleet.SendLocalListRequest); ok {
		return q.becomeList(st, c, list)
	}
	if c.Bulk == "" && c.Version == version && !makesSecret(v) {
		return c, nil
	}
	asked, err := q.commands.requestOf(q.ctx, c.Station, st.Version(), v)
	return c.Become(version, asked.action, asked.payload), err
}

// makesSecret reports whether the request of a verb has a secret in it that is made for it.
func makesSecret(v fleet.Verb) bool {
	_, ok := v.(fleet.SecretVerb)
	return ok
}

// denied ends a command that its station cannot be asked for. It reports whether the next one may be tried. An error that says
// nothing of the station has the command wait.
func (q *queue) denied(c fleet.Command, err error) bool {
	if !saysWhy(err) {
		q.log.Warn("what a command is for its station cannot be found out yet", "command", c.ID, "error", err)
		q.kickAfter(busyRetry, c.Station)
		return false
	}
	return q.settle(c, func(c fleet.Command) (fleet.Command, error) { return c.Deny(verbDetail(err), time.Now()) })
}

// saysWhy reports whether an error says why a station cannot be asked for something.
func saysWhy(err error) bool {
	_, refused := errors.AsType[*fleet.VerbError](err)
	_, failed := errors.AsType[*httpapi.CommandError](err)
	return refused || failed
}

// verbDetail says why a station cannot be asked for a verb, with the argument that is wrong.
func verbDetail(err error) string {
	if e, ok := errors.AsType[*fleet.VerbError](err); ok && e.Argument != "" {
		return "/arguments" + e.Argument + ": " + e.Detail
	}
	e, ok := errors.AsType[*httpapi.CommandError](err)
	switch {
	case !ok:
		return err.Error()
	case e.Outcome == httpapi.CommandInvalid:
		return "the station's version of OCPP does not take the request that this would be: " + e.Pointer + " " + e.Detail
	}
	return e.Detail
}

// requestOf makes a request of a verb for one station that can be kept and that the station takes. A *fleet.VerbError or a
// *httpapi.CommandError says why there is none.
func (c *commands) requestOf(ctx context.Context, station string, version ocpp.Version, v fleet.Verb) (request, error) {
	action, payload, err := c.instruct(ctx, station, version, v)
	if err == nil {
		err = sendable(version, action, payload)
	}
	if err == nil && !makesSecret(v) {
		err = secretless(payload)
	}
	if err == nil {
		err = c.withinLimits(ctx, station, version, action, payload)
	}
	return request{action, payload, version}, err
}

// possibleVerb refuses what no version of OCPP has, and what is not kept.
func possibleVerb(v fleet.Verb) error {
	if err := translatable(v); err != nil {
		return err
	}
	for _, p := range protocols() {
		req, err := translate(p.Version(), v)
		if err != nil {
			continue // another version has it
		}
		payload, err := json.Marshal(req)
		if err == nil && !makesSecret(v) {
			err = secretless(payload)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// translatable refuses a verb that is a request of no version of OCPP. That its station must be known for it is no reason.
func translatable(v fleet.Verb) error {
	var wrong error
	for _, p := range protocols() {
		_, err := translate(p.Version(), v)
		refused, ok := errors.AsType[*fleet.VerbError](err)
		if !ok || refused.Reason == fleet.VerbOfMoment {
			return nil
		}
		if wrong == nil || refused.Argument != "" { // what is wrong with an argument says more
			wrong = err
		}
	}
	return wrong
}
