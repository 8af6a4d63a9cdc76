package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// SiteTerms say how stations share a limit.
type SiteTerms struct {
	Note          string     `json:"note,omitempty" maxLength:"255" doc:"Your own words"`
	Unit          string     `json:"unit" enum:"A,W" doc:"Of all limits here. A: amperes per phase. W: watts. It stays as long as there are members" example:"A"`
	Limit         float64    `json:"limit" minimum:"0" maximum:"1000000000" doc:"Of all members together, with one decimal at most" example:"63"`
	Times         []SiteTime `json:"times,omitempty" maxItems:"50" doc:"When another limit holds, by the week"`
	TimeZone      string     `json:"timeZone,omitempty" maxLength:"64" doc:"Of times, as in the IANA database. Left out: UTC" example:"Europe/Berlin"`
	Policy        string     `json:"policy,omitempty" enum:"equal,first" default:"equal" doc:"equal: every session gets the same, or as much as its station takes. first: those that began first get what they take"`
	Minimum       float64    `json:"minimum,omitempty" minimum:"0" maximum:"1000000000" doc:"What a session gets at least; when there is less, those that began last pause. Vehicles need 6 A" example:"6"`
	Fallback      float64    `json:"fallback,omitempty" minimum:"0" maximum:"1000000000" doc:"What a member may take when it has been out of contact for fallbackAfter. So much is kept free for each member at all times" example:"6"`
	FallbackAfter int64      `json:"fallbackAfter,omitempty" minimum:"300" maximum:"86400" doc:"Seconds. Left out: a member keeps its last share however long it is away" example:"900"`
}

// NewSite is a site to create.
type NewSite struct {
	ID string `json:"id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" patternDescription:"letters, digits, dots, hyphens and underscores" doc:"A name for it" example:"garage"`
	SiteTerms
}

// NewMember says what is known of a station that becomes a member.
type NewMember struct {
	Max float64 `json:"max" minimum:"0" maximum:"1000000000" doc:"What the station takes at most, in the unit of the site. So much counts for it until it has acknowledged a share" example:"32"`
}

type sitesInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only the one that this station is a member of"`
}

type siteInput struct {
	ID string `path:"id" maxLength:"64" doc:"Name of the site"`
}

type createSiteInput struct{ Body NewSite }

type putSiteInput struct {
	ID   string `path:"id" maxLength:"64" doc:"Name of the site"`
	Body SiteTerms
}

type putMemberInput struct {
	ID      string `path:"id" maxLength:"64" doc:"Name of the site"`
	Station string `path:"station" maxLength:"255" doc:"Identity of the station"`
	Body    NewMember
}

type memberInput struct {
	ID      string `path:"id" maxLength:"64" doc:"Name of the site"`
	Station string `path:"station" maxLength:"255" doc:"Identity of the station"`
}

type allocationsInput struct {
	PageQuery
	ID string `path:"id" maxLength:"64" doc:"Name of the site"`
}

const siteHelp = `The stations of a site share its limit. Each gets a charging profile for the whole station (ChargingStationMaxProfile;
ChargePointMaxProfile in OCPP 1.6) that is renewed whenever something changes. A station gets more only after others have
acknowledged less, and what a station that is away, or refuses, may take stays reserved for it. docs/smart-charging.md says
what that promises. 409: there is one of this name, or there are 1000.`

