package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// MaxCommandWait is the longest that a request may wait for the end of a command that is kept.
const MaxCommandWait = 60 * time.Second

// StationCommandRequest asks one station for something, at once or when it can.
type StationCommandRequest struct {
	CommandRequest
	Keeping
}

// Keeping says whether a request is kept, and how it reaches the station then.
type Keeping struct {
	Wait    *float64 `json:"wait,omitempty" minimum:"0" maximum:"60" doc:"Keep the command, and wait so many seconds for its end; 202 when it has not come by then. Left out, but one of the following is given: 0"`
	Expires float64  `json:"expires,omitempty" minimum:"1" maximum:"2592000" doc:"Keep the command, and send it within so many seconds: a station that is not connected gets it when it comes. Left out: the station must be connected, and its turn come within a minute"`
	Key     string   `json:"key,omitempty" minLength:"1" maxLength:"128" pattern:"^[!-~]+$" doc:"Keep the command, under a key of the caller's: the same request, or verb with the same arguments, with the same key is the same command, however often it is sent" example:"order-4711"`
	Lane    string   `json:"lane,omitempty" enum:"people,charging,bulk" doc:"Keep the command. Which goes first when several wait for a station: people before charging before bulk, then the older one. Left out: people"`
	Version string   `json:"version,omitempty" enum:"1.6,2.0.1,2.1" doc:"Keep the command, for a station that is not connected: the version of OCPP that the payload is for. Left out: the last one that it spoke"`
}

// kept reports whether the request is for a command that is kept.
func (k *Keeping) kept() bool {
	return k.Wait != nil || k.Expires > 0 || k.Key != "" || k.Lane != "" || k.Version != ""
}

// KeptCommand is a request to a station that is kept.
type KeptCommand struct {
	ID        string     `json:"id" example:"9f2d6ab2-4ef4-4f1a-9c39-4c8a4fb1c1a7"`
	Key       string     `json:"key,omitempty" doc:"Of the caller" example:"order-4711"`
	Bulk      string     `json:"bulk,omitempty" doc:"Id of the bulk command that it is one of"`
	Station   string     `json:"station" example:"CP-001"`
	Version   string     `json:"version" doc:"OCPP version that the payload is for; empty when it is not known" example:"1.6"`
	Action    string     `json:"action,omitempty" doc:"Missing while the verb of a bulk command waits for its turn" example:"Reset"`
	Payload   Payload    `json:"payload,omitempty" doc:"The request as in OCPP; missing as the action is"`
	Verb      string     `json:"verb,omitempty" doc:"What was wanted in words of no version, which became the request" example:"reset"`
	Arguments Payload    `json:"arguments,omitempty" doc:"Of the verb"`
	Lane      string     `json:"lane" enum:"people,charging,bulk"`
	Timeout   float64    `json:"timeout" doc:"Seconds that the station has for its answer" example:"30"`
	State     string     `json:"state" enum:"queued,sent,answered,refused,timeout,unknown,expired,canceled,invalid" doc:"queued: it waits. sent: it may have been delivered. answered: with a CALLRESULT. refused: with a CALLERROR. timeout, unknown: not answered; the station may have done it. expired, canceled: it was not sent. invalid: nor was this one, for the station cannot be asked for that, see detail"`
	Created   *time.Time `json:"created"`
	Expires   *time.Time `json:"expires" doc:"It is not sent after that"`
	Attempts  int        `json:"attempts" doc:"How often it may have been sent"`
	Part      int        `json:"part,omitempty" doc:"Of a local list that takes several messages: how many of them the station has accepted"`
	Parts     int        `json:"parts,omitempty" doc:"How many messages it takes; missing when it is one" example:"3"`
	Message   string     `json:"messageId,omitempty" doc:"Message id that it was last sent under"`
	Sent      *time.Time `json:"sent,omitempty" doc:"Last"`
	Ended     *time.Time `json:"ended,omitempty"`
	Response  Payload    `json:"response,omitempty" doc:"The answer as in OCPP. Read its status: a station may have said no"`
	Status    string     `json:"status,omitempty" doc:"The status of the response, where it has one; Mixed: its parts have different ones" example:"Accepted"`
	Code      string     `json:"code,omitempty" doc:"Code of the CALLERROR" example:"NotSupported"`
	Detail    string     `json:"detail,omitempty" doc:"Why it is in its state"`
}

const keptHelp = `

With one of wait, expires, key, lane and version the command is kept in the store until it has been dealt with: it survives
a restart of the server, has a place under /commands, and takes its turn with other commands for the station. What may have
been sent when the server or the connection ended is sent again by itself only if it changes nothing, such as
GetConfiguration; otherwise its state is unknown. The station has the seconds of timeout to answer it, from the moment it was sent. When it has
come to its end within wait, the answer is as above, and 409 when it was canceled, its time was over before it was sent, or its
turn came and the station could not be asked for it (a token that may not charge there then, another version by now);
otherwise it is 202. What can be known when it is made is refused then. 409 also says that another request was made under the key. What holds a password or a key is not kept:
422. 503: 100 commands wait for the station already.`

type keptInput struct {
	ID string `path:"id" maxLength:"36" doc:"Id of the command"`
}

type keptListInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only those for this station"`
	State   string `query:"state" enum:"queued,sent,answered,refused,timeout,unknown,expired,canceled,invalid" doc:"Only those in this state"`
	Action  string `query:"action" maxLength:"64" doc:"Only those of this action"`
	Verb    string `query:"verb" maxLength:"64" doc:"Only those of this verb"`
	Lane    string `query:"lane" enum:"people,charging,bulk" doc:"Only those of this lane"`
	Key     string `query:"key" maxLength:"128" doc:"Only the one with this key of the caller's"`
}

func (a *api) registerKept() {
	tags := []string{"command"}
	operate(a, huma.Operation{
		OperationID: "list-commands", Method: http.MethodGet, Path: "/commands", Tags: tags, Summary: "List commands that are kept, the latest first",
		Description: "Those that wait and those under way, and the latest 10,000 that have been dealt with; those of bulk commands are kept with these. Commands that were sent at once are not among them, see the events.",
	}, a.listCommands)
	operate(a, huma.Operation{
		OperationID: "get-command", Method: http.MethodGet, Path: "/commands/{id}", Tags: tags, Summary: "Get a command that is kept",
	}, a.getCommand)
	operate(a, huma.Operation{
		OperationID: "cancel-command", Method: http.MethodDelete, Path: "/commands/{id}", Tags: tags, Summary: "Cancel a command that is queued",
		Description: "It is not sent any more, and stays on record. 409: it has been sent already, or is over.",
	}, a.cancelCommand)
}

func (a *api) queueCommand(ctx context.Context, in *commandInput) (*commandOutput, error) {
	b := &in.Body
	c := b.queued()
	c.Station, c.Action, c.Payload, c.Timeout = in.ID, b.Action, b.payload(), b.timeout()
	allowTime(ctx, c.Wait)
	got, err := a.o.Fleet.Queue(ctx, *c)
	if err != nil {
		return nil, commandProblem(err)
	}
	return keptOutput(&got)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// keptOutput answers with what has become of a command.
func keptOutput(c *fleet.Command) (*commandOutput, error) {
	out := &commandOutput{Status: http.StatusOK, Location: prefix + "/commands/" + c.ID}
	switch {
	case !c.State.Final():
		out.Status, out.Body = http.StatusAccepted, viewCommand(*c)
	case c.State == fleet.StateAnswered && len(c.Response) > 0:
		out.Body = CommandResult{
			Station: c.Station, Version: c.Version, Action: c.Action, Meaning: meaningOf(Payload(c.Response)), Response: Payload(c.Response), Seconds: c.EndedAt.Sub(c.SentAt).Seconds(),
		}
	default:
		p := problem(keptStatus(c.State), c.Detail+"; see "+out.Location)
		p.Code, p.Reason = c.ErrorCode, keptReason(c.State)
		return nil, p
	}
	return out, nil
}

// keptStatus is the HTTP status of a command without an answer that can be read.
func keptStatus(s fleet.CommandState) int {
	switch s {
	case fleet.StateTimeout:
		return http.StatusGatewayTimeout
	case fleet.StateExpired, fleet.StateCanceled, fleet.StateInvalid:
		return http.StatusConflict
	}
	return http.StatusBadGateway
}

// keptReason is the state of a command without an answer that can be read, in the words of problems.
func keptReason(s fleet.CommandState) string {
	switch s {
	case fleet.StateAnswered:
		return string(CommandGarbled)
	case fleet.StateUnknown:
		return string(CommandLost)
	}
	return string(s)
}

func (a *api) listCommands(ctx context.Context, in *keptListInput) (*answer[List[KeptCommand]], error) {
	p, err := a.o.Store.ListCommands(ctx, store.CommandQuery{
		Cursor: in.Cursor, Limit: in.Limit, Station: in.Station, State: fleet.CommandState(in.State), Action: in.Action, Verb: in.Verb,
		Lane: fleet.CommandLane(in.Lane), Key: in.Key,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewCommand), nil
}

func (a *api) getCommand(ctx context.Context, in *keptInput) (*answer[KeptCommand], error) {
	c, err := a.o.Store.Command(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[KeptCommand]{viewCommand(c)}, nil
}

func (a *api) cancelCommand(ctx context.Context, in *keptInput) (*answer[KeptCommand], error) {
	c, err := a.o.Fleet.Cancel(ctx, in.ID)
	if err != nil {
		return nil, commandProblem(err)
	}
	return &answer[KeptCommand]{viewCommand(c)}, nil
}

func viewCommand(c fleet.Command) KeptCommand {
	if c.Action == "" {
		c.Payload = nil
	}
	if c.Parts < 2 {
		c.Part, c.Parts = 0, 0
	}
	return KeptCommand{
		ID: c.ID, Key: c.Key, Bulk: c.Bulk, Station: c.Station, Version: c.Version, Action: c.Action, Payload: Payload(fleet.HideCodes(c.Payload)), Verb: c.Verb, Arguments: Payload(fleet.HideCodes(c.Arguments)), Lane: string(c.Lane),
		Timeout: c.Timeout.Seconds(), State: string(c.State), Created: instant(c.CreatedAt), Expires: instant(c.ExpiresAt), Attempts: c.Attempts, Part: c.Part, Parts: c.Parts, Message: c.MessageID,
		Sent: instant(c.SentAt), Ended: instant(c.EndedAt), Response: Payload(c.Response), Status: c.Status, Code: c.ErrorCode, Detail: c.Detail,
	}
}
