package store

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Limits of pages: the default for a zero Limit, and the most that any page has.
const (
	DefaultLimit = 100
	MaxLimit     = 1000
)

// Limit returns how many items a page has that was asked for n.
func Limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the next page; "" when this is the last one
}

// StationQuery selects stations. Vendor, Model, Firmware and Find do not tell the letters A to Z from a to z.
type StationQuery struct {
	Cursor   string
	Limit    int              // 0: DefaultLimit
	Online   *bool            // nil: both
	Version  string           // of the latest connection, as "1.6"; "": all
	Vendor   string           // "": all
	Model    string           // "": all
	Firmware string           // "": all
	Tag      string           // exactly; "": all
	Boot     fleet.BootStatus // the answer to the latest boot; BootNone: all
	Find     string           // a part of the id, vendor, model, serial number or firmware; "": all

	Connectors bool // with their places and tags; without it EVSEs and Tags are nil
}

// TagQuery selects tags.
type TagQuery struct {
	Cursor string
	Limit  int // 0: DefaultLimit
}

// MaxListedConnectors is how many connectors of one station are in a list at most, those with the lowest numbers: a
// station may report as many as it likes. Station returns more of them.
const MaxListedConnectors = 100

// TransactionQuery selects transactions.
type TransactionQuery struct {
	Cursor  string
	Limit   int    // 0: DefaultLimit
	Station string // "": all
	Active  *bool  // nil: both

	// Since and Until narrow by the start, as the station's clock told it; one without a time counts as of its arrival.
	// Since is the first that belongs, Until the first that does not; zero: all.
	Since, Until time.Time
	Token        string // who started it, without regard to case; "": all
	Trouble      *bool  // fleet.Transaction.Trouble; nil: both

	Decision fleet.TokenStatus // about who started it; "": all
	Tariff   string            // by which it costs; "": all
}

// SampleQuery selects the samples of one transaction.
type SampleQuery struct {
	Station, ID string // as for Transaction
	Cursor      string
	Limit       int // of events; 0: DefaultLimit
}

// MeterQuery selects meter values of a station that belong to no transaction.
type MeterQuery struct {
	Station   string
	EVSE      *int64    // nil: all; 0: those of the station itself
	Connector *int64    // nil: all
	Since     time.Time // by the station's clock: then or later; zero: from the first on
	Until     time.Time // before that; zero: to the last
	Cursor    string
	Limit     int // 0: DefaultLimit
}

// TokenQuery selects tokens.
type TokenQuery struct {
	Cursor  string
	Limit   int               // 0: DefaultLimit
	Value   string            // "": all; without regard to case
	Prefix  string            // the value begins with it; "": all; without regard to case
	Group   string            // "": all; without regard to case
	Station string            // only those that are for this station, among others; "": all
	Status  fleet.TokenStatus // what it may do at Now, TokenExpired included; "": all
	Now     time.Time         // needed with Status
}

// TokenGroupQuery selects records of groups.
type TokenGroupQuery struct {
	Cursor string
	Limit  int // 0: DefaultLimit
}

// LocalListQuery selects what is known of local lists.
type LocalListQuery struct {
	Station  string // "": all
	Cursor   string
	Limit    int               // 0: DefaultLimit
	Version  *int64            // nil: all
	Answer   string            // to the latest list; "": all
	UpToDate *bool             // what is on it is Current, or is not, or is not known; nil: both
	Current  map[string]string // fleet.ListDigest of what should be on it by the version of OCPP that the station speaks
}

// NoticeQuery selects notices.
type NoticeQuery struct {
	After int64
	Limit int // 0: DefaultLimit
	Bytes int // the list ends with the notice whose data makes it as long as that, or longer; 0: no bound
}

// RefusalQuery selects refusals.
type RefusalQuery struct {
	Cursor  string    // of lists only
	Limit   int       // 0: DefaultLimit; of a summary: entries of each kind
	Station string    // the identity that was claimed; "": all
	Address string    // with or without a port; "": all
	Reason  string    // "": all
	Since   time.Time // zero: all
}
