package httpapi

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// InstalledProfile is a charging profile that is installed at a station.
type InstalledProfile struct {
	Number         int64              `json:"number" doc:"Of this entry" example:"17"`
	Station        string             `json:"station" example:"CP-001"`
	EVSE           int64              `json:"evse" doc:"In OCPP 1.6 the connector; 0: the whole station" example:"1"`
	ProfileID      int64              `json:"profileId" doc:"As the station knows it" example:"1001"`
	Purpose        string             `json:"purpose" doc:"In the words of OCPP 2.x" example:"TxDefaultProfile"`
	StackLevel     int64              `json:"stackLevel" doc:"The highest that is valid counts" example:"0"`
	Kind           string             `json:"kind" doc:"Absolute, Recurring, Relative or Dynamic" example:"Absolute"`
	Recurrency     *string            `json:"recurrency" doc:"Daily or Weekly"`
	ValidFrom      *time.Time         `json:"validFrom" doc:"null: always"`
	ValidTo        *time.Time         `json:"validTo" doc:"null: for ever"`
	TransactionID  *string            `json:"transactionId" doc:"The transaction that it is for, as the station knows it. A TxProfile without one came with a remote start"`
	Limiter        *string            `json:"limiter" doc:"Who set it: CSO is the CSMS" example:"CSO"`
	Schedules      []ChargingSchedule `json:"schedules" nullable:"false"`
	MaxOffline     *int64             `json:"maxOffline" doc:"Seconds without a connection until it is not valid any more; null: it stays valid (OCPP 2.1)"`
	EndsOffline    bool               `json:"endsOffline" doc:"It does not become valid again after that (OCPP 2.1)"`
	UpdateInterval *int64             `json:"updateInterval" doc:"Seconds after which the station asks for new values (OCPP 2.1)"`
	UpdatedAt      *time.Time         `json:"updatedAt" doc:"When the station got its values last, as it said (OCPP 2.1)"`
	KnownFrom      string             `json:"knownFrom" enum:"answer,report" doc:"By what the station told of it last. answer: it accepted the profile. report: it reported it"`
	KnownAt        *time.Time         `json:"knownAt" doc:"When it told of it last"`
	AcceptedAt     *time.Time         `json:"acceptedAt" doc:"When the station accepted it from here; null: it did not"`
	ReportedAt     *time.Time         `json:"reportedAt" doc:"When a report had it last; null: none did"`
}

// CompositeSchedule is what limit results from all charging profiles.
type CompositeSchedule struct {
	EVSE       int64            `json:"evse" doc:"In OCPP 1.6 the connector; 0: what the whole station draws from the grid" example:"1"`
	Start      *time.Time       `json:"start" doc:"null: the station did not say"`
	Seconds    int64            `json:"seconds" doc:"How long it is" example:"3600"`
	Unit       *string          `json:"unit" doc:"A or W; null: the station did not say" example:"A"`
	Periods    []SchedulePeriod `json:"periods" nullable:"false" doc:"Their starts are seconds after start. Empty: the station told none"`
	ReceivedAt *time.Time       `json:"receivedAt" doc:"When the station answered"`
}

// InstalledProfileFilter narrows a list of profiles.
type InstalledProfileFilter struct {
	EVSE        string    `query:"evse" pattern:"^[0-9]{1,9}$" patternDescription:"number of an EVSE" doc:"Only those of one EVSE; 0: of the whole station"`
	ProfileID   string    `query:"profile" pattern:"^-?[0-9]{1,10}$" patternDescription:"id of a profile" doc:"Only those of this id"`
	StackLevel  string    `query:"stackLevel" pattern:"^[0-9]{1,9}$" patternDescription:"stack level" doc:"Only those of this level"`
	Purpose     string    `query:"purpose" enum:"ChargingStationMaxProfile,TxDefaultProfile,TxProfile,ChargingStationExternalConstraints,PriorityCharging,LocalGeneration" doc:"Only those of this purpose"`
	Transaction string    `query:"transaction" maxLength:"255" doc:"Only those for this transaction, as the station knows it"`
	KnownFrom   string    `query:"knownFrom" enum:"answer,report" doc:"Only those of which the station told last by accepting them, or in a report"`
	ValidAt     time.Time `query:"validAt" doc:"Only those that are valid then" example:"2026-05-01T00:00:00Z"`
}

