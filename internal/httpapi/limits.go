package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// TransactionLimit is what is known of one limit of a transaction.
type TransactionLimit struct {
	Kind      string     `json:"kind" enum:"maxCost,maxEnergy,maxTime,maxSoC" doc:"maxCost: in the currency of the tariff. maxEnergy: Wh. maxTime: seconds since the start. maxSoC: percent" example:"maxEnergy"`
	Asked     Number     `json:"asked" doc:"What this server wants; null: nothing" example:"20000"`
	AskedBy   *string    `json:"askedBy" doc:"start: the remote start. token: the token, or its credit. operator: PATCH /transactions/{id}/limits" example:"start"`
	AskedAt   *time.Time `json:"askedAt"`
	GivenAt   *time.Time `json:"givenAt" doc:"When the station was given it, in the answer to a message of the transaction; null: not yet"`
	Withheld  *string    `json:"withheld" doc:"Why the latest answer did not give it. version: the station's version of OCPP has no limits. unknown: the station has not said which limits it takes. unsupported: it does not take this one. lower: it has told of one that is as low already" example:"unsupported"`
	Told      Number     `json:"told" doc:"The limit that the station has, as it told last; null: it has not told" example:"20000"`
	ReachedAt *time.Time `json:"reachedAt" doc:"When it was reached the last time, by the station's clock; null: it was not"`
}

// LimitAmount is a limit, or what a transaction may take.
type LimitAmount float64

// Schema bounds it.
func (LimitAmount) Schema(huma.Registry) *huma.Schema { return amount(0) }

// LimitSeconds is how long a transaction may last.
type LimitSeconds int64

// Schema bounds it.
func (LimitSeconds) Schema(huma.Registry) *huma.Schema { return bounded(0, 1<<31-1) }

// LimitPercent is a state of charge.
type LimitPercent int64

// Schema bounds it.
func (LimitPercent) Schema(huma.Registry) *huma.Schema { return bounded(0, 100) }

func amount(low float64) *huma.Schema {
	high := 1e9
	return &huma.Schema{Type: huma.TypeNumber, Minimum: &low, Maximum: &high}
}

// TransactionLimitChange is what to change of the limits of a transaction. null takes one away.
type TransactionLimitChange struct {
	MaxCost   Clearable[*LimitAmount]  `json:"maxCost,omitzero" doc:"What it may cost, in the currency of the tariff" example:"25"`
	MaxEnergy Clearable[*LimitAmount]  `json:"maxEnergy,omitzero" doc:"What it may take, in Wh" example:"20000"`
	MaxTime   Clearable[*LimitSeconds] `json:"maxTime,omitzero" doc:"How long it may last, in seconds since its start" example:"7200"`
	MaxSoC    Clearable[*LimitPercent] `json:"maxSoC,omitzero" doc:"Up to which state of charge the vehicle may charge, in percent" example:"80"`
}

type limitTransactionInput struct {
	ID   string `path:"id" maxLength:"1024" doc:"As for the transaction"`
	Body TransactionLimitChange
}

const limitHelp = `The station gets it in the answer to its next message of the transaction, once, also when either side restarts until then; the verb
trigger asks for such a message. A station that was suspended by a limit goes on when that is raised. null takes a limit away:
one that the station does not know yet is forgotten, another is raised so far that it is none. What the body leaves out stays. A
limit that is higher than the one a driver has set at the station counts all the same.

409: the transaction has ended, or the station does not take such limits: its variable SupportedLimits of TxCtrlr says which; a
station that has not said is asked. 422: the station's version of OCPP has no limits (2.1 does).`

func (a *api) registerLimits() {
	operate(a, huma.Operation{
		OperationID: "limit-transaction", Method: http.MethodPatch, Path: "/transactions/{id}/limits", Tags: []string{"transaction"},
		Summary: "Change what a transaction may cost, take and last", Description: limitHelp,
	}, a.limitTransaction)
}

func (a *api) limitTransaction(ctx context.Context, in *limitTransactionInput) (*answer[Transaction], error) {
	change := in.Body.change()
	if len(change.Set)+len(change.Remove) == 0 {
		return nil, problem(http.StatusUnprocessableEntity, "this changes nothing", Fault{Detail: "give maxCost, maxEnergy, maxTime or maxSoC"})
	}
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !t.Active {
		return nil, endedProblem()
	}
	allowTime(ctx, defaultTimeout)
	err = a.o.Fleet.LimitTransaction(ctx, t, change)
	switch {
	case errors.Is(err, store.ErrEnded):
		return nil, endedProblem()
	case err != nil:
		return nil, limitProblem(err)
	}
	if t, err = a.o.Store.Transaction(ctx, t.Station, t.ID); err != nil {
		return nil, err
	}
	return &answer[Transaction]{viewTransaction(t)}, nil
}

func endedProblem() *Problem {
	p := problem(http.StatusConflict, "the transaction has ended already; nothing was changed")
	p.Reason = CommandTooLate.reason()
	return p
}

// limitArgumentProblem says in HTTP what is wrong with a limit in a body.
func limitArgumentProblem(err error) error {
	wrong, ok := errors.AsType[*fleet.VerbError](err)
	if !ok {
		return err
	}
	return problem(http.StatusUnprocessableEntity, "validation failed", Fault{Detail: wrong.Detail, Pointer: wrong.Argument})
}

// limitProblem says in HTTP why a limit is not changed.
func limitProblem(err error) error {
	if wrong, ok := errors.AsType[*fleet.VerbError](err); ok {
		return verbProblem(wrong)
	}
	return commandProblem(err)
}

func (c *TransactionLimitChange) change() fleet.LimitChange {
	change := fleet.LimitChange{Set: (&fleet.LimitArgument{
		MaxCost: (*float64)(c.MaxCost.Value), MaxEnergy: (*float64)(c.MaxEnergy.Value),
		MaxTime: (*int64)(c.MaxTime.Value), MaxSoC: (*int64)(c.MaxSoC.Value),
	}).Limit()}
	for _, kind := range []struct {
		fleet.LimitKind
		removed bool
	}{
		{fleet.LimitCost, c.MaxCost.Sent && c.MaxCost.Value == nil}, {fleet.LimitEnergy, c.MaxEnergy.Sent && c.MaxEnergy.Value == nil},
		{fleet.LimitTime, c.MaxTime.Sent && c.MaxTime.Value == nil}, {fleet.LimitSoC, c.MaxSoC.Sent && c.MaxSoC.Value == nil},
	} {
		if kind.removed {
			change.Remove = append(change.Remove, kind.LimitKind)
		}
	}
	return change
}

// viewTransactionLimits shows the kinds of which something is known.
func viewTransactionLimits(t fleet.Transaction) []TransactionLimit {
	list := []TransactionLimit{}
	for _, kind := range fleet.LimitKinds() {
		asked, wanted := t.AskedLimits[kind]
		told, heard := t.ToldLimits[kind]
		if !wanted && !heard {
			continue
		}
		v := TransactionLimit{
			Kind: string(kind), Asked: number(asked.Value), AskedBy: orNull(string(asked.By)), AskedAt: instant(asked.At),
			Withheld: orNull(string(asked.Withheld)), Told: number(told.Value), ReachedAt: instant(told.ReachedAt),
		}
		if asked.Event != "" {
			v.GivenAt = instant(asked.GivenAt)
		}
		list = append(list, v)
	}
	return list
}
