package httpapi

import (
	"context"
	"maps"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Refusal is a connection attempt of a station that was turned away.
type Refusal struct {
	Time    *time.Time `json:"time" doc:"By the server's clock"`
	Station string     `json:"station" doc:"The identity that it claimed, which may be nobody's; empty when it came not so far as to claim one" example:"CP-001"`
	Address string     `json:"address" example:"192.0.2.7:50112"`
	Reason  string     `json:"reason" enum:"unknown,credential,throttled,profile,certificate,tls,identity,path,version,handshake,draining,busy,error" doc:"In one word"`
	Detail  string     `json:"detail" doc:"What was wrong, and what to do about it"`
	Times   int64      `json:"times" doc:"Attempts in a row that it stands for: same identity, host and reason"`
}

// RefusalSummary counts attempts that were turned away.
type RefusalSummary struct {
	Times      int64            `json:"times" doc:"Attempts that are counted here"`
	Reasons    []ReasonCount    `json:"reasons" nullable:"false"`
	Stations   []StationCount   `json:"stations" nullable:"false" doc:"The most often refused first"`
	Addresses  []AddressCount   `json:"addresses" nullable:"false" doc:"The most often refused first"`
	SinceStart map[string]int64 `json:"sinceStart" nullable:"false" doc:"All attempts since the start of the server by reason, at once, whatever the query says and whether or not they are kept" example:"{\"unknown\":12}"`
}

// RefusalCount is how often and when.
type RefusalCount struct {
	Times  int64      `json:"times" example:"12"`
	Latest *time.Time `json:"latest" doc:"When the latest attempt was"`
	Detail string     `json:"detail" doc:"Of the latest: what was wrong, and what to do about it"`
}

// ReasonCount counts the attempts that were refused for one reason.
type ReasonCount struct {
	Reason string `json:"reason" example:"unknown"`
	RefusalCount
}

// StationCount counts the attempts under one identity.
type StationCount struct {
	Station string `json:"station" example:"CP-001"`
	Reason  string `json:"reason" doc:"Of the latest" example:"unknown"`
	RefusalCount
}

// AddressCount counts the attempts from one address.
type AddressCount struct {
	Address string `json:"address" doc:"Without the port" example:"192.0.2.7"`
	Reason  string `json:"reason" doc:"Of the latest" example:"unknown"`
	RefusalCount
}

// RefusalFilter narrows what is listed or counted.
type RefusalFilter struct {
	Station string    `query:"station" maxLength:"255" doc:"Only attempts under this identity"`
	Address string    `query:"address" maxLength:"255" doc:"Only attempts from this address, with or without a port"`
	Reason  string    `query:"reason" enum:"unknown,credential,throttled,profile,certificate,tls,identity,path,version,handshake,draining,busy,error" doc:"Only those of one reason"`
	Since   time.Time `query:"since" doc:"Only later ones" example:"2026-05-01T00:00:00Z"`
}

type refusalsInput struct {
	PageQuery
	RefusalFilter
}

type refusalSummaryInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"20" doc:"Stations and addresses that are listed at most"`
	RefusalFilter
}

func (a *api) registerRefusals() {
	tags := []string{"refusal"}
	operate(a, huma.Operation{
		OperationID: "list-refusals", Method: http.MethodGet, Path: "/refusals", Tags: tags,
		Summary:     "List connection attempts that were turned away, latest first",
		Description: "Why a station does not connect, and what to do about it. The latest 10,000 entries are kept. The first attempt of a kind is here at once; the same again within ten seconds is one more entry with the time of the last of them, which follows when the ten seconds are over. When very many come at once, some are counted and not kept.",
	}, a.listRefusals)
	operate(a, huma.Operation{
		OperationID: "summarize-refusals", Method: http.MethodGet, Path: "/refusals/summary", Tags: tags,
		Summary:     "Count connection attempts that were turned away, by reason, station and address",
		Description: "Counted are the entries of /refusals: the same again within ten seconds counts when the ten seconds are over. Only sinceStart counts every attempt at once.",
	}, a.summarizeRefusals)
}

func (f RefusalFilter) query() store.RefusalQuery {
	return store.RefusalQuery{Station: f.Station, Address: f.Address, Reason: f.Reason, Since: f.Since}
}

func (a *api) listRefusals(ctx context.Context, in *refusalsInput) (*answer[List[Refusal]], error) {
	q := in.query()
	q.Cursor, q.Limit = in.Cursor, in.Limit
	p, err := a.o.Store.ListRefusals(ctx, q)
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(r fleet.Refused) Refusal {
		return Refusal{Time: instant(r.Received), Station: r.Station, Address: r.Address, Reason: r.Reason, Detail: r.Detail, Times: r.Times}
	}), nil
}

func (a *api) summarizeRefusals(ctx context.Context, in *refusalSummaryInput) (*answer[RefusalSummary], error) {
	q := in.query()
	q.Limit = in.Limit
	got, err := a.o.Store.SummarizeRefusals(ctx, q)
	if err != nil {
		return nil, err
	}
	s := RefusalSummary{
		Times:   got.Times,
		Reasons: make([]ReasonCount, 0, len(got.Reasons)), Stations: make([]StationCount, 0, len(got.Stations)),
		Addresses: make([]AddressCount, 0, len(got.Addresses)), SinceStart: map[string]int64{},
	}
	for _, c := range got.Reasons {
		s.Reasons = append(s.Reasons, ReasonCount{c.Key, viewCount(c)})
	}
	for _, c := range got.Stations {
		s.Stations = append(s.Stations, StationCount{c.Key, c.Reason, viewCount(c)})
	}
	for _, c := range got.Addresses {
		s.Addresses = append(s.Addresses, AddressCount{c.Key, c.Reason, viewCount(c)})
	}
	maps.Copy(s.SinceStart, a.o.Refusals())
	return &answer[RefusalSummary]{s}, nil
}

func viewCount(c fleet.RefusalCount) RefusalCount {
	return RefusalCount{Times: c.Times, Latest: instant(c.Latest), Detail: c.Detail}
}