func (a *api) registerSites() {
	tags := []string{"site"}
	operate(a, huma.Operation{
		OperationID: "list-sites", Method: http.MethodGet, Path: "/sites", Tags: tags, Summary: "List sites",
	}, a.listSites)
	operate(a, huma.Operation{
		OperationID: "create-site", Method: http.MethodPost, Path: "/sites", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a site, whose stations share a limit", Description: siteHelp,
	}, a.createSite)
	operate(a, huma.Operation{
		OperationID: "get-site", Method: http.MethodGet, Path: "/sites/{id}", Tags: tags, Summary: "Get a site",
	}, a.getSite)
	operate(a, huma.Operation{
		OperationID: "put-site", Method: http.MethodPut, Path: "/sites/{id}", Tags: tags,
		Summary: "Change a site", Description: "What the body leaves out gets its default; the members stay. The new limit is shared at once.",
	}, a.putSite)
	operate(a, huma.Operation{
		OperationID: "delete-site", Method: http.MethodDelete, Path: "/sites/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Delete a site", Description: "The profiles of its members are cleared, as soon as they are there: from then on they take what they can.",
	}, a.deleteSite)
	operate(a, huma.Operation{
		OperationID: "put-site-member", Method: http.MethodPut, Path: "/sites/{id}/members/{station}", Tags: tags,
		Summary: "Make a station a member of a site, or change what it takes at most", Description: "409: the station is a member of another site.",
	}, a.putMember)
	operate(a, huma.Operation{
		OperationID: "delete-site-member", Method: http.MethodDelete, Path: "/sites/{id}/members/{station}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Take a station out of a site", Description: "Its profile is cleared, as soon as it is there.",
	}, a.deleteMember)
	operate(a, huma.Operation{
		OperationID: "list-allocations", Method: http.MethodGet, Path: "/sites/{id}/allocations", Tags: tags,
		Summary: "List how the limit was shared, the latest first", Description: "Each time that something was sent, or that the shares changed; the latest 1000 are kept.",
	}, a.listAllocations)
}

// site makes a site of terms, and says what is wrong with them.
func (t *SiteTerms) site(id string) (fleet.Site, fleet.Faults) {
	var f fleet.Faults
	s := fleet.Site{
		ID: id, Note: t.Note, Unit: t.Unit, Zone: t.TimeZone, Policy: fleet.SitePolicy(t.Policy), FallbackAfter: time.Duration(t.FallbackAfter) * time.Second,
		Limit: limitOf(&f, "/limit", t.Limit), Minimum: limitOf(&f, "/minimum", t.Minimum), Fallback: limitOf(&f, "/fallback", t.Fallback),
	}
	if _, err := time.LoadLocation(t.TimeZone); err != nil || strings.EqualFold(t.TimeZone, "local") {
		f = append(f, fleet.Fault{Pointer: "/timeZone", Detail: "there is no such time zone"})
	}
	for i, v := range t.Times {
		s.Times = append(s.Times, fleet.SiteTime{
			Days: weekdays(v.Days), From: minutesOf(v.From), To: minutesOf(v.To), Limit: limitOf(&f, fmt.Sprintf("/times/%d/limit", i), v.Limit),
		})
	}
	return s, f
}

func limitOf(f *fleet.Faults, pointer string, v float64) fleet.Tenths {
	t, ok := fleet.TenthsOf(v)
	if !ok {
		*f = append(*f, fleet.Fault{Pointer: pointer, Detail: "it has one decimal at most"})
	}
	return t
}

// weekdays reads names of days, whose spelling has been checked.
func weekdays(names []string) (days []time.Weekday) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if slices.Contains(names, day.String()[:3]) {
			days = append(days, day)
		}
	}
	return days
}

func (a *api) listSites(ctx context.Context, in *sitesInput) (*answer[List[Site]], error) {
	p, err := a.o.Store.ListSites(ctx, store.SiteQuery{Cursor: in.Cursor, Limit: in.Limit, Station: in.Station})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewSite), nil
}

func (a *api) createSite(ctx context.Context, in *createSiteInput) (*answer[Site], error) {
	s, faults := in.Body.site(in.Body.ID)
	if err := faultsProblem(append(faults, s.Check()...)); err != nil {
		return nil, err
	}
	s.CreatedAt = time.Now()
	created, err := a.o.Store.CreateSite(ctx, s)
	switch {
	case errors.Is(err, store.ErrExists):
		return nil, problem(http.StatusConflict, "there is a site of this name; PUT changes it", Fault{Detail: "it is taken", Pointer: "/id"})
	case errors.Is(err, store.ErrTooMany):
		return nil, problem(http.StatusConflict, "there are 1000 sites already")
	case err != nil:
		return nil, err
	}
	return &answer[Site]{viewSite(created)}, nil
}

