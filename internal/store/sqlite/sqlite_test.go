package sqlite

import (
	"testing"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { storetest.Run(t, openForSuite) }

func TestR52RepetitionsChangeNothing(t *testing.T) { storetest.Replays(t, openForSuite) }

func openForSuite(t *testing.T, place string, o store.Options) store.Store {
	t.Helper()
	db, err := Open(place, o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
