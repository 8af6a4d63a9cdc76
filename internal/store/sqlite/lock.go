package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/chargeyard/chargeyard/internal/store"
)

// lockName is the file whose lock says that a process uses the directory. It stays; only its lock counts, which
// the system drops when the process ends in any way.
const lockName = "chargeyard.lock"

type lockFile struct{ f *os.File }

// lockDir takes the lock of a directory, at once or not at all. The file says which process has it.
func lockDir(dir string) (*lockFile, error) {
	path := filepath.Join(dir, lockName)
	f, err := openLocked(path)
	if err != nil {
		return nil, lockError(path, err)
	}
	l := &lockFile{f}
	if err := l.sign(); err != nil {
		return nil, errors.Join(lockError(path, err), f.Close())
	}
	return l, nil
}

func lockError(path string, err error) error {
	switch {
	case isLocked(err):
		return fmt.Errorf("%s: %w%s", filepath.Dir(path), store.ErrInUse, owner(path))
	case os.IsPermission(err) || isReadOnly(err):
		return fmt.Errorf("%s: %w: %w", filepath.Dir(path), store.ErrReadOnly, err)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%s: %w: %w", filepath.Dir(path), store.ErrFull, err)
	}
	return fmt.Errorf("the lock of the data directory: %w", err)
}

func owner(path string) string {
	b, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(b))
	if err != nil || pid == "" {
		return ""
	}
	return ": process " + pid
}

// sign writes the id of this process into the file, for the message of others.
func (l *lockFile) sign() error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(l.f, "%d\n", os.Getpid())
	return err
}

func (l *lockFile) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close() // drops the lock
}
