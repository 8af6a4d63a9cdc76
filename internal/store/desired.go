package store

import (
	"context"
	"errors"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// MaxDesiredValues is how many desired values one station may have.
const MaxDesiredValues = 500

// ErrTooManyDesired says that a station has as many desired values as it may.
var ErrTooManyDesired = errors.New("a station can have 500 desired values at most")

// Wish is what is wanted of each of some stations. Only Setting, Attribute, Value, Apply and Since of the values count.
type Wish struct {
	Stations []string
	Values   []fleet.DesiredValue
}

// Desires are what operators want variables and configuration keys of stations to be. How they go together with what the
// stations tell is kept with them in the commit of what was told.
type Desires interface {
	// Desire wants values of each of some stations, beside others that are wanted already; a value for the same variable
	// replaces the one before. All wishes are done, in one commit, or none. ErrNotFound: a station is neither known nor seen.
	// ErrTooManyDesired. fleet.ErrInvalidEvent: a secret.
	Desire(ctx context.Context, wishes ...Wish) error
	// Undesire wants nothing more of the variables that a query selects, and returns how many values went.
	Undesire(ctx context.Context, q DesiredQuery) (int64, error)
	// TryDesired notes that somebody begins to set values of a station, by their keys.
	TryDesired(ctx context.Context, station string, keys []string, at time.Time) error
	// ListDesired returns desired values by station and key.
	ListDesired(ctx context.Context, q DesiredQuery) (Page[fleet.DesiredValue], error)
	// CountDesired counts desired values by their variable and state, at most 1000 rows of the most frequent variables.
	CountDesired(ctx context.Context, q DesiredQuery) ([]DesiredCount, error)
	// DesiringStations returns the stations of which something is wanted that is to be applied without being asked.
	DesiringStations(ctx context.Context) ([]string, error)
}

// DesiredQuery selects desired values.
type DesiredQuery struct {
	SettingQuery
	Station   string // "": all
	Cursor    string // of lists only
	Limit     int    // 0: DefaultLimit; of lists only
	Attribute string // "": all
	State     fleet.DesiredState
	Drift     *bool  // fleet.DesiredState.Drifts; nil: both
	Key       string // fleet.DesiredValue.Key; "": all
}

// DesiredCount is how many stations want a value of one variable and are in one state.
type DesiredCount struct {
	Component string // as one of those who want it spelt it, as Variable; case does not matter
	Variable  string
	State     fleet.DesiredState
	Values    int64
}
