package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Desires sets what is wanted of variables.
type Desires interface {
	// Desired is told that something else is wanted of stations. It does not wait.
	Desired(stations ...string)
	// Apply sets what is otherwise at a station, and returns how many requests to it came of it: 0 also when it is not
	// connected.
	Apply(ctx context.Context, station string) (requests int, err error)
}

// noDesires are Desires of nobody.
type noDesires struct{}

func (noDesires) Desired(...string) {}

func (noDesires) Apply(context.Context, string) (int, error) { return 0, nil }

// Desired is what a variable is wanted to be, and how that goes together with what it is.
type Desired struct {
	Value    string     `json:"value" example:"300"`
	Apply    bool       `json:"apply" doc:"It is set without being asked"`
	Since    *time.Time `json:"since" doc:"When it was wanted"`
	State    string     `json:"state" enum:"unknown,same,drift,refused,rebootRequired" doc:"unknown: the station has not told its value. same: it has this one. drift: it has another one. refused: it did not take this one, and has another one or told none. rebootRequired: it took this one, and has it from its next start on"`
	Tried    *time.Time `json:"tried" doc:"When it was last set without being asked; null: never since it is wanted"`
	Status   *string    `json:"status" doc:"What the station answered last to a request for this value, in its own word; null: nothing yet" example:"Accepted"`
	Reason   *string    `json:"reason" doc:"The station's reasonCode (OCPP 2.x)" example:"ReadOnly"`
	Info     *string    `json:"info" doc:"What the station said beside it (OCPP 2.x)"`
	Answered *time.Time `json:"answered" doc:"When it answered so"`
}

// DesiredValue is what a variable of a station is wanted to be, and what it is.
type DesiredValue struct {
	Station string `json:"station" example:"CP-001"`
	About
	Attribute string  `json:"attribute" example:"Actual"`
	Actual    *string `json:"actual" doc:"What the station told last; null: it told nothing, or it is hidden" example:"60"`
	Desired
}

// DesiredRequest says what variables of a station shall be.
type DesiredRequest struct {
	Values []fleet.ValueArgument `json:"values" minItems:"1" maxItems:"500" doc:"What is wanted beside what is wanted already. Values of what is in it replace those from before; passwords and keys are refused"`
	Apply  *bool                 `json:"apply,omitempty" doc:"Set it, once now if the station is connected, and once whenever it comes and is otherwise. false: only compare. Left out: true"`
}

func (r *DesiredRequest) values() []fleet.DesiredValue {
	var list []fleet.DesiredValue
	now := time.Now()
	for _, v := range r.Values {
		list = append(list, fleet.DesiredValue{
			Setting: v.Setting(), Attribute: v.AttributeName(), Value: v.Value, Apply: r.Apply == nil || *r.Apply, Since: now,
		})
	}
	return list
}

// check refuses what makes no sense, and secrets.
func (r *DesiredRequest) check() error {
	if err := fleet.CheckValues("/values", r.Values); err != nil {
		return wrongValue(err)
	}
	for i, v := range r.values() {
		pointer := fmt.Sprintf("/values/%d", i)
		switch {
		case v.Setting.Secret():
			return problem(http.StatusUnprocessableEntity, "a desired value is kept and shown, and this is a secret",
				Fault{Detail: "set it with set-variables or rotate-credential", Pointer: pointer + "/variable"})
		case v.Secret():
			return problem(http.StatusUnprocessableEntity, "a desired value is kept and shown, and there is a user or a password in this one",
				Fault{Detail: "leave user and password out of the URL", Pointer: pointer + "/value"})
		}
	}
	return nil
}

func wrongValue(err error) error {
	wrong, ok := errors.AsType[*fleet.VerbError](err)
	if !ok {
		return err
	}
	return problem(http.StatusUnprocessableEntity, "this is no desired value", Fault{Detail: wrong.Detail, Pointer: wrong.Argument})
}

// checkVersion refuses values that a station of this version cannot have.
func (r *DesiredRequest) checkVersion(version string) error {
	for i, v := range r.Values {
		pointer := fmt.Sprintf("/values/%d", i)
		plain := v.Component == ""
		switch {
		case version == "1.6" && !plain:
			return problem(http.StatusUnprocessableEntity, "the station speaks OCPP 1.6, which has configuration keys without components",
				Fault{Detail: "give the key as variable, and no component", Pointer: pointer + "/component"})
		case strings.HasPrefix(version, "2.") && plain:
			return problem(http.StatusUnprocessableEntity, "the station speaks OCPP "+version+", in which variables belong to components",
				Fault{Detail: "say which component", Pointer: pointer + "/component"})
		}
	}
	return nil
}

type desireInput struct {
	ID   string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Body DesiredRequest
}

type desiredInput struct {
	DeviceQuery
	SettingFilter
	State string `query:"state" enum:"unknown,same,drift,refused,rebootRequired" doc:"Only those in this state"`
	Drift string `query:"drift" enum:"true,false" doc:"Only those that drift, which are drift and refused, or that do not"`
}

