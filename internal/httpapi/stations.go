package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

type stationsInput struct {
	PageQuery
	Online     string `query:"online" enum:"true,false" doc:"Only stations that are, or are not, connected"`
	Version    string `query:"version" enum:"1.6,2.0.1,2.1" doc:"Only stations whose latest connection spoke this version of OCPP"`
	Vendor     string `query:"vendor" maxLength:"255" doc:"Only stations of this vendor; A and a are one"`
	Model      string `query:"model" maxLength:"255" doc:"Only stations of this model; A and a are one"`
	Firmware   string `query:"firmware" maxLength:"255" doc:"Only stations with this version of firmware; A and a are one"`
	Tag        string `query:"tag" maxLength:"64" doc:"Only stations with this tag"`
	BootStatus string `query:"bootStatus" enum:"Accepted,Pending,Rejected" doc:"Only stations whose latest BootNotification was answered so"`
	Find       string `query:"find" maxLength:"255" doc:"Only stations with this text in their identity, vendor, model, serial number or firmware version; A and a are one"`
}

type stationInput struct {
	ID string `path:"id" maxLength:"255" doc:"Identity of the station"`
}

// NewStation is a station to create.
type NewStation struct {
	ID              string `json:"id" minLength:"1" maxLength:"255" doc:"Identity, as in the connection URL; at most 48 characters and without ':' in OCPP 2.x" example:"CP-001"`
	SecurityProfile *int   `json:"securityProfile,omitempty" minimum:"0" maximum:"3" default:"1" doc:"The lowest it may connect with. 0: nothing is asked of it. 1: key. 2: key over TLS. 3: TLS with a certificate whose CN is the identity"`
}

// StationKey is a station's key, shown this once.
type StationKey struct {
	ID       string `json:"id" example:"CP-001"`
	Key      string `json:"key" doc:"The key, shown this once: 40 hexadecimal digits. In OCPP 1.6 it is the value of AuthorizationKey; in 2.x the value of BasicAuthPassword" example:"5f3a0c1d2e4b6a798897a6b5c4d3e2f101234567"`
	User     string `json:"user" doc:"User name of HTTP Basic: the identity" example:"CP-001"`
	Password string `json:"password" doc:"Password of HTTP Basic as OCPP 2.x sends it; OCPP 1.6 sends the 20 bytes that the digits stand for; both are accepted" example:"5f3a0c1d2e4b6a798897a6b5c4d3e2f101234567"`
}

// CreatedStation is a new station.
type CreatedStation struct {
	Station
	Credential *StationKey `json:"credential,omitempty" doc:"Its key, shown this once; absent with security profiles 0 and 3, which need none"`
}

type createStationInput struct{ Body NewStation }

func (a *api) registerStations() {
	tags := []string{"station"}
	operate(a, huma.Operation{
		OperationID: "list-stations", Method: http.MethodGet, Path: "/stations", Tags: tags,
		Summary:     "List stations in the order of their identities, with their EVSEs and connectors",
		Description: "A station that has reported more than 100 connectors is here with the first 100.",
	}, a.listStations)
	operate(a, huma.Operation{
		OperationID: "get-station", Method: http.MethodGet, Path: "/stations/{id}", Tags: tags,
		Summary: "Get a station with its EVSEs and connectors",
	}, a.getStation)
	operate(a, huma.Operation{
		OperationID: "create-station", Method: http.MethodPost, Path: "/stations", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a station and its key", Description: "The key is generated and shown in this answer only; it is kept as a salted hash. A station that was seen before becomes known. 409: it is known already.",
	}, a.createStation)
	operate(a, huma.Operation{
		OperationID: "change-station", Method: http.MethodPatch, Path: "/stations/{id}", Tags: tags,
		Summary: "Change the security profile of a station and how its boots are answered", Description: changeStation,
	}, a.changeStation)
	operate(a, huma.Operation{
		OperationID: "rotate-station-key", Method: http.MethodPost, Path: "/stations/{id}/key", Tags: tags,
		Summary: "Make a new key for a station", Description: "The old key stops working at once, and a connection that was made with it is closed. The new key is shown in this answer only.",
	}, a.rotateKey)
	operate(a, huma.Operation{
		OperationID: "delete-station", Method: http.MethodDelete, Path: "/stations/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Delete a station", Description: "It is unknown from now on, its key is forgotten and its connection closed. What it did stays, and so it stays in the list, too, as unknown; one that never connected, mistyped perhaps, is gone.",
	}, a.deleteStation)
}

