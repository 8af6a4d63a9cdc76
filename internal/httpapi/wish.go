package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Wish is what is wanted of stations: a request of OCPP, or a verb.
type Wish struct {
	Action    string   `json:"action,omitempty" minLength:"1" maxLength:"64" doc:"Any request of the CSMS, spelt as in OCPP. Either this or verb" example:"Reset"`
	Payload   Payload  `json:"payload,omitempty" doc:"With action: the request as in OCPP; left out: {}"`
	Verb      VerbName `json:"verb,omitempty" doc:"What is wanted in words of no version of OCPP: it becomes a request of the version of each station. Either this or action" example:"reset"`
	Arguments Payload  `json:"arguments,omitempty" doc:"With verb: its arguments, as POST /stations/{id}/VERB takes them; left out: {}"`
}

// VerbName is the name of a verb.
type VerbName string

// Schema describes a VerbName by all verbs that there are.
func (VerbName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, kind := range fleet.VerbKinds() {
		s.Enum = append(s.Enum, kind.Name)
	}
	return s
}

// payload returns the request as it is sent, without a verb; left out it is empty.
func (w *Wish) payload() json.RawMessage {
	switch {
	case w.Verb != "":
		return nil
	case len(w.Payload) == 0:
		return json.RawMessage("{}")
	}
	return json.RawMessage(w.Payload)
}

// wished returns the verb of a wish, which has been checked; nil when it is a request.
func (a *api) wished(w *Wish) (fleet.Verb, error) {
	unclear := func(detail, pointer string) error {
		return problem(http.StatusUnprocessableEntity, "it is not clear what is wanted", Fault{Detail: detail, Pointer: pointer})
	}
	switch {
	case w.Action == "" && w.Verb == "":
		return nil, unclear(`give "action", a request of OCPP, or "verb"`, "/action")
	case w.Action != "" && w.Verb != "":
		return nil, unclear(`give "action" or "verb", not both`, "/verb")
	case w.Verb == "" && len(w.Arguments) > 0:
		return nil, unclear(`an action has a payload; arguments go with "verb"`, "/arguments")
	case w.Verb != "" && len(w.Payload) > 0:
		return nil, unclear(`a verb has arguments; a payload goes with "action"`, "/payload")
	case w.Verb == "":
		return nil, nil //nolint:nilnil // there is none
	}
	return a.readVerb(string(w.Verb), json.RawMessage(w.Arguments))
}

// readVerb reads a verb whose arguments are part of a body.
func (a *api) readVerb(name string, arguments json.RawMessage) (fleet.Verb, error) {
	if len(arguments) == 0 {
		arguments = json.RawMessage("{}")
	}
	var plain any
	if err := json.Unmarshal(arguments, &plain); err != nil {
		return nil, err // cannot happen: the body was read
	}
	var found huma.ValidateResult
	huma.Validate(a.huma.OpenAPI().Components.Schemas, a.verbs[name], huma.NewPathBuffer([]byte("body.arguments"), len("body.arguments")), huma.ModeWriteToServer, plain, &found)
	if len(found.Errors) > 0 {
		return nil, wrongArguments(found.Errors)
	}
	v, err := fleet.KeptVerb(name, arguments)
	if err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "these are no arguments of "+name, Fault{Detail: err.Error(), Pointer: "/arguments"})
	}
	if err := v.Check(); err != nil {
		return nil, wishProblem(err)
	}
	return v, nil
}

func wrongArguments(found []error) error {
	p := problem(http.StatusUnprocessableEntity, "validation failed")
	for _, err := range found {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			return err
		}
		p.Errors = append(p.Errors, fault(detail.Location, detail.Message))
	}
	return p
}

// wishProblem says in HTTP why a wish is refused. The arguments of a verb are a part of the body.
func wishProblem(err error) error {
	wrong, ok := errors.AsType[*fleet.VerbError](err)
	if !ok {
		return commandProblem(err)
	}
	place := "/verb"
	if wrong.Argument != "" {
		place = "/arguments" + wrong.Argument
	}
	p := problem(http.StatusUnprocessableEntity, wrong.Detail+"; nothing was sent", Fault{Detail: wrong.Detail, Pointer: place})
	p.Reason = string(wrong.Reason)
	return p
}
