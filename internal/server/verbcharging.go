package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// resolveLimit finds the transaction, and says which profile the limit is. The limit of a member of a site is up to that.
func (c *commands) resolveLimit(ctx context.Context, station string, v fleet.LimitRequest) (fleet.Verb, error) {
	at := fleet.ProfilePlace{EVSE: v.EVSE}
	var running fleet.RunningTransaction
	var err error
	if v.Transaction != "" {
		if running, at, err = c.placeOf(ctx, station, v.Transaction, v.EVSE); err != nil {
			return nil, err
		}
	} else if v.EVSE == 0 && !v.Remove {
		if err := c.refuseMember(ctx, station); err != nil {
			return nil, err
		}
	}
	limits, err := c.chargingLimits(ctx, station)
	if err != nil {
		return nil, err
	}
	return &v, v.Resolve(limits, at, running)
}

// refuseMember refuses a limit of a whole station that shares one with others.
func (c *commands) refuseMember(ctx context.Context, station string) error {
	p, err := c.store.ListSites(ctx, store.SiteQuery{Station: station, Limit: 1})
	if err != nil || len(p.Items) == 0 {
		return err
	}
	return fleet.NotNow("", "the station is a member of the site %s, which limits it: change what it takes at most there, or limit an EVSE or a transaction", p.Items[0].ID)
}

// placeOf finds where a transaction goes on. One that is not known here needs its EVSE said.
func (c *commands) placeOf(ctx context.Context, station, transaction string, evse int64) (fleet.RunningTransaction, fleet.ProfilePlace, error) {
	running, err := c.transaction(ctx, station, transaction)
	at := fleet.ProfilePlace{EVSE: evse, TransactionID: running.ID}
	if err != nil || evse > 0 {
		return running, at, err
	}
	t, err := c.store.Transaction(ctx, station, running.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return running, at, err
	}
	if at.EVSE = int64(t.EVSE); at.EVSE == 0 {
		return running, at, fleet.NotNow("/evse", "it is not known here where that transaction goes on: say it")
	}
	return running, at, nil
}

// resolveProfile finds the profile of the library and the transaction.
func (c *commands) resolveProfile(ctx context.Context, station string, v fleet.SetProfileRequest) (fleet.Verb, error) {
	id, p, err := c.profileMeant(ctx, v.Library, v.Profile, v.ID, v.EVSE)
	if err != nil {
		return nil, err
	}
	at := fleet.ProfilePlace{EVSE: v.EVSE, TransactionID: v.Transaction}
	var running fleet.RunningTransaction
	if v.Transaction != "" && p.Purpose == fleet.PurposeTx {
		if running, at, err = c.placeOf(ctx, station, v.Transaction, v.EVSE); err != nil {
			return nil, err
		}
	}
	limits, err := c.chargingLimits(ctx, station)
	if err != nil {
		return nil, err
	}
	return &v, v.Resolve(id, p, limits, at, running)
}

// profileMeant returns the profile that was given, or that of the library, and the id that it has at a station.
func (c *commands) profileMeant(ctx context.Context, library string, given *fleet.ProfileArgument, id, evse int64) (int64, fleet.Profile, error) {
	if given != nil {
		return id, given.Profile(), nil
	}
	kept, err := c.store.LibraryProfile(ctx, library)
	if errors.Is(err, store.ErrNotFound) {
		return 0, fleet.Profile{}, fleet.NotNow("/library", "the library has no profile of this name")
	}
	return kept.WireID(evse), kept.Profile, err
}

// chargingLimits returns what a station has said of what it can do with charging profiles: in configuration keys of OCPP 1.6
// or in variables of the component SmartChargingCtrlr.
func (c *commands) chargingLimits(ctx context.Context, station string) (fleet.ChargingLimits, error) {
	var l fleet.ChargingLimits
	for _, name := range []string{"ChargeProfileMaxStackLevel", "ProfileStackLevel", "ChargingScheduleMaxPeriods", "PeriodsPerSchedule", "ChargingScheduleAllowedChargingRateUnit", "RateUnit"} {
		p, err := c.store.ListVariables(ctx, store.VariableQuery{Station: station, SettingQuery: store.SettingQuery{Variable: name}, Limit: 1})
		if err != nil {
			return l, err
		}
		for _, v := range p.Items {
			if v.Value != nil {
				noteLimit(&l, name, *v.Value)
			}
		}
	}
	return l, nil
}

func noteLimit(l *fleet.ChargingLimits, name, value string) {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	number := err == nil && n >= 0
	switch name {
	case "ChargeProfileMaxStackLevel", "ProfileStackLevel":
		if number {
			l.MaxStackLevel = &n
		}
	case "ChargingScheduleMaxPeriods", "PeriodsPerSchedule":
		if number && n > 0 {
			l.MaxPeriods = &n
		}
	default:
		for word := range strings.SplitSeq(value, ",") {
			unit := unitOf(strings.TrimSpace(word))
			if unit != "" && !slices.Contains(l.Units, unit) {
				l.Units = append(l.Units, unit)
			}
		}
	}
}

// unitOf reads a unit as stations call it.
func unitOf(word string) string {
	switch strings.ToLower(word) {
	case "a", "current":
		return fleet.UnitAmperes
	case "w", "power":
		return fleet.UnitWatts
	}
	return ""
}
