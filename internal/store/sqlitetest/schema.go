// Package sqlitetest gives tests of servers a store to begin with.
package sqlitetest

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

// schemaOnly is a store in which nothing is: making the tables takes seconds under the race detector, and the tests of the
// store do it.
var schemaOnly = sync.OnceValues(func() (schema []byte, err error) {
	dir, err := os.MkdirTemp("", "schema")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := sqlite.Open(dir, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, sqlite.FileName))
})

// Dir returns a directory with a store in which nothing is.
func Dir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	LaySchema(t, dir)
	return dir
}

// LaySchema puts a store in which nothing is into a directory, unless there is one.
func LaySchema(t testing.TB, dir string) {
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