func (f InstalledProfileFilter) query(station string, p PageQuery) store.InstalledProfileQuery {
	q := store.InstalledProfileQuery{
		Station: station, Cursor: p.Cursor, Limit: p.Limit, EVSE: evseNumber(f.EVSE), ProfileID: evseNumber(f.ProfileID),
		StackLevel: evseNumber(f.StackLevel), Purpose: f.Purpose, Transaction: f.Transaction, KnownFrom: fleet.ProfileSource(f.KnownFrom),
	}
	if !f.ValidAt.IsZero() {
		q.ValidAt = &f.ValidAt
	}
	return q
}

type installedProfilesInput struct {
	PageQuery
	InstalledProfileFilter
	Station string `query:"station" maxLength:"255" doc:"Only those at one station"`
}

type stationProfilesInput struct {
	DeviceQuery
	InstalledProfileFilter
}

// registerInstalledProfiles adds what stations told of their charging profiles.
func (a *api) registerInstalledProfiles() {
	const told = `As far as the stations told: those that they accepted, until they were cleared or replaced, or their transaction ended, and those
that they reported. A report that has come to its end removes what it asked about and does not have: POST /stations/{id}/get-profiles
asks for one (OCPP 2.x). The first 500 of each station are kept.`
	operate(a, ofFleet("installed-profiles", "charging profile", "List the charging profiles that are installed at stations, by station", told), a.listInstalledProfiles)
	op := ofStation("installed-profiles", "List the charging profiles that are installed at a station", told)
	op.OperationID = "list-installed-profiles-of-station"
	operate(a, op, a.listStationProfiles)
	operate(a, ofStation("composite-schedules", "List the limits that result from all charging profiles of a station",
		"The latest that the station answered for each EVSE, by EVSE. POST /stations/{id}/composite-schedule asks for one."), a.listComposites)
}

func (a *api) listInstalledProfiles(ctx context.Context, in *installedProfilesInput) (*answer[List[InstalledProfile]], error) {
	p, err := a.o.Store.ListInstalledProfiles(ctx, in.query(in.Station, in.PageQuery))
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewInstalledProfile), nil
}

func (a *api) listStationProfiles(ctx context.Context, in *stationProfilesInput) (*answer[List[InstalledProfile]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListInstalledProfiles(ctx, in.query(in.ID, in.PageQuery))
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewInstalledProfile), nil
}

func viewInstalledProfile(p fleet.InstalledProfile) InstalledProfile {
	return InstalledProfile{
		Number: p.Number, Station: p.Station, EVSE: p.EVSE, ProfileID: p.ProfileID, Purpose: p.Purpose, StackLevel: p.StackLevel, Kind: p.Type,
		Recurrency: orNull(p.Recurrency), ValidFrom: instant(p.ValidFrom), ValidTo: instant(p.ValidTo), TransactionID: orNull(p.TransactionID),
		Limiter: orNull(p.Source), Schedules: viewSchedules(p.Schedules), KnownFrom: string(p.KnownFrom()), KnownAt: instant(p.KnownAt()),
		AcceptedAt: instant(p.AcceptedAt), ReportedAt: instant(p.ReportedAt),
		MaxOffline: p.MaxOffline, EndsOffline: p.EndsOffline, UpdateInterval: p.UpdateInterval, UpdatedAt: instant(p.UpdatedAt),
	}
}

func (a *api) listComposites(ctx context.Context, in *stationInput) (*answer[List[CompositeSchedule]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := a.o.Store.CompositeSchedules(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return viewPage(store.Page[fleet.CompositeSchedule]{Items: list}, func(s fleet.CompositeSchedule) CompositeSchedule {
		return CompositeSchedule{
			EVSE: s.EVSE, Start: instant(s.Start), Seconds: s.Seconds, Unit: orNull(s.Unit), Periods: viewPeriods(s.Periods), ReceivedAt: instant(s.Received),
		}
	}), nil
}
