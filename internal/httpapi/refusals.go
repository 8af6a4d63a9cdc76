package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Refusal is a connection attempt of a station that was turned away.
type Refusal struct {
	Time    *time.Time `json:"time" doc:"By the server's clock"`
	Station string     `json:"station" doc:"The identity that it claimed, which may be nobody's" example:"CP-001"`
	Address string     `json:"address" example:"192.0.2.7:50112"`
	Reason  string     `json:"reason" enum:"unknown,credential,throttled,profile,certificate,identity,version,handshake,draining,busy,error" doc:"In one word"`
	Detail  string     `json:"detail" doc:"In a sentence"`
}

type refusalsInput struct {
	PageQuery
	Since time.Time `query:"since" doc:"Only later ones" example:"2026-05-01T00:00:00Z"`
}

func (a *api) registerRefusals() {
	operate(a, huma.Operation{
		OperationID: "list-refusals", Method: http.MethodGet, Path: "/refusals", Tags: []string{"refusal"},
		Summary:     "List connection attempts that were turned away, latest first",
		Description: "Why a station does not connect. When very many come at once, some are counted and not kept.",
	}, a.listRefusals)
}

func (a *api) listRefusals(ctx context.Context, in *refusalsInput) (*answer[List[Refusal]], error) {
	p, err := a.o.Store.ListRefusals(ctx, store.RefusalQuery{Cursor: in.Cursor, Limit: in.Limit, Since: in.Since})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(r fleet.Refused) Refusal {
		return Refusal{Time: instant(r.Received), Station: r.Station, Address: r.Address, Reason: r.Reason, Detail: r.Detail}
	}), nil
}
