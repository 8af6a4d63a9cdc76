package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// BulkOrderRequest asks a selection of stations for the same thing, and is kept until all have been asked.
type BulkOrderRequest struct {
	Wish
	Select      BulkSelection `json:"select" doc:"Which stations"`
	Timeout     float64       `json:"timeout,omitempty" minimum:"0.1" maximum:"60" default:"30" doc:"Seconds that each station has for its answer"`
	Concurrency int           `json:"concurrency,omitempty" minimum:"1" maximum:"800" default:"200" doc:"Stations that have not answered yet at once at most; all bulk commands together have 800 at most"`
	Pace        float64       `json:"pace,omitempty" minimum:"0.001" maximum:"1000" doc:"Stations that are asked in a second at most. Left out: as fast as concurrency lets them"`
	Expires     float64       `json:"expires,omitempty" minimum:"1" maximum:"2592000" default:"3600" doc:"Seconds in which the request must have been sent: a station that is not connected gets it when it comes"`
	Key         string        `json:"key,omitempty" minLength:"1" maxLength:"128" pattern:"^[!-~]+$" doc:"A key of the caller's: the same request with the same key is the same bulk command, however often it is sent" example:"rollout-7"`
	Wait        float64       `json:"wait,omitempty" minimum:"0" maximum:"60" doc:"Seconds to wait for its end; 202 when it has not come by then. Left out: 0"`
}

// BulkSelection says which stations are meant: some that are named, all, or those that fit everything that is said.
type BulkSelection struct {
	Stations []string `json:"stations,omitempty" maxItems:"10000" doc:"These, in this order; one that is named twice is asked once. Nothing else goes with it" example:"[\"CP-001\",\"CP-002\"]"`
	All      bool     `json:"all,omitempty" doc:"Every station"`
	Online   bool     `json:"online,omitempty" doc:"Those that are connected now"`
	Version  string   `json:"version,omitempty" enum:"1.6,2.0.1,2.1" doc:"Those whose latest connection spoke this version of OCPP"`
	Vendor   string   `json:"vendor,omitempty" minLength:"1" maxLength:"255" doc:"Those of this vendor; A and a are one"`
	Model    string   `json:"model,omitempty" minLength:"1" maxLength:"255" doc:"Those of this model; A and a are one"`
	Firmware string   `json:"firmware,omitempty" minLength:"1" maxLength:"255" doc:"Those with this version of firmware; A and a are one"`
	Tag      string   `json:"tag,omitempty" minLength:"1" maxLength:"64" doc:"Those with this tag"`
}

// BulkView is a bulk command that is kept.
type BulkView struct {
	ID          string          `json:"id" example:"0f8c1c1e-7a34-4a6e-9a2e-1c1f0e0b7c55"`
	Key         string          `json:"key,omitempty" doc:"Of the caller" example:"rollout-7"`
	Action      string          `json:"action,omitempty" example:"Reset"`
	Payload     Payload         `json:"payload,omitempty" doc:"The request as in OCPP"`
	Verb        string          `json:"verb,omitempty" doc:"Instead of an action: what is wanted in words of no version" example:"reset"`
	Arguments   Payload         `json:"arguments,omitempty" doc:"Of the verb"`
	Select      SelectedBy      `json:"select" doc:"What the stations were selected by; which ones these were is told by the commands"`
	Timeout     float64         `json:"timeout" doc:"Seconds that each station has for its answer" example:"30"`
	Concurrency int             `json:"concurrency" doc:"Stations that have not answered yet at once at most" example:"200"`
	Pace        *float64        `json:"pace" doc:"Stations that are asked in a second at most; null: no limit"`
	State       fleet.BulkState `json:"state" enum:"running,stopping,done,stopped" doc:"running: some of its commands are queued or sent. stopping: nothing more is sent, and answers are waited for. done, stopped: it is over"`
	Stations    int             `json:"stations" doc:"How many were selected, when it was made"`
	Counts      map[string]int  `json:"counts" nullable:"false" doc:"Its commands by their state; the sum is stations" example:"{\"answered\":4990,\"sent\":10}"`
	Statuses    map[string]int  `json:"statuses" nullable:"false" doc:"The answers by their status, where they have one, or Mixed, when their parts have different ones; the 32 most frequent ones and others" example:"{\"Accepted\":4990}"`
	Created     *time.Time      `json:"created"`
	Expires     *time.Time      `json:"expires" doc:"Nothing of it is sent after that"`
	Stopped     *time.Time      `json:"stopped,omitempty" doc:"When somebody stopped it"`
	Ended       *time.Time      `json:"ended,omitempty"`
}

