//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package station

import (
	"errors"
	"fmt"
	"io"
)

// lockFile fails: without a lock that ends with the process a queue file is not safe.
func lockFile(string) (io.Closer, error) {
	return nil, fmt.Errorf("queue files cannot be locked on this system: %w", errors.ErrUnsupported)
}
