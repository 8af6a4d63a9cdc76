package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

type tagInput struct {
	ID  string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Tag string `path:"tag" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._:-]*$" doc:"The tag: letters, digits and . _ : -, a letter or a digit first; A and a are two" example:"depot-north"`
}

// Tag is a word that stations are selected by.
type Tag struct {
	Tag      string `json:"tag" example:"depot-north"`
	Stations int    `json:"stations" doc:"How many have it"`
}

func (a *api) registerTags() {
	tags := []string{"station"}
	operate(a, huma.Operation{
		OperationID: "tag-station", Method: http.MethodPut, Path: "/stations/{id}/tags/{tag}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Give a station a tag", Description: "Lists of stations and bulk commands select by it. One that it has already changes nothing. 409: it has 32 tags already.",
	}, a.tagStation)
	operate(a, huma.Operation{
		OperationID: "untag-station", Method: http.MethodDelete, Path: "/stations/{id}/tags/{tag}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Take a tag from a station",
	}, a.untagStation)
	operate(a, huma.Operation{
		OperationID: "list-tags", Method: http.MethodGet, Path: "/tags", Tags: tags, Summary: "List the tags that stations have, in order",
	}, a.listTags)
}

func (a *api) tagStation(ctx context.Context, in *tagInput) (*struct{}, error) {
	err := a.o.Store.TagStation(ctx, in.ID, in.Tag)
	if errors.Is(err, store.ErrTooManyTags) {
		return nil, problem(http.StatusConflict, fmt.Sprintf("the station has %d tags, and no more may be; nothing was changed", store.MaxStationTags))
	}
	return nil, err
}

func (a *api) untagStation(ctx context.Context, in *tagInput) (*struct{}, error) {
	err := a.o.Store.UntagStation(ctx, in.ID, in.Tag)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(http.StatusNotFound, "there is no such station, or it does not have this tag")
	}
	return nil, err
}

func (a *api) listTags(ctx context.Context, in *struct{ PageQuery }) (*answer[List[Tag]], error) {
	p, err := a.o.Store.ListTags(ctx, store.TagQuery{Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(t fleet.Tag) Tag { return Tag{Tag: t.Name, Stations: t.Stations} }), nil
}
