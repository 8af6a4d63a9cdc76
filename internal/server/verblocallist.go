package server

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	v16 "github.com/chargeyard/chargeyard/internal/adapter/v16"
	v201 "github.com/chargeyard/chargeyard/internal/adapter/v201"
	v21 "github.com/chargeyard/chargeyard/internal/adapter/v21"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/httpapi"
	"github.com/chargeyard/chargeyard/ocpp"
)

// listing returns what a request makes of a local list.
func listing(version ocpp.Version, req any) (fleet.LocalListChange, bool) {
	switch version {
	case ocpp.V16:
		return v16.Listing(req)
	case ocpp.V201:
		return v201.Listing(req)
	case ocpp.V21:
		return v21.Listing(req)
	}
	return fleet.LocalListChange{}, false
}

// CurrentLists returns the digest of the list that stations of each version would get now. It implements httpapi.Fleet. With more
// tokens than a list is made of there is none.
func (c *commands) CurrentLists(ctx context.Context) (map[string]string, error) {
	digests := map[string]string{}
	for _, p := range protocols() {
		list, err := c.listed.List(ctx, p.Version())
		if _, tooMany := errors.AsType[*fleet.VerbError](err); tooMany {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		digests[p.Version().String()] = list.digest
	}
	return digests, nil
}

// sendList sends a list that is one message, and keeps one that is several.
func (c *commands) sendList(ctx context.Context, ask httpapi.VerbCommand, st *csms.Station, v *fleet.SendLocalListRequest) (httpapi.VerbAnswer, error) {
	p, err := c.planList(ctx, ask.Station, st.Version(), planOrder{SendLocalListRequest: *v})
	if err != nil {
		return httpapi.VerbAnswer{}, err
	}
	if len(p.ends) > 1 {
		ask.Kept = &httpapi.QueuedCommand{Station: ask.Station, Lane: fleet.LaneBulk, Timeout: ask.Timeout, Wait: ask.Timeout}
		return c.queueVerb(ctx, ask)
	}
	action, payload, err := p.request(0)
	if err != nil {
		return httpapi.VerbAnswer{}, err
	}
	return c.send(withListStep(ctx, p.step("", 0)), ask, action, payload)
}

// oneMessage refuses a list that takes several messages, which only a kept command sends.
func (c *commands) oneMessage(ctx context.Context, st *csms.Station, v *fleet.SendLocalListRequest) error {
	p, err := c.planList(ctx, st.Identity(), st.Version(), planOrder{SendLocalListRequest: *v})
	if err == nil && len(p.ends) > 1 {
		err = fleet.NotNow("", "the station takes this list in %d messages: have it kept (POST /bulks), which sends them one after the other", len(p.ends))
	}
	return err
}

// listStepKey is where a context says what comes of a local list that is sent with it.
type listStepKey struct{}

func withListStep(ctx context.Context, step *fleet.LocalListStep) context.Context {
	if step == nil {
		return ctx
	}
	return context.WithValue(ctx, listStepKey{}, step)
}

// listStep returns what comes of the list; nil: nobody has found out.
func listStep(ctx context.Context) *fleet.LocalListStep {
	step, _ := ctx.Value(listStepKey{}).(*fleet.LocalListStep)
	return step
}

// settleLists says in what was learned what comes of a list, so that the store need not find out.
func settleLists(ctx context.Context, learned []fleet.Event) {
	for _, e := range learned {
		answered, ok := e.(fleet.DeviceAnswered)
		for i := range answered.Changes {
			if change, list := answered.Changes[i].(fleet.LocalListChange); ok && list {
				change.Step = listStep(ctx)
				answered.Changes[i] = change.Settled()
			}
		}
	}
}

// lists sends a full list to stations that did not take a change that was made here (D01.FR.03).
type lists struct {
	commands *commands // set before stations come
	log      *slog.Logger
}

// fullListExpiry is how long a full list waits for its station.
const fullListExpiry = 24 * time.Hour

// intercept is an ocpp.Interceptor, outside of the one that learns from answers. A list of several messages sees to itself.
func (l *lists) intercept(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	change, ok := listing(x.Action.Version, req)
	if x.Inbound || !ok || change.Full {
		return next(ctx, req)
	}
	change.Step = listStep(ctx)
	made := (change.Step == nil || change.Step.Parts == 1) && l.made(ctx, x, change)
	resp, err := next(ctx, req)
	if made && err == nil && changeFailed(resp) {
		l.sendFull(ctx, x)
	}
	return resp, err
}

// changeFailed reports whether a station has not taken a change of its list.
func changeFailed(resp any) bool {
	var said struct {
		Status string `json:"status"`
	}
	return readBack(resp, &said) == nil && (said.Status == "VersionMismatch" || said.Status == "Failed")
}

// made reports whether a change would bring the station's list up to date with the record: only then a full list of the record
// takes its place.
func (l *lists) made(ctx context.Context, x *ocpp.Exchange, change fleet.LocalListChange) bool {
	want, err := l.commands.listed.List(ctx, x.Action.Version)
	if err != nil {
		return false
	}
	if change.Step != nil {
		return change.Step.Digest == want.digest
	}
	have, err := l.commands.store.LocalList(ctx, x.Identity)
	if err != nil || have.Digest == "" {
		return false
	}
	content, err := l.commands.store.ListContent(ctx, have.Digest)
	return err == nil && fleet.ListDigest(change.Result(content)) == want.digest
}

func (l *lists) sendFull(ctx context.Context, x *ocpp.Exchange) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnTimeout)
	defer cancel()
	_, err := l.commands.Queue(ctx, httpapi.QueuedCommand{
		Station: x.Identity, Verb: &fleet.SendLocalListRequest{Update: fleet.LocalListFull}, Lane: fleet.LaneBulk, Expires: fullListExpiry, Timeout: httpapi.MaxCommandTimeout,
	})
	if err != nil {
		l.log.Warn("a station did not take a change of its local list, and gets no full list", "station", x.Identity, "error", err)
	}
}

