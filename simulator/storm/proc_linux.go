package storm

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ticks is USER_HZ, the unit of times in /proc/PID/stat: 100 on every architecture that Go runs on.
const ticks = 100

// processUsage reads memory and CPU time of a process from /proc (proc(5)). A process that is not there uses nothing.
func processUsage(pid int) Process {
	if pid <= 0 {
		return Process{}
	}
	var p Process
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
		if f := strings.Fields(string(b)); len(f) > 1 {
			p.RSS = parse(f[1]) * int64(os.Getpagesize())
		}
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		// The name of the program, in brackets, may hold spaces.
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 12 {
			p.CPU = float64(parse(f[11])+parse(f[12])) / ticks
		}
	}
	return p
}

func parse(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0 // the kernel writes numbers
	}
	return n
}

// descriptorsOf counts the open descriptors of a process; 0 when that is not known.
func descriptorsOf(pid int) int {
	if pid <= 0 {
		return 0
	}
	d, err := os.Open(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0
	}
	defer d.Close() //nolint:errcheck // it was only read
	names, err := d.Readdirnames(-1)
	if err != nil {
		return 0
	}
	return len(names)
}
