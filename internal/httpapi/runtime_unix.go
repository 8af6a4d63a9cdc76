//go:build unix

package httpapi

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// cpuSeconds returns user and system time of the process.
func cpuSeconds() *float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return nil
	}
	s := time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	return &s
}

// residentBytes reads the second field of /proc/self/statm, in pages (proc_pid_statm(5)).
func residentBytes() *int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return nil
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return nil
	}
	resident *= int64(os.Getpagesize())
	return &resident
}
