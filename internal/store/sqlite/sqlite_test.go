package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/storetest"
	"go.uber.org/goleak"
)

// schemaOnly is the file of a store in which nothing is. Making the schema takes most of the time of a short test, and ten
// times as long under the race detector; those that are not about it begin with this file.
var schemaOnly []byte //nolint:gochecknoglobals // made once, before any test

func TestMain(m *testing.M) {
	var err error
	if schemaOnly, err = makeSchema(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func makeSchema() ([]byte, error) {
	dir, err := os.MkdirTemp("", "schema")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := Open(dir, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, FileName))
}

// laySchema puts a store in which nothing is into dir, unless there is one.
func laySchema(dir string) error {
	file := filepath.Join(dir, FileName)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, schemaOnly, 0o600)
}

func TestSuite(t *testing.T) { storetest.Run(t, openForSuite) }

func TestR52RepetitionsChangeNothing(t *testing.T) { storetest.Replays(t, openForSuite) }

func openForSuite(t *testing.T, place string, o store.Options) store.Store {
	t.Helper()
	if err := laySchema(place); err != nil {
		t.Fatal(err)
	}
	db, err := Open(place, o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
