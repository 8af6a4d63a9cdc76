package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// VerbResult is what a station answered to a verb.
type VerbResult struct {
	Station string `json:"station" example:"CP-001"`
	Verb    string `json:"verb" example:"reset"`
	Meaning
	Sent
	Response Payload `json:"response" doc:"The answer as in OCPP" example:"{\"status\":\"Accepted\"}"`
	Seconds  float64 `json:"seconds" doc:"How long the answer took" example:"0.042"`
}

// Meaning is what an answer says, as far as it is the same in all versions.
type Meaning struct {
	Status string  `json:"status" enum:"accepted,scheduled,rebootRequired,rejected,notSupported,notFound,failed,mixed,answered" doc:"What the answer means in any version. accepted: the station will do it, or has; that it is done its own messages say. scheduled: later. rebootRequired: from its next start on. rejected: it will not. notSupported: it cannot. notFound: it does not have what this is about. failed: it tried in vain. mixed: parts got different answers, see the response. answered: the answer has no status"`
	Said   *string `json:"said" doc:"The status in the station's own word; null: the answer has none, or several" example:"Accepted"`
	Reason *string `json:"reason" doc:"Code with which the station explains its status (OCPP 2.x)" example:"TxInProgress"`
	Info   *string `json:"info" doc:"What it adds in words (OCPP 2.x)"`
}

func meaningOf(response Payload) Meaning {
	said := fleet.ReadAnswer(json.RawMessage(response))
	return Meaning{Status: string(said.Verdict), Said: orNull(said.Status), Reason: orNull(said.Reason), Info: orNull(said.Info)}
}

// Sent is what a station was asked, in its version.
type Sent struct {
	Version string  `json:"version" doc:"OCPP version of the request" example:"1.6"`
	Action  string  `json:"action" doc:"Request that the verb became" example:"Reset"`
	Payload Payload `json:"payload" doc:"The request as in OCPP, without secrets" example:"{\"type\":\"Soft\"}"`
}

const verbHelp = `

The verb becomes a request of the station's version of OCPP, the one of its connection, or the last one that it spoke. What
that version does not have is refused with 422, and "errors" says which argument it is and what to do instead; 409 when the
station is not in the state for it, is not connected, or its boot was rejected. Nothing was sent then. The other answers, and
what wait, expires, key, lane and version do, are those of POST /stations/{id}/commands.`

// registerVerbs adds an operation for each verb.
func (a *api) registerVerbs() {
	addVerb[fleet.StartRequest](a)
	addVerb[fleet.StopRequest](a)
	addVerb[fleet.UnlockRequest](a)
	addVerb[fleet.TransactionStatusRequest](a)
	addVerb[fleet.ReserveRequest](a)
	addVerb[fleet.CancelReservationRequest](a)
	addVerb[fleet.ResetRequest](a)
	addVerb[fleet.AvailabilityRequest](a)
	addVerb[fleet.TriggerRequest](a)
	addVerb[fleet.ClearCacheRequest](a)
	a.registerDeviceVerbs()
	addVerb[fleet.LocalListVersionRequest](a)
	addVerb[fleet.SendLocalListRequest](a)
	addVerb[fleet.UpdateFirmwareRequest](a)
	addVerb[fleet.PublishFirmwareRequest](a)
	addVerb[fleet.UnpublishFirmwareRequest](a)
	addVerb[fleet.GetLogRequest](a)
	addVerb[fleet.CostUpdatedRequest](a)
	addVerb[fleet.SetDefaultTariffRequest](a)
	addVerb[fleet.GetTariffsRequest](a)
	addVerb[fleet.ClearTariffsRequest](a)
	addVerb[fleet.ChangeTariffRequest](a)
	addVerb[fleet.AllowEnergyTransferRequest](a)
	addVerb[fleet.PriorityChargingRequest](a)
	addVerb[fleet.AFRRSignalRequest](a)
	addVerb[fleet.BatterySwapRequest](a)
	addVerb[fleet.WebPaymentRequest](a)
	addVerb[fleet.EventStreamsRequest](a)
	addVerb[fleet.AdjustEventStreamRequest](a)
	addVerb[fleet.DataTransferRequest](a)
	addVerb[fleet.LimitRequest](a)
	addVerb[fleet.SetProfileRequest](a)
	addVerb[fleet.ClearProfilesRequest](a)
	addVerb[fleet.GetProfilesRequest](a)
	addVerb[fleet.CompositeRequest](a)
	addVerb[fleet.UpdateScheduleRequest](a)
	addVerb[fleet.SetDERRequest](a)
	addVerb[fleet.GetDERRequest](a)
	addVerb[fleet.ClearDERRequest](a)
}

// verbInput is the input of a verb that demands arguments, bareVerbInput that of one that does not.
type (
	verbInput[T any] struct {
		ID   string `path:"id" maxLength:"255" doc:"Identity of the station"`
		Body verbBody[T]
	}
	bareVerbInput[T any] struct {
		ID   string       `path:"id" maxLength:"255" doc:"Identity of the station"`
		Body *verbBody[T] // nil: there is none
	}
)