// becomeList makes the message of a kept list whose turn has come. What a station has taken a part of is begun again when nobody here
// knows the rest, or when somebody else has changed it.
func (q *queue) becomeList(st *csms.Station, c fleet.Command, v *fleet.SendLocalListRequest) (fleet.Command, error) {
	p := q.plan(c.ID)
	if c.Part == 0 || p == nil || p.version != st.Version() || c.Part >= len(p.ends) || !q.goesOn(c, p) {
		var err error
		if c, p, err = q.planAgain(st, c, v); err != nil {
			return c, err
		}
	}
	action, payload, err := p.request(c.Part)
	if err != nil {
		return c, err
	}
	return c.Become(st.Version().String(), action, payload), sendable(st.Version(), action, payload)
}

// goesOn reports whether the station has of a list what its command says.
func (q *queue) goesOn(c fleet.Command, p *listPlan) bool {
	have, err := q.commands.store.LocalList(q.ctx, c.Station)
	return err == nil && (!p.known || have.Sending == c.ID && have.Part == c.Part)
}

// planAgain divides a list for its command from the beginning, but goes on with a change by given words where it was.
func (q *queue) planAgain(st *csms.Station, c fleet.Command, v *fleet.SendLocalListRequest) (fleet.Command, *listPlan, error) {
	o := planOrder{SendLocalListRequest: *v}
	begun := c.Begun
	if v.Whole() && c.Part > 0 {
		begun++
	}
	if o.whole = v.Whole() && begun > 0; !v.Whole() {
		o.taken = c.Part
	}
	if begun > fleet.MaxListBegun {
		return c, nil, fleet.NotNow("", "the list was begun %d times, and something else came each time", begun)
	}
	p, err := q.commands.planList(q.ctx, c.Station, st.Version(), o)
	if err != nil {
		return c, nil, err
	}
	if o.taken > 0 && len(p.ends) != c.Parts { // the station takes other sizes now; the same change again changes nothing
		p.first, o.taken = p.first+o.taken, 0
	}
	q.mu.Lock()
	q.plans[c.ID] = p
	q.mu.Unlock()
	return c.In(o.taken, len(p.ends), begun), p, nil
}

// plan returns how a list that is under way is divided; nil when this process does not know.
func (q *queue) plan(id string) *listPlan {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.plans[id]
}

// listStep is withListStep for a command that is about to be sent.
func (q *queue) listStep(ctx context.Context, c fleet.Command) context.Context {
	if p := q.plan(c.ID); p != nil && c.Part < len(p.ends) {
		return withListStep(ctx, p.step(c.ID, c.Part))
	}
	return ctx
}
