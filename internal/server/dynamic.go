package server

import (
	"context"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// dynamicProfiles knows what dynamic charging profiles say that stations took from here.
type dynamicProfiles struct{ store store.Charging }

// values is adapter.Backend.Dynamic. What others than the CSMS have set is not ours to update.
func (d dynamicProfiles) values(ctx context.Context, station string, profile int64) (none fleet.SchedulePeriod, ok bool, err error) {
	page, err := d.store.ListInstalledProfiles(ctx, store.InstalledProfileQuery{Station: station, ProfileID: &profile})
	for _, p := range page.Items {
		from := p.Purpose != string(fleet.PurposeExternal) && !p.AcceptedAt.IsZero()
		if from && p.Type == string(fleet.KindDynamic) && len(p.Schedules) > 0 && len(p.Schedules[0].Periods) > 0 {
			return p.Schedules[0].Periods[0], true, err
		}
	}
	return none, false, err
}
