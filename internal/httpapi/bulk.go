package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// MaxBulkTime bounds how long a bulk command may take as a whole. Stations whose turn has not come by then are counted
// as failed.
const MaxBulkTime = 10 * time.Minute

// BulkRequest asks a selection of stations for the same thing.
type BulkRequest struct {
	Wish
	Timeout     float64 `json:"timeout,omitempty" minimum:"0.1" maximum:"60" default:"30" doc:"Seconds to wait for each station: first until it has answered an earlier request, then for its answer to this one"`
	Select      Select  `json:"select" doc:"Which stations"`
	Concurrency int     `json:"concurrency,omitempty" minimum:"1" maximum:"10000" default:"2000" doc:"Stations that are asked at once at most"`
	Details     int     `json:"details,omitempty" minimum:"1" maximum:"1000" default:"20" doc:"Failures that are described one by one at most; all are counted"`
}

// Select names stations: either some of them or all, narrowed by the rest.
type Select struct {
	Stations []string `json:"stations,omitempty" maxItems:"10000" doc:"These stations; one that is named twice is asked once" example:"[\"CP-001\",\"CP-002\"]"`
	All      bool     `json:"all,omitempty" doc:"Every station, connected or not"`
	Online   bool     `json:"online,omitempty" doc:"Only those that are connected"`
	Version  string   `json:"version,omitempty" enum:"1.6,2.0.1,2.1" doc:"Only those that are connected and speak this version of OCPP" example:"1.6"`
}

// BulkResult counts how a bulk command ended. selected is the sum of answered, refused, timeout, offline, invalid and
// failed.
type BulkResult struct {
	Action   string         `json:"action,omitempty" example:"ClearCache"`
	Verb     string         `json:"verb,omitempty" doc:"Instead of an action" example:"clear-cache"`
	Selected int            `json:"selected" doc:"Stations of the selection"`
	Sent     int            `json:"sent" doc:"Stations that the request was sent to"`
	Answered int            `json:"answered" doc:"Answered with a CALLRESULT; what they said is counted in statuses"`
	Refused  int            `json:"refused" doc:"Answered with a CALLERROR"`
	Timeout  int            `json:"timeout" doc:"Not answered in time; they may have done it"`
	Offline  int            `json:"offline" doc:"Not connected, or no such station; nothing was sent"`
	Invalid  int            `json:"invalid" doc:"They cannot be asked for that: it is no request of their version, they are not in the state for the verb, or the token may not charge there; nothing was sent"`
	Failed   int            `json:"failed" doc:"Anything else: busy with another request, boot rejected, connection lost, unreadable answer"`
	Statuses map[string]int `json:"statuses" nullable:"false" doc:"The answers by their status, where they have one; Mixed: their parts have different ones" example:"{\"Accepted\":4990,\"Rejected\":10}"`
	Seconds  float64        `json:"seconds" doc:"From the first request to the last answer" example:"0.291"`
	Problems []BulkProblem  `json:"problems" nullable:"false" doc:"Why the request is not one of a version, once for each version"`
	Failures []BulkFailure  `json:"failures" nullable:"false" doc:"The first ones of refused, timeout, offline and failed, and of stations that are not in the state for a verb"`
	Omitted  int            `json:"omitted" doc:"Failures that are counted but not listed"`
}

// BulkProblem says why a request is not one of a version.
type BulkProblem struct {
	Version  string `json:"version" example:"2.1"`
	Stations int    `json:"stations" doc:"How many stations of the selection speak it"`
	Detail   string `json:"detail" example:"must be one of Hard, Soft"`
	Pointer  string `json:"pointer" doc:"JSON pointer into the body of the request" example:"/payload/type"`
}

// BulkFailure says why one station gave no answer.
type BulkFailure struct {
	Station string `json:"station" example:"CP-001"`
	Outcome string `json:"outcome" enum:"offline,blocked,busy,timeout,refused,lost,garbled,invalid,token,profile,rule,failed" doc:"In one word"`
	Detail  string `json:"detail" doc:"In a sentence"`
	Code    string `json:"code,omitempty" doc:"Code of the CALLERROR" example:"NotSupported"`
}

type bulkInput struct{ Body BulkRequest }

const bulkHelp = `Sends one request to each station of a selection at once and answers, when all have answered or failed, with how many did
what. It is for stations that are connected, and is not kept: a restart of the server ends it. POST /bulks keeps one, at a
pace, also for stations that come later, with a result for each station.

The answer is 200 also when no station did as asked: read the counts. The payload is validated once for each OCPP version
that the selection speaks; stations of a version that does not have the action, or where the payload breaks its schema,
are counted as invalid and get nothing. A verb becomes a request for each station by itself. One CALL at a time may be under way to a station: those that have not answered an
earlier one in time count as failed. 503: too many bulk commands are under way already.`

func (a *api) registerBulk() {
	operate(a, huma.Operation{
		OperationID: "send-commands", Method: http.MethodPost, Path: "/commands", Tags: []string{"station"},
		Summary: "Send a request to a selection of stations", Description: bulkHelp,
	}, a.sendCommands)
}

func (a *api) sendCommands(ctx context.Context, in *bulkInput) (*answer[BulkResult], error) {
	s := in.Body.Select
	if s.All == (len(s.Stations) > 0) {
		return nil, problem(http.StatusUnprocessableEntity, "it is not clear which stations are meant",
			Fault{Detail: `give either "stations" with at least one id, or "all": true`, Pointer: "/select"})
	}
	verb, err := a.wished(&in.Body.Wish)
	if err != nil {
		return nil, err
	}
	allowTime(ctx, MaxBulkTime)
	ctx, cancel := context.WithTimeout(ctx, MaxBulkTime)
	defer cancel()
	got, err := a.o.Fleet.Bulk(ctx, Bulk{
		Action: in.Body.Action, Payload: in.Body.payload(), Verb: verb, Timeout: seconds(in.Body.Timeout), Select: s,
		Concurrency: in.Body.Concurrency, Details: in.Body.Details,
	})
	if err != nil {
		return nil, wishProblem(err)
	}
	return &answer[BulkResult]{got}, nil
}

// payload returns the request as it is sent; left out it is empty.
func (c *CommandRequest) payload() json.RawMessage {
	if len(c.Payload) == 0 {
		return json.RawMessage("{}")
	}
	return json.RawMessage(c.Payload)
}

func (c *CommandRequest) timeout() time.Duration {
	return time.Duration(c.Timeout * float64(time.Second))
}