func (a *api) listStations(ctx context.Context, in *stationsInput) (*answer[List[StationDetail]], error) {
	p, err := a.o.Store.ListStations(ctx, store.StationQuery{
		Cursor: in.Cursor, Limit: in.Limit, Online: flag(in.Online), Version: in.Version, Vendor: in.Vendor, Model: in.Model, Firmware: in.Firmware, Tag: in.Tag,
		Boot: fleet.BootStatus(in.BootStatus), Find: in.Find, Connectors: true,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewStationDetail), nil
}

// flag reads an optional boolean of a query, whose form huma has checked.
func flag(s string) *bool {
	if s == "" {
		return nil
	}
	v := s == "true"
	return &v
}

func (a *api) getStation(ctx context.Context, in *stationInput) (*answer[StationDetail], error) {
	s, err := a.o.Store.Station(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[StationDetail]{viewStationDetail(s)}, nil
}

func (a *api) createStation(ctx context.Context, in *createStationInput) (*answer[CreatedStation], error) {
	if err := connectable(in.Body.ID); err != nil {
		return nil, err
	}
	n := store.NewStation{ID: in.Body.ID, Profile: *in.Body.SecurityProfile, At: time.Now()}
	key := ""
	if n.Profile == 1 || n.Profile == 2 {
		key = fleet.NewKey()
		n.Credential = fleet.NewCredential(key)
	}
	err := a.o.Store.CreateStation(ctx, n)
	if errors.Is(err, store.ErrExists) {
		return nil, problem(http.StatusConflict, "this station is known already; POST stations/{id}/key makes a new key for it")
	}
	if err != nil {
		return nil, err
	}
	s, err := a.o.Store.Station(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	return &answer[CreatedStation]{CreatedStation{viewStation(s.Station), viewKey(n.ID, key)}}, nil
}

// connectable refuses an identity that no station could connect with.
func connectable(id string) error {
	fault := Fault{Pointer: "/id"}
	switch {
	case strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsPrint(r) }):
		fault.Detail = "it has a character that cannot be printed"
	case id == "." || id == "..":
		fault.Detail = "it names a directory in a URL, and a URL is what names a station"
	default:
		return nil
	}
	return problem(http.StatusUnprocessableEntity, "no station could connect with this identity", fault)
}

func viewKey(station, key string) *StationKey {
	if key == "" {
		return nil
	}
	return &StationKey{ID: station, Key: key, User: station, Password: key}
}

func (a *api) rotateKey(ctx context.Context, in *stationInput) (*answer[StationKey], error) {
	key := fleet.NewKey()
	if err := a.o.Store.SetCredential(ctx, in.ID, fleet.NewCredential(key)); err != nil {
		return nil, err
	}
	a.o.Fleet.Disconnect(in.ID, "its key was replaced")
	return &answer[StationKey]{*viewKey(in.ID, key)}, nil
}

func (a *api) deleteStation(ctx context.Context, in *stationInput) (*struct{}, error) {
	err := a.o.Store.DeleteStation(ctx, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(http.StatusNotFound, "this station is not known (it has no key here): there is nothing to delete")
	}
	if err != nil {
		return nil, err
	}
	a.o.Fleet.Disconnect(in.ID, "it was deleted")
	return nil, nil
}
