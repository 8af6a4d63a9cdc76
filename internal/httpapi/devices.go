package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// SettingFilter narrows by what something is about.
type SettingFilter struct {
	Component string `query:"component" maxLength:"255" doc:"Only those of one component, without regard to case"`
	Variable  string `query:"variable" maxLength:"255" doc:"Only those of one variable or configuration key, without regard to case"`
	EVSE      string `query:"evse" pattern:"^[0-9]{1,9}$" patternDescription:"number of an EVSE" doc:"Only those of one EVSE; 0: of the whole station"`
}

func (f SettingFilter) query() store.SettingQuery {
	return store.SettingQuery{Component: f.Component, Variable: f.Variable, EVSE: smallNumber(f.EVSE)}
}

// smallNumber reads an optional number of a query, whose form huma has checked.
func smallNumber(s string) *int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil
	}
	return &n
}

// ArrivalFilter narrows by who reported something and when.
type ArrivalFilter struct {
	Station string    `query:"station" maxLength:"255" doc:"Only those of one station"`
	Since   time.Time `query:"since" doc:"Only those that came then or later" example:"2026-05-01T00:00:00Z"`
	Until   time.Time `query:"until" doc:"Only those that came before" example:"2026-06-01T00:00:00Z"`
}

func (f ArrivalFilter) query(p PageQuery) store.Arrival {
	return store.Arrival{Station: f.Station, Cursor: p.Cursor, Limit: p.Limit, Since: f.Since, Until: f.Until}
}

// DeviceQuery is the query of every list of one station.
type DeviceQuery struct {
	PageQuery
	ID string `path:"id" maxLength:"255" doc:"Identity of the station"`
}

// registerDevices adds what stations say about themselves.
func (a *api) registerDevices() {
	a.registerSettings()
	a.registerDeviceEvents()
	a.registerJobs()
	a.registerReports()
	a.registerAnswers()
	a.registerInstalledProfiles()
	a.registerVehiclePlans()
	a.registerLocalLists()
	a.registerDesired()
	a.registerMeterValues()
}

// ofStation describes a list of one station.
func ofStation(path, summary, description string) huma.Operation {
	return huma.Operation{
		OperationID: "list-" + path, Method: http.MethodGet, Path: "/stations/{id}/" + path, Tags: []string{"station"},
		Summary: summary, Description: description,
	}
}

// ofFleet describes a list of all stations.
func ofFleet(path, tag, summary, description string) huma.Operation {
	return huma.Operation{
		OperationID: "list-" + path, Method: http.MethodGet, Path: "/" + path, Tags: []string{tag}, Summary: summary, Description: description,
	}
}

// knows returns ErrNotFound for a station that nobody has heard of.
func (a *api) knows(ctx context.Context, station string) error {
	_, err := a.o.Store.Station(ctx, station)
	return err
}

// KeptList is how much of what a station said is here.
type KeptList struct {
	List    string `json:"list" enum:"variables,monitors,displayMessages,monitoringEvents,securityEvents,jobs,reports,certificateRequests,answers,certificates,networkProfiles,chargingProfiles,compositeSchedules" doc:"Which list"`
	Kept    int64  `json:"kept" doc:"Entries that are here"`
	Limit   int64  `json:"limit" doc:"Entries of one station that may be here"`
	Dropped int64  `json:"dropped" doc:"Entries that are not here because the list was full: the oldest ones of events, jobs, reports, requests and answers, the ones that came last of variables, monitors, display messages, certificates, network profiles, charging profiles and composite schedules"`
}

// KeptLists are the lists of a station.
type KeptLists struct {
	Lists []KeptList `json:"lists" nullable:"false" doc:"Those in which something is or was"`
}

func (a *api) getKept(ctx context.Context, in *stationInput) (*answer[KeptLists], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	kept, err := a.o.Store.Kept(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	lists := make([]KeptList, 0, len(kept))
	for _, k := range kept {
		lists = append(lists, KeptList{List: string(k.List), Kept: k.Kept, Limit: k.Limit, Dropped: k.Dropped})
	}
	return &answer[KeptLists]{KeptLists{lists}}, nil
}

// About is what something is about: a variable of a component, or a configuration key of OCPP 1.6.
type About struct {
	Component         *string `json:"component" doc:"null: a configuration key of OCPP 1.6" example:"EVSE"`
	ComponentInstance *string `json:"componentInstance"`
	EVSE              *int    `json:"evse" doc:"null: the station"`
	Connector         *int    `json:"connector" doc:"null: the whole EVSE, or the station"`
	Variable          string  `json:"variable" example:"AvailabilityState"`
	VariableInstance  *string `json:"variableInstance"`
}

func about(s fleet.Setting) About {
	return About{
		Component: orNull(s.Component), ComponentInstance: orNull(s.ComponentInstance), EVSE: orNull(s.EVSE), Connector: orNull(s.Connector),
		Variable: s.Variable, VariableInstance: orNull(s.VariableInstance),
	}
}
