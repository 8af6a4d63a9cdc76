package server

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// schemaOnly is a store in which nothing is. Servers of these tests begin with it: making the tables takes seconds under the
// race detector, and the tests of the store do it.
var schemaOnly = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "schema")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // what is left is in the directory for such things
	db, err := sqlite.Open(dir, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, sqlite.FileName))
})

// storeDir returns a directory with a store in which nothing is.
func storeDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	laySchema(t, dir)
	return dir
}

// laySchema puts a store in which nothing is into a directory, unless there is one.
func laySchema(t testing.TB, dir string) {
	t.Helper()
	file := filepath.Join(dir, sqlite.FileName)
	if _, err := os.Stat(file); err == nil {
		return
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	schema, err := schemaOnly()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, schema, 0o600); err != nil {
		t.Fatal(err)
	}
}