func (a *api) getSite(ctx context.Context, in *siteInput) (*answer[Site], error) {
	s, err := a.o.Store.Site(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Site]{viewSite(s)}, nil
}

func (a *api) putSite(ctx context.Context, in *putSiteInput) (*answer[Site], error) {
	s, faults := in.Body.site(in.ID)
	if err := faultsProblem(faults); err != nil {
		return nil, err
	}
	return a.changeSite(ctx, in.ID, "the site was changed", func(old fleet.Site) (fleet.Site, error) {
		if old.Unit != s.Unit && len(old.Members) > 0 {
			return old, problem(http.StatusConflict, "the shares of the members are in "+old.Unit+"; take them out first", Fault{Detail: "it stays as long as there are members", Pointer: "/unit"})
		}
		s.Members = old.Members
		return s, faultsProblem(s.Check())
	})
}

// changeSite changes a site and has its limit shared anew.
func (a *api) changeSite(ctx context.Context, id, reason string, change func(fleet.Site) (fleet.Site, error)) (*answer[Site], error) {
	s, err := a.o.Store.ChangeSite(ctx, id, change)
	if errors.Is(err, store.ErrMemberElsewhere) {
		return nil, problem(http.StatusConflict, err.Error()+"; take it out there first", Fault{Detail: "it is a member of another site", Parameter: "station"})
	}
	if err != nil {
		return nil, err
	}
	a.o.SiteChanged(id, reason)
	return &answer[Site]{viewSite(s)}, nil
}

func (a *api) deleteSite(ctx context.Context, in *siteInput) (*struct{}, error) {
	s, err := a.o.Store.Site(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.o.Store.DeleteSite(ctx, in.ID); err != nil {
		return nil, err
	}
	for _, m := range s.Members {
		a.o.MemberLeft(m.Station)
	}
	return nil, nil
}

func (a *api) putMember(ctx context.Context, in *putMemberInput) (*answer[Site], error) {
	var faults fleet.Faults
	most := limitOf(&faults, "/max", in.Body.Max)
	if err := faultsProblem(faults); err != nil {
		return nil, err
	}
	if _, err := a.o.Store.Station(ctx, in.Station); errors.Is(err, store.ErrNotFound) {
		return nil, problem(http.StatusNotFound, "there is no such station", Fault{Detail: "no station of this identity is known", Parameter: "station"})
	} else if err != nil {
		return nil, err
	}
	return a.changeSite(ctx, in.ID, in.Station+" became a member, or was changed", func(s fleet.Site) (fleet.Site, error) {
		i := slices.IndexFunc(s.Members, func(m fleet.SiteMember) bool { return m.Station == in.Station })
		if i >= 0 {
			s.Members[i].Max = most
		} else {
			s.Members = append(s.Members, fleet.SiteMember{Station: in.Station, Max: most, AddedAt: time.Now()})
			slices.SortFunc(s.Members, func(x, y fleet.SiteMember) int { return strings.Compare(x.Station, y.Station) })
		}
		if f := s.Check(); len(f) > 0 {
			return s, problem(http.StatusConflict, "with this member the site would not be right: "+f.Error(), Fault{Detail: f[0].Detail, Pointer: "/max"})
		}
		return s, nil
	})
}

func (a *api) deleteMember(ctx context.Context, in *memberInput) (*struct{}, error) {
	_, err := a.changeSite(ctx, in.ID, in.Station+" left", func(s fleet.Site) (fleet.Site, error) {
		i := slices.IndexFunc(s.Members, func(m fleet.SiteMember) bool { return m.Station == in.Station })
		if i < 0 {
			return s, problem(http.StatusNotFound, "the station is no member of the site")
		}
		s.Members = slices.Delete(s.Members, i, i+1)
		return s, nil
	})
	if err == nil {
		a.o.MemberLeft(in.Station)
	}
	return nil, err
}

func (a *api) listAllocations(ctx context.Context, in *allocationsInput) (*answer[List[Allocation]], error) {
	if _, err := a.o.Store.Site(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListAllocations(ctx, store.AllocationQuery{Site: in.ID, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewAllocation), nil
}
