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

// LibraryProfile is a charging profile that is kept under a name.
type LibraryProfile struct {
	ID             string             `json:"id" example:"night"`
	Number         int64              `json:"number" doc:"Stations get it under the id number × 1000 + EVSE" example:"1"`
	Note           *string            `json:"note" doc:"Your own words"`
	Purpose        string             `json:"purpose" example:"TxDefaultProfile"`
	Kind           string             `json:"kind" example:"Recurring"`
	Recurrency     *string            `json:"recurrency" example:"Daily"`
	StackLevel     int64              `json:"stackLevel"`
	ValidFrom      *time.Time         `json:"validFrom" doc:"null: always"`
	ValidTo        *time.Time         `json:"validTo" doc:"null: for ever"`
	MaxOffline     *int64             `json:"maxOffline" doc:"Seconds without a connection until it is not valid any more; null: it stays valid"`
	EndsOffline    bool               `json:"endsOffline" doc:"It does not become valid again after that"`
	UpdateInterval *int64             `json:"updateInterval" doc:"Seconds after which the station asks for new values"`
	Schedules      []ChargingSchedule `json:"schedules" nullable:"false"`
	CreatedAt      *time.Time         `json:"createdAt"`
	UpdatedAt      *time.Time         `json:"updatedAt"`
}

// ProfileTerms are a charging profile with a note.
type ProfileTerms struct {
	Note string `json:"note,omitempty" maxLength:"255" doc:"Your own words" example:"cheap at night"`
	fleet.ProfileArgument
}

// NewProfile is a charging profile to keep.
type NewProfile struct {
	ID string `json:"id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9._-]*$" patternDescription:"letters, digits, dots, hyphens and underscores" doc:"A name for it" example:"night"`
	ProfileTerms
}

type profilesInput struct {
	PageQuery
	Purpose string `query:"purpose" enum:"ChargingStationMaxProfile,TxDefaultProfile,TxProfile,PriorityCharging,LocalGeneration" doc:"Only those of this purpose"`
	Kind    string `query:"kind" enum:"Absolute,Recurring,Relative,Dynamic" doc:"Only those of this kind"`
}

type profileInput struct {
	ID string `path:"id" maxLength:"64" doc:"Name of the profile"`
}

type createProfileInput struct{ Body NewProfile }

type putProfileInput struct {
	ID   string `path:"id" maxLength:"64" doc:"Name of the profile"`
	Body ProfileTerms
}

func (a *api) registerLibrary() {
	tags := []string{"charging profile"}
	operate(a, huma.Operation{
		OperationID: "list-profiles", Method: http.MethodGet, Path: "/profiles", Tags: tags, Summary: "List the library of charging profiles",
	}, a.listProfiles)
	operate(a, huma.Operation{
		OperationID: "create-profile", Method: http.MethodPost, Path: "/profiles", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Keep a charging profile under a name", Description: "It is checked against the rules of OCPP that hold for every station. What only some versions have is refused when it is to be installed at a station of another. 409: there is one of this name, or there are 1000.",
	}, a.createProfile)
	operate(a, huma.Operation{
		OperationID: "get-profile", Method: http.MethodGet, Path: "/profiles/{id}", Tags: tags, Summary: "Get a charging profile",
	}, a.getProfile)
	operate(a, huma.Operation{
		OperationID: "put-profile", Method: http.MethodPut, Path: "/profiles/{id}", Tags: tags, Summary: "Replace a charging profile",
		Description: "Stations that have it keep what they have until it is installed again.",
	}, a.putProfile)
	operate(a, huma.Operation{
		OperationID: "delete-profile", Method: http.MethodDelete, Path: "/profiles/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Delete a charging profile", Description: "Stations that have it keep it.",
	}, a.deleteProfile)
}

// faultsProblem says what is wrong with a body, at its places.
func faultsProblem(faults fleet.Faults) error {
	if len(faults) == 0 {
		return nil
	}
	p := problem(http.StatusUnprocessableEntity, "this cannot be: "+faults.Error())
	for _, f := range faults {
		p.Errors = append(p.Errors, Fault{Detail: f.Detail, Pointer: f.Pointer})
	}
	return p
}

func (a *api) listProfiles(ctx context.Context, in *profilesInput) (*answer[List[LibraryProfile]], error) {
	p, err := a.o.Store.ListProfiles(ctx, store.ProfileQuery{
		Cursor: in.Cursor, Limit: in.Limit, Purpose: fleet.ProfilePurpose(in.Purpose), Kind: fleet.ProfileKind(in.Kind),
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewLibraryProfile), nil
}

func (a *api) createProfile(ctx context.Context, in *createProfileInput) (*answer[LibraryProfile], error) {
	p := in.Body.Profile()
	if err := faultsProblem(p.Check()); err != nil {
		return nil, err
	}
	created, err := a.o.Store.CreateProfile(ctx, fleet.LibraryProfile{ID: in.Body.ID, Note: in.Body.Note, CreatedAt: time.Now(), Profile: p})
	switch {
	case errors.Is(err, store.ErrExists):
		return nil, problem(http.StatusConflict, "there is a profile of this name; PUT replaces it", Fault{Detail: "it is taken", Pointer: "/id"})
	case errors.Is(err, store.ErrTooMany):
		return nil, problem(http.StatusConflict, "the library is full: it has 1000 profiles")
	case err != nil:
		return nil, err
	}
	return &answer[LibraryProfile]{viewLibraryProfile(created)}, nil
}

func (a *api) getProfile(ctx context.Context, in *profileInput) (*answer[LibraryProfile], error) {
	p, err := a.o.Store.LibraryProfile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[LibraryProfile]{viewLibraryProfile(p)}, nil
}

func (a *api) putProfile(ctx context.Context, in *putProfileInput) (*answer[LibraryProfile], error) {
	p := in.Body.Profile()
	if err := faultsProblem(p.Check()); err != nil {
		return nil, err
	}
	changed, err := a.o.Store.ChangeProfile(ctx, in.ID, func(old fleet.LibraryProfile) (fleet.LibraryProfile, error) {
		old.Note, old.Profile = in.Body.Note, p
		return old, nil
	})
	if err != nil {
		return nil, err
	}
	return &answer[LibraryProfile]{viewLibraryProfile(changed)}, nil
}

func (a *api) deleteProfile(ctx context.Context, in *profileInput) (*struct{}, error) {
	return nil, a.o.Store.DeleteProfile(ctx, in.ID)
}

func viewLibraryProfile(p fleet.LibraryProfile) LibraryProfile {
	return LibraryProfile{
		ID: p.ID, Number: p.Number, Note: orNull(p.Note), Purpose: string(p.Purpose), Kind: string(p.Kind), Recurrency: orNull(string(p.Recurrency)),
		StackLevel: p.StackLevel, ValidFrom: instant(p.ValidFrom), ValidTo: instant(p.ValidTo), MaxOffline: p.MaxOffline,
		EndsOffline: p.EndsOffline, UpdateInterval: p.UpdateInterval, Schedules: viewSchedules(p.Schedules),
		CreatedAt: instant(p.CreatedAt), UpdatedAt: instant(p.UpdatedAt),
	}
}