// addVerb adds the operation of one verb.
func addVerb[T any, V interface {
	*T
	fleet.Verb
}](a *api) {
	kind, ok := fleet.VerbKindOf(V(new(T)).VerbName())
	if !ok {
		panic("httpapi: " + V(new(T)).VerbName() + " is not among the verbs")
	}
	op := a.verbOperation(kind)
	arguments := verbSchema(a.huma.OpenAPI().Components.Schemas, reflect.TypeFor[T]())
	arguments.PrecomputeMessages()
	a.verbs[kind.Name] = arguments
	if len(arguments.Required) > 0 {
		operate(a, op, func(ctx context.Context, in *verbInput[T]) (*commandOutput, error) {
			return a.doVerb(ctx, in.ID, V(&in.Body.arguments), &in.Body.delivery)
		})
		return
	}
	operate(a, op, func(ctx context.Context, in *bareVerbInput[T]) (*commandOutput, error) {
		if in.Body == nil {
			in.Body = &verbBody[T]{}
		}
		return a.doVerb(ctx, in.ID, V(&in.Body.arguments), &in.Body.delivery)
	})
}

func (a *api) verbOperation(kind fleet.VerbKind) huma.Operation {
	schemas := a.huma.OpenAPI().Components.Schemas
	return huma.Operation{
		OperationID: "verb-" + kind.Name, Method: http.MethodPost, Path: "/stations/{id}/" + kind.Name, Tags: []string{"station", "verb"},
		Summary: kind.Summary, Description: kind.Help + verbHelp,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Example: json.RawMessage(kind.Example)}}},
		Responses: map[string]*huma.Response{
			"200": jsonResponse("What the station answered", schemas.Schema(reflect.TypeFor[VerbResult](), true, "VerbResult")),
			"202": jsonResponse("It is kept, and has not been answered yet; the header Location says where to look", schemas.Schema(reflect.TypeFor[KeptCommand](), true, "KeptCommand")),
		},
	}
}

// doVerb asks a station, and answers with what became of it.
func (a *api) doVerb(ctx context.Context, station string, v fleet.Verb, d *Delivery) (*commandOutput, error) {
	if err := v.Check(); err != nil {
		return nil, verbProblem(err)
	}
	ask := VerbCommand{Station: station, Verb: v, Timeout: d.timeout()}
	if d.kept() {
		ask.Kept = d.queued()
		ask.Kept.Station, ask.Kept.Timeout = station, ask.Timeout
		allowTime(ctx, ask.Kept.Wait)
	} else {
		allowTime(ctx, ask.Timeout)
	}
	got, err := a.o.Fleet.Do(ctx, ask)
	if err != nil {
		return nil, verbProblem(err)
	}
	if got.Command != nil {
		return verbOutput(v, got.Command)
	}
	return &commandOutput{Status: http.StatusOK, Body: viewVerb(station, v, got.Sent, got.Response, got.Took)}, nil
}

// verbOutput answers with what has become of a verb that is kept.
func verbOutput(v fleet.Verb, c *fleet.Command) (*commandOutput, error) {
	out, err := keptOutput(c)
	if err != nil || out.Status != http.StatusOK {
		return out, err
	}
	out.Body = viewVerb(c.Station, v, Sent{c.Version, c.Action, Payload(fleet.HideCodes(c.Payload))}, Payload(c.Response), c.EndedAt.Sub(c.SentAt))
	return out, nil
}

func viewVerb(station string, v fleet.Verb, sent Sent, response Payload, took time.Duration) VerbResult {
	return VerbResult{
		Station: station, Verb: v.VerbName(), Meaning: meaningOf(response), Sent: sent, Response: response, Seconds: took.Seconds(),
	}
}

// verbProblem says in HTTP why a verb has no answer. Its arguments are the body.
func verbProblem(err error) error {
	var wrong *fleet.VerbError
	if !errors.As(err, &wrong) {
		return commandProblem(asVerb(err))
	}
	status := http.StatusUnprocessableEntity
	if wrong.Reason == fleet.VerbOfMoment {
		status = http.StatusConflict
	}
	p := problem(status, wrong.Detail+"; nothing was sent")
	p.Reason = string(wrong.Reason)
	if wrong.Argument != "" {
		p.Errors = []Fault{{Detail: wrong.Detail, Pointer: wrong.Argument}}
	}
	return p
}

// asVerb takes pointers into the payload out of an error: who asked for a verb has sent none.
func asVerb(err error) error {
	var e *CommandError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Outcome {
	case CommandInvalid:
		detail := e.Detail
		if e.Pointer != "" {
			detail = e.Pointer + " " + detail
		}
		return e.problem("the station's version of OCPP does not take the request that this would be: " + detail + "; nothing was sent")
	case CommandToken:
		return e.problem(e.Detail+"; nothing was sent", Fault{Detail: e.Detail, Pointer: "/idToken"})
	case CommandUnknown, CommandSecret, CommandProfile, CommandRule:
		return e.problem(e.Detail)
	}
	return err
}