type undesireInput struct {
	ID string `path:"id" maxLength:"255" doc:"Identity of the station"`
	SettingFilter
	Attribute string `query:"attribute" enum:"Actual,Target,MinSet,MaxSet" doc:"Only this attribute"`
}

// Undesired says how many desired values went.
type Undesired struct {
	Removed int64 `json:"removed" example:"1"`
}

// Applied says how many requests came of it.
type Applied struct {
	Requests int `json:"requests" doc:"Requests that are queued now, in the lane bulk" example:"2"`
}

func (a *api) registerDesired() {
	of := func(method, id, path, summary, description string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/stations/{id}/" + path, Tags: []string{"station"}, Summary: summary, Description: description}
	}
	operate(a, ofStation("desired", "List what variables of a station are wanted to be",
		"By component, instance, place, variable and attribute, beside what they are."), a.listDesired)
	operate(a, of(http.MethodPut, "desire", "desired", "Want variables or configuration keys of a station to be something",
		`What was wanted of others stays. Values are set through the queue, in the lane bulk: at once if the station is connected and
has, or may have, another value, and whenever it comes: then it is asked what it has, and what is otherwise is set, once in each
connection. What it says of each value is kept with it. 404: the station has never been here and is not known.`), a.desire)
	operate(a, of(http.MethodDelete, "undesire", "desired", "Want nothing more of variables of a station",
		"Of those that the query selects; without one, of all. What the station has does not change."), a.undesire)
	operate(a, of(http.MethodPost, "apply-desired", "apply-desired", "Set what is otherwise than wanted now",
		"Also what the station has refused before, and what is only to be compared. 409: it is not connected."), a.applyDesired)
	a.registerDrift()
}

// wantedOf returns what is wanted of a station by key.
func (a *api) wantedOf(ctx context.Context, station string) (map[string]fleet.DesiredValue, error) {
	p, err := a.o.Store.ListDesired(ctx, store.DesiredQuery{Station: station, Limit: store.MaxLimit})
	wanted := map[string]fleet.DesiredValue{}
	for _, d := range p.Items {
		wanted[d.Key()] = d
	}
	return wanted, err
}

func (a *api) listDesired(ctx context.Context, in *desiredInput) (*answer[List[DesiredValue]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListDesired(ctx, store.DesiredQuery{
		SettingQuery: in.query(), Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, State: fleet.DesiredState(in.State), Drift: flag(in.Drift),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewDesiredValue), nil
}

func (a *api) desire(ctx context.Context, in *desireInput) (*answer[List[DesiredValue]], error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	s, err := a.o.Store.Station(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.Body.checkVersion(s.Version); err != nil {
		return nil, err
	}
	if err := a.o.Store.Desire(ctx, store.Wish{Stations: []string{in.ID}, Values: in.Body.values()}); err != nil {
		return nil, desireProblem(err)
	}
	a.o.Desires.Desired(in.ID)
	p, err := a.o.Store.ListDesired(ctx, store.DesiredQuery{Station: in.ID, Limit: store.MaxLimit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewDesiredValue), nil
}

func desireProblem(err error) error {
	if errors.Is(err, store.ErrTooManyDesired) {
		return problem(http.StatusUnprocessableEntity, err.Error()+"; nothing was changed", Fault{Detail: "remove some first", Pointer: "/values"})
	}
	return err
}

func (a *api) undesire(ctx context.Context, in *undesireInput) (*answer[Undesired], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	n, err := a.o.Store.Undesire(ctx, store.DesiredQuery{SettingQuery: in.query(), Station: in.ID, Attribute: in.Attribute})
	if err != nil {
		return nil, err
	}
	return &answer[Undesired]{Undesired{n}}, nil
}

func (a *api) applyDesired(ctx context.Context, in *stationInput) (*answer[Applied], error) {
	s, err := a.o.Store.Station(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !s.Online {
		return nil, (&CommandError{Outcome: CommandOffline}).problem("the station is not connected; what is to be applied is set when it comes")
	}
	n, err := a.o.Desires.Apply(ctx, in.ID)
	if err != nil {
		return nil, verbProblem(err)
	}
	return &answer[Applied]{Applied{n}}, nil
}

func viewDesired(d fleet.DesiredValue) Desired {
	return Desired{
		Value: d.Value, Apply: d.Apply, Since: instant(d.Since), State: string(d.State), Tried: instant(d.Tried), Status: orNull(d.Status),
		Reason: orNull(d.Reason), Info: orNull(d.Info), Answered: instant(d.Answered),
	}
}

func viewDesiredValue(d fleet.DesiredValue) DesiredValue {
	return DesiredValue{Station: d.Station, About: about(d.Setting), Attribute: d.Attribute, Actual: d.Actual, Desired: viewDesired(d)}
}
