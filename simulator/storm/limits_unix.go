//go:build unix

package storm

import "syscall"

// checkDescriptors compares with the limit of the process, which Go has raised as far as it may.
func checkDescriptors(needed int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return nil //nolint:nilerr // not knowing the limit is no reason not to try
	}
	if uint64(needed) > uint64(limit.Cur) { //nolint:unconvert // Cur is signed on some systems
		return &DescriptorError{Needed: needed, Limit: int(limit.Cur)}
	}
	return nil
}
