package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// MaxCommandTimeout is the longest that a command may ask to wait.
const MaxCommandTimeout = 60 * time.Second

// CommandRequest asks a station for something.
type CommandRequest struct {
	Action  string  `json:"action" minLength:"1" maxLength:"64" doc:"Any request of the CSMS in the station's OCPP version, spelt as in OCPP" example:"Reset"`
	Payload Payload `json:"payload,omitempty" doc:"The request as in OCPP; left out: {}"`
	Timeout float64 `json:"timeout,omitempty" minimum:"0.1" maximum:"60" default:"30" doc:"Seconds to wait: first until the station has answered an earlier request, then for its answer to this one. Of a command that is kept: for its answer alone"`
}

// Payload is the JSON object of an OCPP message.
type Payload json.RawMessage

// UnmarshalJSON keeps the text.
func (p *Payload) UnmarshalJSON(b []byte) error {
	*p = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the text.
func (p Payload) MarshalJSON() ([]byte, error) { return json.RawMessage(p).MarshalJSON() }

// Schema describes a Payload as an object of any content.
func (Payload) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// CommandResult is what a station answered.
type CommandResult struct {
	Station string `json:"station" example:"CP-001"`
	Version string `json:"version" doc:"OCPP version of the connection" example:"1.6"`
	Action  string `json:"action" example:"Reset"`
	Meaning
	Response Payload `json:"response" doc:"The answer as in OCPP" example:"{\"status\":\"Accepted\"}"`
	Seconds  float64 `json:"seconds" doc:"How long the answer took" example:"0.042"`
}

type commandInput struct {
	ID   string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Body StationCommandRequest
}

const commandHelp = `Sends a request to a station that is connected and answers with what the station answered: "status" says in one word of no
version whether that is a yes or a no, for 200 is both.

The payload is validated first, strictly, against the schema of the station's OCPP version: 422 with a JSON pointer says
which field is wrong, and nothing is sent. 404: no such station. 409: it is not connected, or its boot was rejected, or
the token of a remote start may not charge there now; nothing was sent. 503: the one request that may be
under way to a station is another one that it has not answered; nothing was sent. 504: sent, but not answered in time. 502: the station answered with a CALLERROR (its code is in "code", what it means in "detail"),
or the connection ended before the answer. After 504 and a lost connection the station may have done it.`

func (a *api) registerCommands() {
	schemas := a.huma.OpenAPI().Components.Schemas
	operate(a, huma.Operation{
		OperationID: "send-command", Method: http.MethodPost, Path: "/stations/{id}/commands", Tags: []string{"station"},
		Summary: "Send a request to a station", Description: commandHelp + keptHelp,
		Responses: map[string]*huma.Response{
			"200": jsonResponse("What the station answered", schemas.Schema(reflect.TypeFor[CommandResult](), true, "CommandResult")),
			"202": jsonResponse("It is kept, and has not been answered yet; the header Location says where to look", schemas.Schema(reflect.TypeFor[KeptCommand](), true, "KeptCommand")),
		},
	}, a.sendCommand)
	a.registerKept()
}

func jsonResponse(description string, schema *huma.Schema) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// commandOutput is either a result or a command that is kept.
type commandOutput struct {
	Status   int
	Location string `header:"Location" doc:"Of the command that is kept"`
	Body     any
}

func (a *api) sendCommand(ctx context.Context, in *commandInput) (*commandOutput, error) {
	if in.Body.kept() {
		return a.queueCommand(ctx, in)
	}
	c := Command{Station: in.ID, Action: in.Body.Action, Payload: in.Body.payload(), Timeout: in.Body.timeout()}
	allowTime(ctx, c.Timeout)
	got, err := a.o.Fleet.Command(ctx, c)
	if err != nil {
		return nil, commandProblem(err)
	}
	return &commandOutput{Status: http.StatusOK, Body: CommandResult{
		Station: c.Station, Version: got.Version, Action: c.Action, Meaning: meaningOf(Payload(got.Response)), Response: Payload(got.Response), Seconds: got.Took.Seconds(),
	}}, nil
}

var commandStatus = map[CommandOutcome]int{
	CommandOffline: http.StatusConflict,
	CommandBlocked: http.StatusConflict,
	CommandUnknown: http.StatusUnprocessableEntity,
	CommandInvalid: http.StatusUnprocessableEntity,
	CommandBusy:    http.StatusServiceUnavailable,
	CommandTimeout: http.StatusGatewayTimeout,
	CommandRefused: http.StatusBadGateway,
	CommandLost:    http.StatusBadGateway,
	CommandGarbled: http.StatusBadGateway,
	CommandToken:   http.StatusConflict,
	CommandProfile: http.StatusConflict,
	CommandRule:    http.StatusUnprocessableEntity,

	CommandSecret:   http.StatusUnprocessableEntity,
	CommandVersion:  http.StatusUnprocessableEntity,
	CommandSelect:   http.StatusUnprocessableEntity,
	CommandPace:     http.StatusUnprocessableEntity,
	CommandKeyTaken: http.StatusConflict,
	CommandTooLate:  http.StatusConflict,
}

// reason is the outcome in one word.
func (o CommandOutcome) reason() string {
	switch o {
	case CommandUnknown:
		return "action"
	case CommandKeyTaken:
		return "key"
	case CommandTooLate:
		return "over"
	}
	return string(o)
}

// problem says in HTTP why a command has no answer.
func (e *CommandError) problem(detail string, faults ...Fault) *Problem {
	p := problem(commandStatus[e.Outcome], detail, faults...)
	p.Code, p.Reason = e.Code, e.Outcome.reason()
	return p
}

// commandProblem says in HTTP why a command has no answer, in words of its payload.
func commandProblem(err error) error {
	var e *CommandError
	if !errors.As(err, &e) {
		return err
	}
	p := e.problem(e.Detail)
	switch e.Outcome {
	case CommandInvalid:
		p.Detail = "the payload breaks the schema; nothing was sent"
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/payload" + e.Pointer}}
	case CommandUnknown:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/action"}}
	case CommandToken, CommandProfile, CommandRule:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/payload" + e.Pointer}}
	case CommandSecret:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/payload"}}
	case CommandVersion:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/version"}}
	case CommandSelect:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/select"}}
	case CommandPace:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/pace"}}
	case CommandKeyTaken:
		p.Errors = []Fault{{Detail: e.Detail, Pointer: "/key"}}
	}
	return p
}
