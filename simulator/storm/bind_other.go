//go:build !linux

package storm

import "syscall"

func bindLate(_, _ string, _ syscall.RawConn) error { return nil }
