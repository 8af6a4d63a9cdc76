//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

func openLocked(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func isLocked(err error) bool   { return errors.Is(err, syscall.EWOULDBLOCK) }
func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
