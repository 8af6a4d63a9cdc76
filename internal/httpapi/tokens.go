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

// TokenStore keeps tokens; it is the part of store.Access that is about drivers.
type TokenStore interface {
	ChangeToken(ctx context.Context, t fleet.IDToken, change func(old *fleet.Token) (fleet.Token, error)) (fleet.Token, error)
	DeleteToken(ctx context.Context, t fleet.IDToken) error
	ListTokens(ctx context.Context, q store.TokenQuery) (store.Page[fleet.Token], error)
	Decide(ctx context.Context, q fleet.Question) (fleet.Decision, error)

	ChangeTokenGroup(ctx context.Context, name string, change func(old *fleet.TokenGroup) (fleet.TokenGroup, error)) (fleet.TokenGroup, error)
	DeleteTokenGroup(ctx context.Context, name string) error
	TokenGroup(ctx context.Context, name string) (fleet.TokenGroup, error)
	LocalList(ctx context.Context, station string) (fleet.LocalList, error)
	ListLocalLists(ctx context.Context, q store.LocalListQuery) (store.Page[fleet.LocalList], error)
	ListTokenGroups(ctx context.Context, q store.TokenGroupQuery) (store.Page[fleet.TokenGroup], error)
}

// TokenTerms are what a token may do.
type TokenTerms struct {
	Status string     `json:"status,omitempty" enum:"Accepted,Blocked,Invalid,NoCredit" default:"Accepted" doc:"Accepted: it may charge, as far as the rest allows it. The others say why it may not"`
	Expiry *time.Time `json:"expiry,omitempty" doc:"From then on it is Expired; left out: never" example:"2030-01-01T00:00:00Z"`
	Group  string     `json:"group,omitempty" maxLength:"255" doc:"Value of the group's token: those of one group may end each other's transactions. OCPP 1.6 knows 20 characters of it, 2.0.1 knows 36" example:"FAMILY"`
	Note   string     `json:"note,omitempty" maxLength:"255" doc:"Your own words" example:"Ann's card"`
	Tariff string     `json:"tariff,omitempty" maxLength:"60" doc:"Id of the driver's own tariff; left out: that of the group, of the station, or the default" example:"T-2026-11"`
	TokenLimits
}

// NewToken is a token to create.
type NewToken struct {
	Value string `json:"value" minLength:"1" maxLength:"255" doc:"What the card or code says; upper and lower case are the same. OCPP 1.6 knows 20 characters, 2.0.1 knows 36" example:"04E91C5A123580"`
	Type  string `json:"type,omitempty" maxLength:"20" doc:"As in OCPP 2.x: ISO14443, ISO15693, eMAID, KeyCode, Local, MacAddress, Central, EVCCID, VIN ... Left out: any" example:"ISO14443"`
	TokenTerms
}

// TokenChange is what to change of a token. null clears.
type TokenChange struct {
	Status string               `json:"status,omitempty" enum:"Accepted,Blocked,Invalid,NoCredit" doc:"Accepted: it may charge, as far as the rest allows it. The others say why it may not"`
	Expiry Clearable[time.Time] `json:"expiry,omitzero" doc:"From then on it is Expired; null: never"`
	Group  Clearable[string]    `json:"group,omitzero" maxLength:"255" doc:"Value of the group's token; null: none"`
	Note   Clearable[string]    `json:"note,omitzero" maxLength:"255" doc:"Your own words; null: none"`
	Tariff Clearable[string]    `json:"tariff,omitzero" maxLength:"60" doc:"Id of the driver's own tariff; null: none"`
	TokenLimitChanges
}

type tokensInput struct {
	PageQuery
	Status  string `query:"status" enum:"Accepted,Blocked,Expired,Invalid,NoCredit,Unknown" doc:"Only those that are so now. Unknown: sent by a station, and not on record"`
	Group   string `query:"group" maxLength:"255" doc:"Only those of one group"`
	Prefix  string `query:"prefix" maxLength:"255" doc:"Only those whose value begins with it, in upper or lower case"`
	Station string `query:"station" maxLength:"255" doc:"Only those that are for this station, among others"`
}

type tokenInput struct {
	ID string `path:"id" maxLength:"1024" doc:"The id of the list; the value alone does, too, when no other token has the same"`
}

type createTokenInput struct{ Body NewToken }

type putTokenInput struct {
	ID   string `path:"id" maxLength:"1024" doc:"The id of the list, or the value alone"`
	Body TokenTerms
}

type changeTokenInput struct {
	ID   string `path:"id" maxLength:"1024" doc:"The id of the list, or the value alone"`
	Body TokenChange
}

// putTokenOutput says whether there was a record before.
type putTokenOutput struct {
	Status int
	Body   Token
}

func (a *api) registerTokens() {
	tags := []string{"token"}
	operate(a, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/tokens", Tags: tags,
		Summary:     "List the tokens of drivers in the order of their values",
		Description: "Those that are Unknown were sent by a station and are not on record; about the latest 10,000 of them are kept.",
	}, a.listTokens)
	operate(a, huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: "/tokens", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a token", Description: "One that is Unknown gets on record. 409: it is on record already.",
	}, a.createToken)
	operate(a, huma.Operation{
		OperationID: "get-token", Method: http.MethodGet, Path: "/tokens/{id}", Tags: tags, Summary: "Get a token",
	}, a.getToken)
	operate(a, huma.Operation{
		OperationID: "put-token", Method: http.MethodPut, Path: "/tokens/{id}", Tags: tags,
		Summary: "Create or replace a token", Description: "What the body leaves out gets its default. 201: there was none.",
	}, a.putToken)
	operate(a, huma.Operation{
		OperationID: "change-token", Method: http.MethodPatch, Path: "/tokens/{id}", Tags: tags,
		Summary: "Change a token", Description: `What the body leaves out stays. An Unknown token is accepted with {"status":"Accepted"}. Stations that keep an answer in their cache hear of a change when they ask again, or with the command ClearCache.`,
	}, a.changeToken)
	operate(a, huma.Operation{
		OperationID: "delete-token", Method: http.MethodDelete, Path: "/tokens/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Delete a token", Description: "It is not on record from now on; whether such tokens are accepted is up to --unknown-tokens. To refuse it whatever that says, set its status to Blocked.",
	}, a.deleteToken)
}

