package fleet

import "time"

// Profile is a charging profile as it can be installed at stations of any version of OCPP: what may be drawn, when (K01).
// What a version cannot say is refused before anything is sent, see CheckVersion.
type Profile struct {
	Purpose    ProfilePurpose
	Kind       ProfileKind
	Recurrency Recurrency // with Recurring only
	StackLevel int64      // of those of one purpose that are valid the highest counts
	ValidFrom  time.Time  // zero: always
	ValidTo    time.Time  // zero: for ever

	// Schedules is one; up to three that a vehicle may choose from (2.x, ISO 15118).
	Schedules []ChargingSchedule

	MaxOffline     *int64 // seconds without a connection until it is not valid; nil: it stays so (2.1)
	EndsOffline    bool   // it does not become valid again after that (2.1)
	UpdateInterval *int64 // seconds after which the station asks for new values, with Dynamic only (2.1)
}

// ProfilePurpose says what a profile limits, in the words of OCPP 2.x.
type ProfilePurpose string

// The purposes.
const (
	PurposeStationMax ProfilePurpose = "ChargingStationMaxProfile"          // the whole station; ChargePointMaxProfile in 1.6
	PurposeTxDefault  ProfilePurpose = "TxDefaultProfile"                   // transactions that have no TxProfile
	PurposeTx         ProfilePurpose = "TxProfile"                          // one transaction
	PurposePriority   ProfilePurpose = "PriorityCharging"                   // transactions with priority (2.1)
	PurposeGeneration ProfilePurpose = "LocalGeneration"                    // what local generation adds (2.1)
	PurposeExternal   ProfilePurpose = "ChargingStationExternalConstraints" // of others; a CSMS cannot set it
)

// ProfilePurposes are those that a CSMS can set.
func ProfilePurposes() []ProfilePurpose {
	return []ProfilePurpose{PurposeStationMax, PurposeTxDefault, PurposeTx, PurposePriority, PurposeGeneration}
}

// ProfileKind says what the times of a profile relate to.
type ProfileKind string

// The kinds.
const (
	KindAbsolute  ProfileKind = "Absolute"
	KindRecurring ProfileKind = "Recurring"
	KindRelative  ProfileKind = "Relative" // to the start of charging
	KindDynamic   ProfileKind = "Dynamic"  // one period, whose values change (2.1)
)

// ProfileKinds are all of them.
func ProfileKinds() []ProfileKind {
	return []ProfileKind{KindAbsolute, KindRecurring, KindRelative, KindDynamic}
}

// Recurrency is how often a recurring profile begins anew.
type Recurrency string

// The recurrencies.
const (
	RecurrencyDaily  Recurrency = "Daily"
	RecurrencyWeekly Recurrency = "Weekly"
)

// seconds returns the length of a recurrency.
func (r Recurrency) seconds() int64 {
	if r == RecurrencyWeekly {
		return 7 * 24 * 60 * 60
	}
	return 24 * 60 * 60
}

// Units of limits.
const (
	UnitAmperes = "A" // per phase
	UnitWatts   = "W" // of all phases
)

// Bounds of a profile.
const (
	MaxStackLevel       = 9999
	MaxSchedulePeriods  = 1024 // OCPP 2.x
	MaxProfileSchedules = 3    // OCPP 2.x
)

// ProfilePlace is where a profile is to be installed.
type ProfilePlace struct {
	EVSE          int64  // the connector in 1.6; 0: the whole station
	TransactionID string // as the station knows it; "": for none
}

// LibraryProfile is a profile that is kept under a name, to be installed.
type LibraryProfile struct {
	Number    int64  // given by the store, never again
	ID        string // chosen by the operator
	Note      string
	CreatedAt time.Time
	UpdatedAt time.Time
	Profile
}

// WireID returns the id under which a station gets a profile of the library. It differs for each EVSE: a profile replaces
// any other one of its id, wherever that is (K01.FR.05).
func (p LibraryProfile) WireID(evse int64) int64 { return p.Number*(MaxEVSE+1) + evse }

// Ids of profiles. What is made from numbers of the library is below FirstReservedID as long as these are at most
// MaxLibraryNumber; from FirstReservedID on are those of limits.
const (
	MaxEVSE          = 999
	MaxLibraryNumber = 1_899_999
	FirstReservedID  = 1_900_000_000

	StationLimitID = FirstReservedID // of the limit of a station

	limitIDs       = FirstReservedID          // of the station and its EVSEs
	transactionIDs = FirstReservedID + 10_000 // of transactions on its EVSEs
	siteID         = FirstReservedID + 20_000
	planIDs        = FirstReservedID + 30_000 // for vehicles on its EVSEs
)
