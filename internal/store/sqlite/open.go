package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
	_ "modernc.org/sqlite" // the driver
)

// FileName is the name of the database within its directory.
const FileName = "chargeyard.db"

// maxReaders bounds the connections that read.
const maxReaders = 4

// DB is a store in one directory. It implements store.Store.
type DB struct {
	*store.Group[*job]

	path    string
	lock    *lockFile
	pool    *sql.DB // of the writer; holds one connection
	readers *sql.DB
	writer  *writer // of the group's goroutine until the group has ended

	limits store.DeviceLimits

	records map[fleet.RecordKind]recordTable

	closing sync.Once
	closed  error // what the first Close returned

	identity   *sql.Stmt // selectIdentity: a herd that comes back asks for thousands in a second
	identities cache[string, fleet.Identity]
	apiTokens  cache[string, fleet.APIToken]

	tokensRevision atomic.Uint64
}

var _ store.Store = (*DB)(nil)

// Open opens the store in dir and creates both when they do not exist; a new directory is for its owner only
// (mode 0700). The store is then in use by this process until Close. Stations that an earlier process left online
// are marked offline. Errors name the file and satisfy errors.Is with store.ErrInUse, ErrNewer, ErrReadOnly or
// ErrCorrupt where one is the reason.
func Open(dir string, o store.Options) (*DB, error) {
	return open(dir, o, hooks{})
}

func open(dir string, o store.Options, h hooks) (*DB, error) {
	dir, err := makeDir(dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	db := &DB{
		path: filepath.Join(dir, FileName), lock: lock, records: recordTables(), limits: o.WithDefaults().Devices,
		identities: newCache[string, fleet.Identity](), apiTokens: newCache[string, fleet.APIToken](),
	}
	if err := db.start(o, h); err != nil {
		return nil, errors.Join(err, db.release())
	}
	return db, nil
}

// makeDir creates dir if need be and returns its absolute name.
func makeDir(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("the data directory: %w", err)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", fmt.Errorf("the data directory %s is not a directory", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("the data directory: %w", err)
	}
	return dir, nil
}

// start opens the connections, brings the schema up to date and starts the writer.
func (db *DB) start(o store.Options, h hooks) (err error) {
	if err := checkFile(db.path); err != nil {
		return err
	}
	if db.pool, err = connect(db.path, "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+h.pragmas, 1); err != nil {
		return err
	}
	ctx := context.Background()
	if err := prepareSchema(ctx, db.pool); err != nil {
		return fmt.Errorf("%s: %w", db.path, classify(err))
	}
	if db.readers, err = connect(db.path, "_pragma=query_only(1)", maxReaders); err != nil {
		return err
	}
	if db.writer, err = newWriter(ctx, db, o, h); err != nil {
		return fmt.Errorf("%s: %w", db.path, classify(err))
	}
	if db.identity, err = db.readers.PrepareContext(ctx, selectIdentity); err != nil {
		return fmt.Errorf("%s: %w", db.path, classify(err))
	}
	db.Group = store.NewGroup[*job](db.writer, o)
	return nil
}

// checkFile refuses a file that nobody may write, even for the superuser, who could.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the database: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s: %w: it is a directory", path, store.ErrCorrupt)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s: %w: mode %v", path, store.ErrReadOnly, info.Mode().Perm())
	}
	return nil
}

func connect(path, pragmas string, conns int) (*sql.DB, error) {
	name := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: "_pragma=busy_timeout(5000)&" + pragmas}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// Close stores what was submitted and reported before, and gives the directory free.
func (db *DB) Close() error {
	db.closing.Do(func() { db.closed = errors.Join(db.Group.Close(), db.release()) })
	return db.closed
}

// release closes what start opened, in the order that leaves a tidy file: the last connection checkpoints.
func (db *DB) release() error {
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	if db.identity != nil {
		errs = append(errs, db.identity.Close())
	}
	for _, pool := range []*sql.DB{db.readers, db.pool} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(append(errs, db.lock.release())...)
}
