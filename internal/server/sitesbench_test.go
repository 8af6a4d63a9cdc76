package server

import (
	"fmt"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// BenchmarkLookAtSite looks at a site as its timer does: 200 members, each with a session; nothing is to be sent. "shared" is a look
// that finds another limit, and keeps how it was shared.
func BenchmarkLookAtSite(b *testing.B) {
	const members = 200
	srv, stop := serveBench(b)
	defer stop()
	site := fleet.Site{ID: "S", Unit: fleet.UnitAmperes, Limit: 8000, Minimum: 60, Policy: fleet.PolicyEqual, CreatedAt: time.Now()}
	for i := range members {
		id := fmt.Sprintf("CS-%03d", i)
		token := fleet.IDToken{Value: id, Type: fleet.CentralToken}
		_, err := srv.store.Submit(b.Context(), fleet.TransactionEvent{
			Station: id, Received: time.Now(), TransactionID: "t", Numbered: true, Kind: fleet.TransactionStarted, Time: time.Now(), EVSE: 1, Token: &token,
		})
		if err != nil {
			b.Fatal(err)
		}
		site.Members = append(site.Members, fleet.SiteMember{Station: id, Max: 320})
	}
	if _, err := srv.store.CreateSite(b.Context(), site); err != nil {
		b.Fatal(err)
	}
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			if err := srv.sites.share("S", "bench"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("shared", func(b *testing.B) {
		for b.Loop() {
			srv.sites.forget("S")
			if err := srv.sites.share("S", "bench"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
