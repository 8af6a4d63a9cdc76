package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// LocalList is what is known of the list of tokens that a station has for when the server is not there.
type LocalList struct {
	Station      string     `json:"station" example:"CP-001"`
	Version      *int64     `json:"version" doc:"0: it is empty. -1: the station has none (OCPP 1.6). null: not known" example:"7"`
	KnownFrom    *string    `json:"knownFrom" enum:"sent,told" doc:"By what the version is known. sent: the station accepted a list. told: it was asked"`
	KnownAt      *time.Time `json:"knownAt"`
	Entries      *int64     `json:"entries" doc:"Tokens on it; null: not known" example:"120"`
	UpToDate     bool       `json:"upToDate" doc:"It is what a full list of the tokens on record would be now"`
	PartsTaken   *int       `json:"partsTaken" doc:"The station has a part of a list that goes in several messages: so many it has accepted, of partsTotal. It has that until the rest comes, or another list. null: nothing of the kind is known"`
	PartsTotal   *int       `json:"partsTotal"`
	LastAnswer   *string    `json:"lastAnswer" doc:"What the station answered to the latest list" example:"Accepted"`
	LastAnswerAt *time.Time `json:"lastAnswerAt"`
}

type localListsInput struct {
	PageQuery
	Station  string `query:"station" maxLength:"255" doc:"Only that of one station"`
	Version  string `query:"version" pattern:"^(-1|[0-9]{1,10})$" patternDescription:"version of a list" doc:"Only those of this version"`
	UpToDate string `query:"upToDate" enum:"true,false" doc:"Only those that are what a full list of the tokens on record would be now, or only the others"`
	Answer   string `query:"lastAnswer" maxLength:"64" doc:"Only those whose station answered this to the latest list" example:"VersionMismatch"`
}

// registerLocalLists adds what is known of the local lists of stations.
func (a *api) registerLocalLists() {
	operate(a, ofFleet("local-lists", "token", "List what is known of the local lists of stations, by station",
		`As the stations answered: to lists that were sent, whoever sent them, and to questions for the version. POST /stations/{id}/send-local-list
brings one up to date. Stations that were never asked and got none are not here.`), a.listLocalLists)
	operate(a, huma.Operation{
		OperationID: "get-local-list", Method: http.MethodGet, Path: "/stations/{id}/local-list", Tags: []string{"station"},
		Summary: "Get what is known of the local list of a station", Description: "404: there is no such station, or it has answered nothing about its list.",
	}, a.getLocalList)
}

func (a *api) listLocalLists(ctx context.Context, in *localListsInput) (*answer[List[LocalList]], error) {
	current, err := a.o.Fleet.CurrentLists(ctx)
	if err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListLocalLists(ctx, store.LocalListQuery{
		Station: in.Station, Cursor: in.Cursor, Limit: in.Limit, Version: evseNumber(in.Version), UpToDate: flag(in.UpToDate), Answer: in.Answer, Current: current,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(l fleet.LocalList) LocalList { return viewLocalList(l, current) }), nil
}

func (a *api) getLocalList(ctx context.Context, in *stationInput) (*answer[LocalList], error) {
	current, err := a.o.Fleet.CurrentLists(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	l, err := a.o.Store.LocalList(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[LocalList]{viewLocalList(l, current)}, nil
}

func viewLocalList(l fleet.LocalList, current map[string]string) LocalList {
	v := LocalList{
		Station: l.Station, KnownFrom: orNull(string(l.From)), KnownAt: instant(l.KnownAt), Entries: l.Entries,
		UpToDate: l.Digest != "" && l.Digest == current[l.Protocol], LastAnswer: orNull(l.Answer), LastAnswerAt: instant(l.AnsweredAt),
	}
	if l.Parts > 0 {
		v.PartsTaken, v.PartsTotal = &l.Part, &l.Parts
	}
	if l.Known {
		v.Version = &l.Version
	}
	return v
}
