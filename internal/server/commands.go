package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocppj"
)

// commands sends what the API asks of stations. It implements httpapi.Fleet and is safe for concurrent use.
type commands struct {
	csms  *csms.Server
	store store.Store
	log   *slog.Logger
	bulks atomic.Int32 // bulk commands under way that are not kept
	made  atomic.Int32 // bulk commands that are being made

	queue  *queue      // of commands that are kept
	listed *listRecord // what local lists are made of

	forget func(station string) // what is known of wrong keys; nil: nothing is
}

// commands returns what asks stations.
func (s *Server) commands() *commands {
	return &commands{csms: s.csms, store: s.store, log: s.cfg.Log, queue: s.queue, listed: s.listed, forget: s.guesses.forget}
}

// errGaveUp ends the wait for an answer that took too long.
var errGaveUp = errors.New("the time for the answer is over")

// Command validates a request, sends it, waits for the answer, and keeps a record of all that.
func (c *commands) Command(ctx context.Context, cmd httpapi.Command) (httpapi.CommandAnswer, error) {
	st, ok := c.csms.Station(cmd.Station)
	if !ok {
		return httpapi.CommandAnswer{}, c.offline(ctx, cmd.Station)
	}
	if err := st.Check(cmd.Action, cmd.Payload); err != nil {
		return httpapi.CommandAnswer{}, commandError(explained(err, st.Version(), cmd.Action))
	}
	if err := lawful(st.Version(), cmd.Action, cmd.Payload); err != nil {
		return httpapi.CommandAnswer{}, err
	}
	if err := c.takesProfile(ctx, cmd.Station, st.Version(), cmd.Action, cmd.Payload); err != nil {
		return httpapi.CommandAnswer{}, err
	}
	if err := c.withinLimits(ctx, cmd.Station, st.Version(), cmd.Action, cmd.Payload); err != nil {
		return httpapi.CommandAnswer{}, err
	}
	offer, err := c.offerKey(ctx, st, cmd)
	if err != nil {
		return httpapi.CommandAnswer{}, err
	}
	begun := time.Now()
	waiting, cancel := context.WithTimeoutCause(ctx, cmd.Timeout, errGaveUp)
	defer cancel()
	response, err := st.Invoke(waiting, cmd.Action, cmd.Payload)
	took := time.Since(begun)
	c.settleKey(ctx, offer, cmd, response, err) // before the record: the station may be back with its new key in no time
	err = commandError(err)
	c.record(ctx, cmd, begun, response, err)
	return httpapi.CommandAnswer{Version: st.Version().String(), Response: response, Took: took}, err
}

// policyViolation is a close code of RFC 6455.
const policyViolation = 1008

// Disconnect closes the connection of a station: its key was replaced, and what was wrong before may be right now.
func (c *commands) Disconnect(station, reason string) {
	if c.forget != nil {
		c.forget(station)
	}
	st, ok := c.csms.Station(station)
	if !ok {
		return
	}
	c.log.Info("closing a connection", "station", station, "reason", reason)
	st.Close(policyViolation, reason)
}

// DisconnectBelow closes the connection of a station that came with a lower security profile. It implements httpapi.Fleet.
func (c *commands) DisconnectBelow(station string, profile int, reason string) {
	if st, ok := c.csms.Station(station); ok && st.Profile() < csms.Profile(profile) {
		c.Disconnect(station, reason)
	}
}

// offline tells a station that is not connected from one that does not exist.
func (c *commands) offline(ctx context.Context, station string) error {
	if _, err := c.store.Identity(ctx, station); err != nil {
		return err
	}
	return &httpapi.CommandError{Outcome: httpapi.CommandOffline, Detail: "the station is not connected; nothing was sent"}
}

// commandError says in the words of the API why a call has no answer.
func commandError(err error) error {
	if err == nil {
		return nil
	}
	outcome, detail := outcomeOf(err)
	e := &httpapi.CommandError{Outcome: outcome, Detail: detail}
	var invalid *ocpp.ValidationError
	var refused *ocpp.Error
	switch {
	case outcome == httpapi.CommandInvalid && errors.As(err, &invalid):
		e.Detail, e.Pointer = invalid.Detail, invalid.Pointer
	case outcome == httpapi.CommandRefused && errors.As(err, &refused):
		e.Code = string(refused.Code)
	case outcome == httpapi.CommandToken:
		e.Pointer = tokenPointer(err)
	case outcome == httpapi.CommandProfile:
		e.Pointer = profilePointer(err)
	case outcome == "":
		return err
	}
	return e
}