// SelectedBy is what the stations of a bulk command were selected by.
type SelectedBy struct {
	Named    bool    `json:"named" doc:"By their identities"`
	All      bool    `json:"all"`
	Online   bool    `json:"online"`
	Version  *string `json:"version"`
	Vendor   *string `json:"vendor"`
	Model    *string `json:"model"`
	Firmware *string `json:"firmware"`
	Tag      *string `json:"tag"`
}

const bulksHelp = `Keeps a request to each station of a selection until it has been dealt with, at the pace that is asked for. The selection is
resolved once, now; each station then has a command of its own, in the lane "bulk", with the states and the rules of other
commands that are kept: it survives a restart of the server, waits for a station that is not connected until it expires, and
is never called unsent when it may have been delivered. A station that cannot be asked for this, because its version of OCPP
has no such request or is not known, has a command that is invalid and says why.

A verb becomes a request of the version of each station when its turn comes, with what is known then. What the version does not
have, or the station is not in the state for, makes its command invalid, with the reason.

200: it is over within wait. 202: it goes on; the header Location says where to look. 409: another request was made under the
key. 422: what no station could be asked for, what holds a password or a key (secrets are not kept), a pace that does not
reach the last station before the request expires, more than 50,000 stations. 503: 32 bulk commands are under way already.

Bulk commands that are over are kept with all their commands: the latest 1,000, with 100,000 commands together; the oldest go
as a whole. Of an answer at most 64 KiB are kept. For a quick question to stations that are connected, of which nothing
needs to be kept but the counts, there is POST /commands.`

type bulkOrderInput struct{ Body BulkOrderRequest }

type bulkIDInput struct {
	ID string `path:"id" maxLength:"36" doc:"Id of the bulk command"`
}

type bulkListInput struct {
	PageQuery
	State  string `query:"state" enum:"running,stopping,done,stopped" doc:"Only those in this state"`
	Action string `query:"action" maxLength:"64" doc:"Only those of this action"`
	Verb   string `query:"verb" maxLength:"64" doc:"Only those of this verb"`
	Key    string `query:"key" maxLength:"128" doc:"Only the one with this key of the caller's"`
}

type bulkCommandsInput struct {
	ID string `path:"id" maxLength:"36" doc:"Id of the bulk command"`
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only that for this station"`
	State   string `query:"state" enum:"queued,sent,answered,refused,timeout,unknown,expired,canceled,invalid" doc:"Only those in this state"`
	Status  string `query:"status" maxLength:"64" doc:"Only those whose answer has this status"`
}

func (a *api) registerBulks() {
	tags := []string{"bulk"}
	view := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[BulkView](), true, "BulkView")
	operate(a, huma.Operation{
		OperationID: "start-bulk", Method: http.MethodPost, Path: "/bulks", Tags: tags, Summary: "Ask many stations for the same thing, and keep what became of it",
		Description: bulksHelp,
		Responses: map[string]*huma.Response{
			"200": jsonResponse("It is over", view),
			"202": jsonResponse("It goes on; the header Location says where to look", view),
		},
	}, a.startBulk)
	operate(a, huma.Operation{
		OperationID: "list-bulks", Method: http.MethodGet, Path: "/bulks", Tags: tags, Summary: "List bulk commands, the latest first, with their progress",
	}, a.listBulks)
	operate(a, huma.Operation{
		OperationID: "get-bulk", Method: http.MethodGet, Path: "/bulks/{id}", Tags: tags, Summary: "Get a bulk command with its progress",
	}, a.getBulk)
	operate(a, huma.Operation{
		OperationID: "stop-bulk", Method: http.MethodDelete, Path: "/bulks/{id}", Tags: tags, Summary: "Stop a bulk command",
		Description: "What was not sent is canceled; what was sent is waited for. It stays on record. 409: it is over already.",
	}, a.stopBulk)
	operate(a, huma.Operation{
		OperationID: "list-bulk-commands", Method: http.MethodGet, Path: "/bulks/{id}/commands", Tags: tags, Summary: "List what became of a bulk command at each station",
	}, a.listBulkCommands)
}

