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

// TokenDecision is what would be decided about a token.
type TokenDecision struct {
	Accepted bool       `json:"accepted" doc:"It may charge"`
	Status   string     `json:"status" enum:"Accepted,Blocked,Expired,Invalid,Unknown,NoCredit,ConcurrentTx,NotAtThisLocation,NotAtThisTime,NotAllowedTypeEVSE" doc:"As stations of OCPP 2.x hear it; OCPP 1.6 has fewer words"`
	Reason   string     `json:"reason" doc:"Why, in one word" example:"too-many"`
	Detail   string     `json:"detail" doc:"Why, in a sentence" example:"it has 2 running transactions, and may have 2 at once"`
	Group    *string    `json:"group" doc:"Value of the group's token"`
	Until    *time.Time `json:"until" doc:"Until when a station may go by it; null: for ever"`
	EVSEs    []int      `json:"evses" nullable:"false" doc:"The only EVSEs of the station where it may charge; empty: all"`

	Tariff       *string `json:"tariff" doc:"Id of the tariff that would count; null: none" example:"T-2026-11"`
	TariffSource *string `json:"tariffSource" doc:"Why this one: token, group, station or default, which it was given to" example:"group"`

	Limit *LimitView `json:"transactionLimit,omitempty" doc:"What a transaction that it starts may cost, take and last; absent: anything"`
}

type tokenDecisionInput struct {
	ID      string    `path:"id" maxLength:"1024" doc:"VALUE, or TYPE:VALUE; it need not be on record"`
	Station string    `query:"station" maxLength:"255" doc:"Where; left out: anywhere"`
	EVSE    int       `query:"evse" minimum:"1" maximum:"2147483647" doc:"At which EVSE, in OCPP 1.6 which connector; left out: any"`
	Time    time.Time `query:"time" doc:"When; left out: now" example:"2026-05-01T07:30:00Z"`
	Purpose string    `query:"purpose" enum:"authorize,start,stop" default:"start" doc:"authorize: the station asks; start, stop: a transaction does"`
}

func (a *api) registerTokenDecision() {
	operate(a, huma.Operation{
		OperationID: "decide-token", Method: http.MethodGet, Path: "/tokens/{id}/decision", Tags: []string{"token"},
		Summary:     "Say what would be decided about a token, and why",
		Description: "By the records and by what runs now; nothing is stored, and no station asked. What was decided about a transaction is in the transaction.",
	}, a.decideToken)
}

func (a *api) decideToken(ctx context.Context, in *tokenDecisionInput) (*answer[TokenDecision], error) {
	token, err := a.tokenToDecide(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	q := fleet.Question{Token: token, Station: in.Station, EVSE: in.EVSE, At: in.Time, Purpose: fleet.Purpose(in.Purpose)}
	if q.At.IsZero() {
		q.At = time.Now()
	}
	d, err := a.o.Store.Decide(ctx, q)
	if err != nil {
		return nil, err
	}
	tariff, source, err := a.tariffAt(ctx, in.Station, d)
	if err != nil {
		return nil, err
	}
	return &answer[TokenDecision]{TokenDecision{
		Tariff: orNull(tariff), TariffSource: orNull(string(source)),
		Accepted: d.Accepted(), Status: string(d.Status), Reason: string(d.Reason), Detail: d.Words(), Group: orNull(d.Group),
		Until: instant(d.Expiry), EVSEs: append([]int{}, d.EVSEs...), Limit: viewLimit(d.Limit),
	}}, nil
}

// tariffAt returns which tariff counts for a driver at a station; "" anywhere.
func (a *api) tariffAt(ctx context.Context, station string, d fleet.Decision) (string, fleet.TariffSource, error) {
	if d.Tariff != "" {
		return d.Tariff, d.TariffSource, nil
	}
	if station != "" {
		s, err := a.o.Store.Station(ctx, station)
		if err != nil && !errors.Is(err, store.ErrNotFound) || s.Tariff != "" {
			return s.Tariff, fleet.TariffOfStation, err
		}
	}
	id, err := a.o.Store.DefaultTariff(ctx)
	if id == "" {
		return "", "", err
	}
	return id, fleet.TariffOfServer, err
}

// tokenToDecide is the token of an id of the list, or what the id says.
func (a *api) tokenToDecide(ctx context.Context, id string) (fleet.IDToken, error) {
	found, err := a.findToken(ctx, id)
	switch {
	case err == nil:
		return found.IDToken, nil
	case !errors.Is(err, store.ErrNotFound):
		return fleet.IDToken{}, err
	}
	t := parseTokenID(id)
	if t.Is(fleet.NoAuthorization) { // it has no value
		return t, nil
	}
	return t, checkToken(t, Fault{Parameter: "id"}, Fault{Parameter: "id"})
}
