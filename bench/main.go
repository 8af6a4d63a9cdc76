// Command bench measures what a station costs the CSMS end, against the targets of the design, and against a naive
// server in the same run. It prints one table:
//
//	go run -C bench .
//
// Every server runs in a process of its own, so that memory and CPU are its own; the stations are light raw
// sockets in this process. Ratios count, since both sides are measured in turns in the same run; single times on
// a shared machine do not.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
)

func main() {
	o := options{}
	flag.StringVar(&o.serve, "serve", "", "be the server of that kind (used by bench itself)")
	flag.BoolVar(&o.tls, "tls", false, "with -serve: serve TLS")
	flag.BoolVar(&o.exact, "exact", false, "with -serve: have the heap profile know every object")
	flag.BoolVar(&o.quick, "quick", false, "small numbers, half a minute once everything is built: checks counts and prints no judgement on times")
	flag.BoolVar(&o.json, "json", false, "print JSON instead of the table")
	flag.StringVar(&o.rows, "rows", "", "only these groups, with commas between: "+strings.Join(groupNames(), ", "))
	flag.StringVar(&o.profiles, "profiles", "", "write CPU and heap profiles of the csms server into this directory; what they cost is in the figures")
	flag.StringVar(&o.against, "against", "", "another build of this program, whose csms server takes turns with this one's in the rows of CPU and handshakes")
	flag.IntVar(&o.stations, "stations", 0, "idle stations in the memory rows (default 9000; 300 with -quick)")
	flag.IntVar(&o.messages, "messages", 0, "messages of each of the 500 busy stations in a round (default 200; 20 with -quick)")
	flag.IntVar(&o.rounds, "rounds", 0, "rounds of the CPU rows; the best of each side counts (default 3; 1 with -quick)")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	serve    string
	tls      bool
	exact    bool
	quick    bool
	json     bool
	rows     string
	profiles string
	against  string
	stations int
	messages int
	rounds   int
}

func run(o options) error {
	if o.exact {
		runtime.MemProfileRate = 1
	}
	if o.serve != "" {
		return beServer(o.serve, o.tls)
	}
	ignoreBrokenPipes()
	b := newBench(o)
	err := errors.Join(b.measure(), b.check(), b.end())
	return errors.Join(b.report.print(os.Stdout, o.json), err)
}

// ignoreBrokenPipes lets a write to a child that is gone be an error and not the end of this process.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