func (a *api) listTokens(ctx context.Context, in *tokensInput) (*answer[List[Token]], error) {
	now := time.Now()
	p, err := a.o.Store.ListTokens(ctx, store.TokenQuery{
		Cursor: in.Cursor, Limit: in.Limit, Status: fleet.TokenStatus(in.Status), Group: in.Group, Prefix: in.Prefix, Station: in.Station, Now: now,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(t fleet.Token) Token { return viewToken(t, now) }), nil
}

func (a *api) createToken(ctx context.Context, in *createTokenInput) (*answer[Token], error) {
	t := fleet.Token{IDToken: fleet.IDToken{Value: in.Body.Value, Type: in.Body.Type}}
	if err := checkToken(t.IDToken, Fault{Pointer: "/value"}, Fault{Pointer: "/type"}); err != nil {
		return nil, err
	}
	now := time.Now()
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	got, err := a.o.Store.ChangeToken(ctx, t.IDToken, func(old *fleet.Token) (fleet.Token, error) {
		if old != nil && old.Status != fleet.TokenUnknown {
			return fleet.Token{}, problem(http.StatusConflict, "this token is on record already; PATCH or PUT tokens/{id} changes it")
		}
		return in.Body.apply(t.IDToken, old, now), nil
	})
	if err != nil {
		return nil, err
	}
	return &answer[Token]{viewToken(got, now)}, nil
}

// check refuses terms that cannot be.
func (c *TokenTerms) check() error {
	if err := c.Limit.Check("/transactionLimit"); err != nil {
		return limitArgumentProblem(err)
	}
	return checkLimits(fleet.Hours{Zone: c.TimeZone, Periods: periods(c.Hours)}, places(c.Stations))
}

// apply makes the record of a token with these terms in place of old, which may be nil.
func (c TokenTerms) apply(id fleet.IDToken, old *fleet.Token, now time.Time) fleet.Token {
	t := fleet.Token{IDToken: id, Status: fleet.TokenStatus(c.Status), Group: c.Group, Note: c.Note, Tariff: c.Tariff, CreatedAt: fleet.Instant(now)}
	if c.Expiry != nil {
		t.Expiry = fleet.Instant(*c.Expiry)
	}
	c.TokenLimits.apply(&t)
	if old != nil {
		t.CreatedAt, t.SeenAt = old.CreatedAt, old.SeenAt
	}
	return t
}

func (a *api) getToken(ctx context.Context, in *tokenInput) (*answer[Token], error) {
	t, err := a.findToken(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Token]{viewToken(t, time.Now())}, nil
}

func (a *api) putToken(ctx context.Context, in *putTokenInput) (*putTokenOutput, error) {
	id := parseTokenID(in.ID)
	found, err := a.findToken(ctx, in.ID)
	switch {
	case err == nil:
		id = found.IDToken
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	if err := checkToken(id, Fault{Parameter: "id"}, Fault{Parameter: "id"}); err != nil {
		return nil, err
	}
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	out, now := &putTokenOutput{}, time.Now()
	got, err := a.o.Store.ChangeToken(ctx, id, func(old *fleet.Token) (fleet.Token, error) {
		out.Status = http.StatusOK
		if old == nil {
			out.Status = http.StatusCreated
		}
		return in.Body.apply(id, old, now), nil
	})
	if err != nil {
		return nil, err
	}
	out.Body = viewToken(got, now)
	return out, nil
}

func (a *api) changeToken(ctx context.Context, in *changeTokenInput) (*answer[Token], error) {
	if err := in.Body.Limit.Value.Check("/transactionLimit"); err != nil {
		return nil, limitArgumentProblem(err)
	}
	if in.Body.AddCredit != nil && in.Body.Credit.Sent {
		return nil, problem(http.StatusUnprocessableEntity, "validation failed", Fault{Detail: "give credit or addCredit, not both", Pointer: "/addCredit"})
	}
	found, err := a.findToken(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	got, err := a.o.Store.ChangeToken(ctx, found.IDToken, func(old *fleet.Token) (fleet.Token, error) {
		if old == nil {
			return fleet.Token{}, store.ErrNotFound // deleted meanwhile
		}
		if in.Body.Status != "" {
			old.Status = fleet.TokenStatus(in.Body.Status)
		}
		if old.Status == fleet.TokenUnknown {
			return fleet.Token{}, problem(http.StatusConflict, "this token is not on record",
				Fault{Detail: "say what it may do: Accepted, Blocked, Invalid or NoCredit", Pointer: "/status"})
		}
		in.Body.Expiry.apply(&old.Expiry)
		in.Body.Group.apply(&old.Group)
		in.Body.Note.apply(&old.Note)
		in.Body.Tariff.apply(&old.Tariff)
		old.Expiry = fleet.Instant(old.Expiry)
		in.Body.apply(old)
		return *old, checkLimits(old.Hours, old.Places)
	})
	if err != nil {
		return nil, err
	}
	return &answer[Token]{viewToken(got, time.Now())}, nil
}

func (a *api) deleteToken(ctx context.Context, in *tokenInput) (*struct{}, error) {
	found, err := a.findToken(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.o.Store.DeleteToken(ctx, found.IDToken)
}
