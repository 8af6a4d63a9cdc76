package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chargeyard/chargeyard/internal/store"
)

// make creates a store in dir and closes it.
func makeStore(t *testing.T, dir string) {
	t.Helper()
	db, err := Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName+"-wal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a closed store keeps its log: %v", err)
	}
}

// alter runs a statement on the file of a closed store.
func alter(t *testing.T, dir, statement string) {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenCreatesAPrivateDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b? #%20ü")
	makeStore(t, dir)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
		t.Error(err)
	}
	makeStore(t, dir) // again
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		spoil  func(t *testing.T, dir string)
		want   error
		saying string
	}{
		{"a newer schema", func(t *testing.T, dir string) {
			alter(t, dir, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
		}, store.ErrNewer, "schema is 999"},
		{"a read-only file", func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, FileName), 0o400); err != nil {
				t.Fatal(err)
			}
		}, store.ErrReadOnly, "-r--------"},
		{"a damaged file", func(t *testing.T, dir string) {
			overwrite(t, dir, 0, "no database at all, but long enough for its header: 100 bytes and more, that is, a bit longer than this")
		},
			store.ErrCorrupt, FileName},
		{"a damaged page", func(t *testing.T, dir string) { overwrite(t, dir, 100, strings.Repeat("x", 3996)) },
			store.ErrCorrupt, FileName},
		{"a damaged page of some table", func(t *testing.T, dir string) { overwrite(t, dir, 3*4096, strings.Repeat("x", 4096)) },
			store.ErrCorrupt, FileName},
		{"a directory in place of the file", func(t *testing.T, dir string) {
			if err := errors.Join(os.Remove(filepath.Join(dir, FileName)), os.Mkdir(filepath.Join(dir, FileName), 0o700)); err != nil {
				t.Fatal(err)
			}
		}, store.ErrCorrupt, "directory"},
		{"a database of another program", func(t *testing.T, dir string) { alter(t, dir, "PRAGMA application_id = 0") },
			store.ErrForeign, "another program"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			makeStore(t, dir)
			test.spoil(t, dir)
			_, err := Open(dir, store.Options{})
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.saying) || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %v", err)
			}
			if err := os.Rename(dir, dir+".moved"); err != nil { // nothing holds it
				t.Error(err)
			}
		})
	}
}

func overwrite(t *testing.T, dir string, at int64, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, FileName), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte(text), at)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesWhatIsInUse(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, store.Options{}); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "process ") {
		t.Errorf("a second time: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	makeStore(t, dir)
}

func TestOpenRefusesAFileAsDirectory(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{name, filepath.Join(name, "below")} {
		if _, err := Open(dir, store.Options{}); err == nil || !strings.Contains(err.Error(), "not a directory") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestSettings: a commit that returned is on the disk.
func TestSettings(t *testing.T) {
	db, err := Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.change(t.Context(), func(w *writer) error {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "application_id": "1128814916"} {
			var got string
			if _, err := w.queryRow("PRAGMA "+pragma, nil, []any{&got}); err != nil || got != want {
				t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}
