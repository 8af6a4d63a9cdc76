package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// bench is one run.
type bench struct {
	o      options
	report report
	faults []error // counts that are wrong

	product *product // nil until a row needs it
}

// group is a group of rows that is measured together.
type group struct {
	name    string
	measure func(*bench) error
}

func groups() []group {
	return []group{
		{"memory", (*bench).memoryPlain},
		{"memory-tls", (*bench).memoryTLS},
		{"cpu", (*bench).cpu},
		{"cpu-tls", (*bench).cpuTLS},
		{"handshakes", (*bench).handshakesPlain},
		{"handshakes-tls", (*bench).handshakesTLS},
		{"storm-tls", (*bench).stormTLS},
		{"calls", (*bench).calls},
	}
}

func groupNames() []string {
	var names []string
	for _, g := range groups() {
		names = append(names, g.name)
	}
	return names
}

func newBench(o options) *bench {
	setDefault(&o.stations, o.quick, 300, 9000)
	setDefault(&o.messages, o.quick, 20, 200)
	setDefault(&o.rounds, o.quick, 1, 3)
	b := &bench{o: o}
	b.report.Quick, b.report.LoadBefore = o.quick, loadAverage()
	return b
}

func setDefault(v *int, quick bool, small, large int) {
	switch {
	case *v > 0:
	case quick:
		*v = small
	default:
		*v = large
	}
}

// measure runs the groups that were asked for, one after the other.
func (b *bench) measure() error {
	var wanted []string
	if b.o.rows != "" {
		wanted = strings.Split(b.o.rows, ",")
	}
	if i := slices.IndexFunc(wanted, func(w string) bool { return !slices.Contains(groupNames(), w) }); i >= 0 {
		return fmt.Errorf("there is no group %q", wanted[i])
	}
	for _, g := range groups() {
		if wanted != nil && !slices.Contains(wanted, g.name) {
			continue
		}
		start := time.Now()
		if err := g.measure(b); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", g.name, time.Since(start).Seconds())
	}
	b.report.LoadAfter = loadAverage()
	return nil
}

// expect notes a count that must be exact, on any machine.
func (b *bench) expect(what string, got, want int) {
	if got != want {
		b.faults = append(b.faults, fmt.Errorf("%s: %d, want %d", what, got, want))
	}
}

func (b *bench) check() error { return errors.Join(b.faults...) }

// start starts a server of any kind.
func (b *bench) start(kind string, tls bool, args ...string) (*child, error) {
	switch kind {
	case kindServe:
		return b.serve()
	case kindOther:
		return startProgram(b.o.against, kindCSMS, tls, args...)
	}
	return startChild(kind, tls, args...)
}

// end removes what a run has left on disk.
func (b *bench) end() error {
	if b.product == nil {
		return nil
	}
	return b.product.remove()
}
