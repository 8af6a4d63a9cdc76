package sqlite

import (
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// While nobody limits anything, and no token is prepaid, messages of transactions read nothing for the sake of that.
func TestLimitsThatNobodyAskedForAreNotLookedFor(t *testing.T) {
	ask := func(limit fleet.TransactionLimit, credit fleet.Decimal) (read []string) {
		t.Helper()
		db, err := Open(t.TempDir(), store.Options{MaxDelay: -1})
		if err != nil {
			t.Fatal(err)
		}
		if len(limit) > 0 {
			if err := db.LimitStart(t.Context(), "A", 8, limit, noon); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.PutToken(t.Context(), fleet.Token{IDToken: fleet.IDToken{Value: "x"}, Status: fleet.TokenAccepted, Credit: credit}); err != nil {
			t.Fatal(err)
		}
		cost := &fleet.StationCost{Currency: "EUR", Total: fleet.Price{InclTax: "3"}}
		for n, kind := range []fleet.TransactionKind{fleet.TransactionStarted, fleet.TransactionUpdated, fleet.TransactionUpdated, fleet.TransactionEnded} {
			e := charging("A", "t", int64(n))
			e.Kind, e.TakesLimits, e.Token, e.RemoteStartID, e.StationCost = kind, true, &fleet.IDToken{Value: "x"}, new(int64(7)), cost
			if _, err := db.Submit(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for text := range db.writer.stmts {
			if strings.Contains(text, "DELETE FROM start_limits WHERE station") || strings.Contains(text, "UPDATE tokens SET credit") || strings.Contains(text, "limits_asked = ?") {
				read = append(read, text)
			}
		}
		return read
	}
	if read := ask(nil, ""); len(read) > 0 {
		t.Errorf("without limits: %q", read)
	}
	if read := ask(fleet.TransactionLimit{fleet.LimitTime: "60"}, "10"); len(read) != 3 {
		t.Errorf("with limits the test does not see what it looks for: %q", read)
	}
}
