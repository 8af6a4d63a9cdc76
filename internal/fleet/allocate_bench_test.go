package fleet_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// BenchmarkAllocate shares the limit of a site of which every member has a session and a share that it has acknowledged, and half of the
// targets change.
func BenchmarkAllocate(b *testing.B) {
	for _, policy := range fleet.SitePolicies() {
		for _, n := range []int{20, 200, 1000} {
			b.Run(fmt.Sprintf("%s/%d", policy, n), func(b *testing.B) {
				site := fleet.Site{ID: "S", Unit: fleet.UnitAmperes, Policy: policy, Minimum: 60}
				members := make([]fleet.Claimant, n)
				for i := range members {
					members[i] = fleet.Claimant{
						SiteMember: fleet.SiteMember{Station: fmt.Sprintf("CP-%04d", i), Max: 320, Acked: &fleet.Grant{Share: fleet.Tenths(60 + i%2*40), At: allocationStart}},
						Online:     true, Sessions: []time.Time{allocationStart.Add(time.Duration(i) * time.Second)},
					}
				}
				limit := fleet.Tenths(80 * n)
				b.ReportAllocs()
				for b.Loop() {
					if shares := fleet.Allocate(site, limit, members, allocationStart.Add(time.Hour)); len(shares) != n {
						b.Fatal(len(shares))
					}
				}
			})
		}
	}
}
