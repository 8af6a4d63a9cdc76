package store

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// ErrMemberElsewhere says that a station is a member of another site already.
var ErrMemberElsewhere = errors.New("the station is a member of another site")

// MaxSites bounds how many sites there are.
const MaxSites = 1000

// MaxLibrary bounds how many charging profiles the library has.
const MaxLibrary = 1000

// ErrTooMany says that there are as many of something as may be.
var ErrTooMany = errors.New("there are as many as may be already")

// Charging is what is decided here about charging: the library of profiles, and sites whose stations share a limit.
type Charging interface {
	// CreateProfile adds a profile to the library, and returns it with its number. ErrExists, ErrTooMany.
	CreateProfile(ctx context.Context, p fleet.LibraryProfile) (fleet.LibraryProfile, error)
	// ChangeProfile replaces a profile of the library by what change makes of it; number and id stay. Nobody else changes it
	// meanwhile. It returns the error of change, and then changes nothing. change may be called more than once. ErrNotFound.
	ChangeProfile(ctx context.Context, id string, change func(fleet.LibraryProfile) (fleet.LibraryProfile, error)) (fleet.LibraryProfile, error)
	// DeleteProfile removes a profile from the library, which changes nothing at stations. ErrNotFound.
	DeleteProfile(ctx context.Context, id string) error
	// LibraryProfile returns one profile. ErrNotFound.
	LibraryProfile(ctx context.Context, id string) (fleet.LibraryProfile, error)
	// ListProfiles returns the library in the order of the ids.
	ListProfiles(ctx context.Context, q ProfileQuery) (Page[fleet.LibraryProfile], error)

	// ListInstalledProfiles returns the charging profiles that are installed at stations, as far as they told, by station.
	ListInstalledProfiles(ctx context.Context, q InstalledProfileQuery) (Page[fleet.InstalledProfile], error)
	// CompositeSchedules returns the latest composite schedule of each EVSE of a station, by EVSE.
	CompositeSchedules(ctx context.Context, station string) ([]fleet.CompositeSchedule, error)

	// ChangeVehiclePlan replaces the plan of the vehicle at an EVSE by what change makes of it, the zero plan when there is none, and
	// returns that. Nobody else changes it meanwhile. It returns the error of change, and then changes nothing. change may be
	// called more than once.
	ChangeVehiclePlan(ctx context.Context, station string, evse int64, change func(fleet.VehiclePlan) (fleet.VehiclePlan, error)) (fleet.VehiclePlan, error)
	// EndVehiclePlan forgets the plan at an EVSE if it is for that transaction, as the station knows it. Its round is known on.
	EndVehiclePlan(ctx context.Context, station string, evse int64, transaction string) error
	// ListVehiclePlans returns the plans of vehicles that charge, by station and EVSE.
	ListVehiclePlans(ctx context.Context, q VehiclePlanQuery) (Page[fleet.VehiclePlan], error)

	// CreateSite adds a site. ErrExists, ErrTooMany, ErrMemberElsewhere.
	CreateSite(ctx context.Context, s fleet.Site) (fleet.Site, error)
	// ChangeSite replaces a site with its members by what change makes of it, as ChangeProfile does. ErrNotFound,
	// ErrMemberElsewhere.
	ChangeSite(ctx context.Context, id string, change func(fleet.Site) (fleet.Site, error)) (fleet.Site, error)
	// ChangeSiteMember replaces what is known of the share of a member by what change makes of it. It is no news to anybody.
	// ErrNotFound: it is a member no more.
	ChangeSiteMember(ctx context.Context, site, station string, change func(fleet.SiteMember) (fleet.SiteMember, error)) (fleet.SiteMember, error)
	// DeleteSite removes a site; its allocations stay on record until they are pruned. ErrNotFound.
	DeleteSite(ctx context.Context, id string) error
	// Site returns one site with its members. ErrNotFound.
	Site(ctx context.Context, id string) (fleet.Site, error)
	// ListSites returns sites in the order of their ids, with their members.
	ListSites(ctx context.Context, q SiteQuery) (Page[fleet.Site], error)

	// AddAllocation keeps a record, and returns its number. Of each site the latest Options.KeepAllocations are kept.
	AddAllocation(ctx context.Context, a fleet.Allocation) (int64, error)
	// SettleShare keeps what became of a share that was sent. A record that was pruned is nobody's error.
	SettleShare(ctx context.Context, allocation int64, station string, outcome fleet.ShareOutcome, detail string, at time.Time) error
	// ListAllocations returns the allocations of a site, the latest first.
	ListAllocations(ctx context.Context, q AllocationQuery) (Page[fleet.Allocation], error)
}

// ProfileQuery selects profiles of the library. Empty fields select all.
type ProfileQuery struct {
	Cursor  string
	Limit   int // 0: DefaultLimit
	Purpose fleet.ProfilePurpose
	Kind    fleet.ProfileKind
}

// InstalledProfileQuery selects charging profiles at stations. Empty fields select all.
type InstalledProfileQuery struct {
	Station     string
	Cursor      string
	Limit       int    // 0: DefaultLimit
	EVSE        *int64 // 0: the whole station
	ProfileID   *int64
	StackLevel  *int64
	Purpose     string
	Transaction string     // as the station knows it
	ValidAt     *time.Time // then
	KnownFrom   fleet.ProfileSource
}

// VehiclePlanQuery selects plans of vehicles.
type VehiclePlanQuery struct {
	Station string // "": all
	Cursor  string
	Limit   int // 0: DefaultLimit
}

// SiteQuery selects sites.
type SiteQuery struct {
	Cursor  string
	Limit   int    // 0: DefaultLimit
	Station string // that is a member; "": all
}

// AllocationQuery selects allocations of one site.
type AllocationQuery struct {
	Site   string
	Cursor string
	Limit  int // 0: DefaultLimit
}