func (a *api) startBulk(ctx context.Context, in *bulkOrderInput) (*commandOutput, error) {
	b := &in.Body
	if err := b.Select.check(); err != nil {
		return nil, err
	}
	verb, err := a.wished(&b.Wish)
	if err != nil {
		return nil, err
	}
	o := BulkOrder{
		Action: b.Action, Payload: b.payload(), Verb: verb, Select: b.Select.Selection(), Timeout: seconds(b.Timeout),
		Concurrency: b.Concurrency, Pace: b.Pace, Expires: seconds(b.Expires), Key: b.Key, Wait: seconds(b.Wait),
	}
	allowTime(ctx, o.Wait+spare) // a large one takes its time to be written
	got, err := a.o.Fleet.StartBulk(ctx, o)
	if err != nil {
		return nil, wishProblem(err)
	}
	out := &commandOutput{Status: http.StatusAccepted, Location: prefix + "/bulks/" + got.ID, Body: viewBulk(got)}
	if got.State.Final() {
		out.Status = http.StatusOK
	}
	return out, nil
}

// check refuses a selection that does not say which stations are meant.
func (s *BulkSelection) check() error {
	narrowed := s.Online || s.Version != "" || s.Vendor != "" || s.Model != "" || s.Firmware != "" || s.Tag != ""
	const unclear = "it is not clear which stations are meant"
	switch {
	case len(s.Stations) > 0 && (s.All || narrowed):
		return problem(http.StatusUnprocessableEntity, unclear, Fault{Detail: "nothing else goes with stations that are named", Pointer: "/select/stations"})
	case len(s.Stations) == 0 && !s.All && !narrowed:
		return problem(http.StatusUnprocessableEntity, unclear,
			Fault{Detail: `give "stations" with at least one id, "all": true, or what the stations have in common`, Pointer: "/select"})
	}
	return nil
}

// Selection is the selection as the domain has it.
func (s *BulkSelection) Selection() fleet.BulkSelection {
	return fleet.BulkSelection{
		Named: len(s.Stations) > 0, Stations: s.Stations, All: s.All, Online: s.Online, Version: s.Version,
		Vendor: s.Vendor, Model: s.Model, Firmware: s.Firmware, Tag: s.Tag,
	}
}

func (a *api) listBulks(ctx context.Context, in *bulkListInput) (*answer[List[BulkView]], error) {
	p, err := a.o.Store.ListBulks(ctx, store.BulkQuery{
		Cursor: in.Cursor, Limit: in.Limit, State: fleet.BulkState(in.State), Action: in.Action, Verb: in.Verb, Key: in.Key,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewBulk), nil
}

func (a *api) getBulk(ctx context.Context, in *bulkIDInput) (*answer[BulkView], error) {
	b, err := a.o.Store.Bulk(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[BulkView]{viewBulk(b)}, nil
}

func (a *api) stopBulk(ctx context.Context, in *bulkIDInput) (*answer[BulkView], error) {
	allowTime(ctx, spare)
	b, err := a.o.Fleet.StopBulk(ctx, in.ID)
	if err != nil {
		return nil, commandProblem(err)
	}
	return &answer[BulkView]{viewBulk(b)}, nil
}

func (a *api) listBulkCommands(ctx context.Context, in *bulkCommandsInput) (*answer[List[KeptCommand]], error) {
	if _, err := a.o.Store.Bulk(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListCommands(ctx, store.CommandQuery{
		Cursor: in.Cursor, Limit: in.Limit, Bulk: in.ID, Station: in.Station, State: fleet.CommandState(in.State), Status: in.Status,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewCommand), nil
}

func viewBulk(b fleet.Bulk) BulkView {
	counts := make(map[string]int, len(b.Counts))
	for state, n := range b.Counts {
		counts[string(state)] = n
	}
	statuses := b.Statuses
	if statuses == nil {
		statuses = map[string]int{}
	}
	s := b.Select
	return BulkView{
		ID: b.ID, Key: b.Key, Action: b.Action, Payload: Payload(fleet.HideCodes(b.Payload)), Verb: b.Verb, Arguments: Payload(fleet.HideCodes(b.Arguments)), Timeout: b.Timeout.Seconds(), Concurrency: b.Concurrency, Pace: orNull(b.Pace),
		Select: SelectedBy{s.Named, s.All, s.Online, orNull(s.Version), orNull(s.Vendor), orNull(s.Model), orNull(s.Firmware), orNull(s.Tag)},
		State:  b.State, Stations: b.Stations, Counts: counts, Statuses: statuses,
		Created: instant(b.CreatedAt), Expires: instant(b.ExpiresAt), Stopped: instant(b.StoppedAt), Ended: instant(b.EndedAt),
	}
}
