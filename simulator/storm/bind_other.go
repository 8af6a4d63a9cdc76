//go:build !linux

package storm

import "syscall"

func bindLate(_, _ string, _ syscall.RawConn) error { return nil }

func receiveLittle(next func(network, address string, c syscall.RawConn) error) func(string, string, syscall.RawConn) error {
	return next
}
