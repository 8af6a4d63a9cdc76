package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// TokenGroupTerms are what the tokens of a group may do together.
type TokenGroupTerms struct {
	Concurrent TokenMaximum `json:"concurrent,omitempty" doc:"Transactions that its tokens may have at once, all together; left out: any number"`
	MasterPass bool         `json:"masterPass,omitempty" doc:"Its tokens end transactions of others at stations whose MasterPassGroupId is this group, and start none"`
	Tariff     string       `json:"tariff,omitempty" maxLength:"60" doc:"Id of the tariff of its tokens that have none of their own; left out: that of the station, or the default" example:"T-2026-11"`
	Note       string       `json:"note,omitempty" maxLength:"255" doc:"Your own words"`
}

// TokenGroup is what is known of a group of tokens.
type TokenGroup struct {
	Name       string     `json:"name" doc:"As in the group of tokens" example:"FAMILY"`
	Concurrent *int       `json:"concurrent" doc:"Transactions that its tokens may have at once, all together; null: any number"`
	MasterPass bool       `json:"masterPass" doc:"Its tokens end transactions of others, and start none"`
	Tariff     *string    `json:"tariff" doc:"Id of the tariff of its tokens that have none of their own"`
	Note       *string    `json:"note" doc:"Your own words"`
	CreatedAt  *time.Time `json:"createdAt"`
	UpdatedAt  *time.Time `json:"updatedAt"`
}

type tokenGroupsInput struct{ PageQuery }

type tokenGroupInput struct {
	Name string `path:"name" maxLength:"255" doc:"Name of the group; upper and lower case are the same"`
}

type putTokenGroupInput struct {
	Name string `path:"name" maxLength:"255" doc:"Name of the group; upper and lower case are the same"`
	Body TokenGroupTerms
}

type putTokenGroupOutput struct {
	Status int
	Body   TokenGroup
}

func (a *api) registerTokenGroups() {
	tags := []string{"token group"}
	operate(a, huma.Operation{
		OperationID: "list-token-groups", Method: http.MethodGet, Path: "/token-groups", Tags: tags,
		Summary:     "List what is known of groups of tokens, in the order of their names",
		Description: "Which tokens belong to a group, the tokens say; a group without a record has no limit. GET /tokens?group= lists its tokens.",
	}, a.listTokenGroups)
	operate(a, huma.Operation{
		OperationID: "get-token-group", Method: http.MethodGet, Path: "/token-groups/{name}", Tags: tags, Summary: "Get what is known of a group",
	}, a.getTokenGroup)
	operate(a, huma.Operation{
		OperationID: "put-token-group", Method: http.MethodPut, Path: "/token-groups/{name}", Tags: tags,
		Summary: "Say what the tokens of a group may do together", Description: "What the body leaves out gets its default. 201: there was no record.",
	}, a.putTokenGroup)
	operate(a, huma.Operation{
		OperationID: "delete-token-group", Method: http.MethodDelete, Path: "/token-groups/{name}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Forget what is known of a group", Description: "Its tokens still belong to it, without a limit.",
	}, a.deleteTokenGroup)
}

func (a *api) listTokenGroups(ctx context.Context, in *tokenGroupsInput) (*answer[List[TokenGroup]], error) {
	p, err := a.o.Store.ListTokenGroups(ctx, store.TokenGroupQuery{Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewTokenGroup), nil
}

func (a *api) getTokenGroup(ctx context.Context, in *tokenGroupInput) (*answer[TokenGroup], error) {
	g, err := a.o.Store.TokenGroup(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return &answer[TokenGroup]{viewTokenGroup(g)}, nil
}

func (a *api) putTokenGroup(ctx context.Context, in *putTokenGroupInput) (*putTokenGroupOutput, error) {
	out, now := &putTokenGroupOutput{Status: http.StatusCreated}, time.Now()
	if err := checkToken(fleet.IDToken{Value: in.Name}, Fault{Parameter: "name"}, Fault{Parameter: "name"}); err != nil {
		return nil, err
	}
	got, err := a.o.Store.ChangeTokenGroup(ctx, in.Name, func(old *fleet.TokenGroup) (fleet.TokenGroup, error) {
		g := fleet.TokenGroup{
			Name: in.Name, Concurrent: int(in.Body.Concurrent), MasterPass: in.Body.MasterPass, Tariff: in.Body.Tariff, Note: in.Body.Note, CreatedAt: fleet.Instant(now),
		}
		if out.Status = http.StatusCreated; old != nil {
			out.Status, g.Name, g.CreatedAt = http.StatusOK, old.Name, old.CreatedAt
		}
		return g, nil
	})
	if err != nil {
		return nil, err
	}
	out.Body = viewTokenGroup(got)
	return out, nil
}

func (a *api) deleteTokenGroup(ctx context.Context, in *tokenGroupInput) (*struct{}, error) {
	return nil, a.o.Store.DeleteTokenGroup(ctx, in.Name)
}

func viewTokenGroup(g fleet.TokenGroup) TokenGroup {
	return TokenGroup{
		Name: g.Name, Concurrent: orNull(g.Concurrent), MasterPass: g.MasterPass, Tariff: orNull(g.Tariff), Note: orNull(g.Note),
		CreatedAt: instant(g.CreatedAt), UpdatedAt: instant(g.UpdatedAt),
	}
}