// outcomeOf sorts the errors of csms.Station.Invoke. The order counts: the errors of an unusable answer and of a lost
// connection wrap others.
func outcomeOf(err error) (httpapi.CommandOutcome, string) {
	var (
		garbled  *ocppj.AnswerError
		timeout  *ocppj.TimeoutError
		canceled *ocppj.CanceledError
		invalid  *ocpp.ValidationError
	)
	if refused, ok := errors.AsType[*tokenError](err); ok {
		return httpapi.CommandToken, refused.Error()
	}
	if refused, ok := errors.AsType[*profileError](err); ok {
		return httpapi.CommandProfile, refused.Error()
	}
	switch {
	case errors.As(err, &garbled):
		return httpapi.CommandGarbled, "the station answered with something that cannot be understood: " + garbled.Err.Error()
	case ocpp.Remote(err):
		return httpapi.CommandRefused, refusedBy(err)
	case errors.Is(err, csms.ErrNotCSMSAction):
		return httpapi.CommandUnknown, "the station's version of OCPP has no such request of the CSMS"
	case errors.As(err, &invalid):
		return httpapi.CommandInvalid, invalid.Detail
	case errors.Is(err, csms.ErrBootRejected):
		return httpapi.CommandBlocked, "the boot of the station was rejected: nothing may be sent to it"
	case errors.As(err, &timeout):
		return httpapi.CommandTimeout, "the station did not answer in time; it may have done it"
	case errors.As(err, &canceled) && errors.Is(err, errGaveUp) && canceled.Sent:
		return httpapi.CommandTimeout, "the station did not answer in time; it may have done it"
	case errors.As(err, &canceled) && errors.Is(err, errGaveUp):
		return httpapi.CommandBusy, "the station has not answered an earlier request yet, and OCPP allows one at a time; nothing was sent"
	case errors.As(err, &canceled):
		return "", ""
	case errors.Is(err, ocppj.ErrTooManyCallers), errors.Is(err, ocppj.ErrDraining), errors.Is(err, csms.ErrDraining):
		return httpapi.CommandBusy, err.Error()
	case errors.Is(err, net.ErrClosed) && ocpp.SafeToRetry(err):
		return httpapi.CommandOffline, "the connection was lost before anything was sent"
	case errors.Is(err, net.ErrClosed):
		return httpapi.CommandLost, "the connection was lost before the answer; the station may have done it"
	}
	return "", ""
}

// refusedBy says why a station refused a request.
func refusedBy(err error) string {
	if refused, ok := errors.AsType[*ocpp.Error](err); ok {
		return refusedDetail(refused)
	}
	return err.Error()
}

// recordTimeout bounds how long the record of a command may take, in which its answer waits.
const recordTimeout = 2 * time.Second

// record keeps a command without the secrets in it. What cannot be stored is logged, for the command has been carried
// out.
func (c *commands) record(ctx context.Context, cmd httpapi.Command, begun time.Time, response json.RawMessage, err error) {
	cmd.Payload = redact(cmd.Payload)
	e := commanded(cmd, begun, response, err)
	c.log.Info("command", "station", cmd.Station, "action", cmd.Action, "outcome", e.Outcome, "code", e.ErrorCode, "took", time.Since(begun))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if _, err := c.store.Submit(ctx, e); err != nil {
		c.log.Error("a command is not on record", "station", cmd.Station, "action", cmd.Action, "error", err)
	}
}

// commanded is the record of a command, whose payload holds no secrets any more. It takes those of the answer out.
func commanded(cmd httpapi.Command, begun time.Time, response json.RawMessage, err error) fleet.Commanded {
	e := fleet.Commanded{
		Station: cmd.Station, Received: time.Now(), SentAt: begun, Action: cmd.Action,
		Payload: cmd.Payload, Response: redact(response), Outcome: fleet.CommandAnswered,
	}
	if failed, ok := errors.AsType[*httpapi.CommandError](err); ok {
		e.Outcome, e.ErrorCode, e.Detail = recordedOutcome(failed.Outcome), failed.Code, failed.Detail
	} else if err != nil {
		e.Outcome, e.Detail = fleet.CommandUnknown, "the caller gave up"
		if ocpp.SafeToRetry(err) {
			e.Outcome, e.Detail = fleet.CommandUnsent, "the caller gave up before it was sent"
		}
	}
	return e
}

func recordedOutcome(o httpapi.CommandOutcome) fleet.CommandOutcome {
	switch o {
	case httpapi.CommandRefused:
		return fleet.CommandRefused
	case httpapi.CommandTimeout:
		return fleet.CommandTimeout
	case httpapi.CommandLost:
		return fleet.CommandUnknown
	case httpapi.CommandGarbled:
		return fleet.CommandAnswered
	}
	return fleet.CommandUnsent
}
