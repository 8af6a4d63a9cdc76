package server

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/chargeyard/chargeyard/internal/store"
	"github.com/chargeyard/chargeyard/internal/store/sqlite"
)

// dataDir is where everything durable is.
type dataDir struct {
	path      string
	temporary bool
}

func openDataDir(c Config) (dataDir, error) {
	if c.Data != "" {
		path, err := filepath.Abs(c.Data)
		return dataDir{path: path}, err
	}
	path, err := os.MkdirTemp("", "chargeyard-demo-")
	if err != nil {
		return dataDir{}, fmt.Errorf("cannot create a temporary data directory: %w; give one with --data", err)
	}
	return dataDir{path: path, temporary: true}, nil
}

// close removes a temporary directory.
func (d dataDir) close() error {
	if !d.temporary {
		return nil
	}
	return os.RemoveAll(d.path)
}

// openStore opens the store, or says in a sentence what to do. The listeners hear of each commit, see
// store.Options.OnCommit.
func openStore(d dataDir, c Config, listeners ...func(store.Commit)) (store.Store, error) {
	watch := &commitWatch{log: c.Log}
	o := store.Options{KeepNotices: c.KeepEvents, OnCommit: func(commit store.Commit) {
		watch.commit(commit)
		for _, tell := range listeners {
			tell(commit)
		}
	}}
	c.Commits.apply(&o)
	o.Tokens, _ = c.unknownTokens()
	s, err := sqlite.Open(d.path, o)
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, store.ErrInUse):
		return nil, fmt.Errorf("another chargeyard uses this data directory (%w): stop it, or choose another with --data", err)
	case errors.Is(err, store.ErrNewer):
		return nil, fmt.Errorf("%w: run the newer one, or choose another directory with --data", err)
	case errors.Is(err, store.ErrReadOnly):
		return nil, fmt.Errorf("cannot write the store (%w): make it writable for this user, or choose another directory with --data", err)
	case errors.Is(err, store.ErrForeign):
		return nil, fmt.Errorf("will not touch a foreign file (%w): choose another directory with --data, or move the file away", err)
	case errors.Is(err, store.ErrFull):
		return nil, fmt.Errorf("cannot write the store (%w): make room, or choose another directory with --data", err)
	case errors.Is(err, store.ErrCorrupt):
		return nil, fmt.Errorf("cannot use the store (%w): restore it from a backup, or move it away to start afresh", err)
	}
	return nil, fmt.Errorf("cannot open the store (%w): choose another directory with --data", err)
}

// commitWatch logs when the store stops and begins again to take writes, once each. The writer alone calls it.
type commitWatch struct {
	log    *slog.Logger
	failed bool
}

func (w *commitWatch) commit(c store.Commit) {
	switch failed := c.Err != nil; {
	case failed && !w.failed:
		w.log.Error("the store cannot write; stations keep their transactions until it can", "error", c.Err, "waiting", c.Queued)
	case !failed && w.failed:
		w.log.Info("the store writes again")
	}
	w.failed = c.Err != nil
}
