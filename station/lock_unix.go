//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package station

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockFile takes the lock that keeps a second opener out. The kernel releases it when the process ends, however
// it ends.
func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrQueueInUse
	}
	return nil, errors.Join(err, f.Close())
}
