package main

import (
	"fmt"
	"time"
)

const (
	warmUp     = 200 // stations that come and go before a measurement
	pastMeters = 20  // messages of a station that is idle again
	kibibyte   = 1024.0
)

// memoryFigures are what n idle stations cost a server, per station.
type memoryFigures struct {
	fresh      float64 // KiB, after one message each
	heap       float64 // KiB of it that are live objects
	stack      float64 // KiB of it that are stacks
	used       float64 // KiB, after some large messages each
	goroutines float64
}

func (b *bench) memoryPlain() error { return b.memoryRows(false, 6.5) }

func (b *bench) memoryTLS() error { return b.memoryRows(true, 16) }

func (b *bench) memoryRows(tls bool, target float64) error {
	figures := make(map[string]memoryFigures)
	kinds := []string{kindCSMS, kindLimited, kindNaive, kindUpgrade}
	if !tls {
		kinds = append(kinds, kindServe)
	}
	for _, kind := range kinds {
		f, err := b.memoryOf(kind, tls)
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		figures[kind] = f
	}
	ours, limited, naive, upgrade := figures[kindCSMS], figures[kindLimited], figures[kindNaive], figures[kindUpgrade]
	on := ", " + transport(tls)
	b.report.add(row{Name: "memory per idle station" + on, Unit: "KiB", Ours: ours.fresh, Naive: naive.fresh,
		Other: upgrade.fresh, Ref: kindUpgrade, Target: target})
	b.report.add(row{Name: "  of it live objects" + on, Unit: "KiB", Ours: ours.heap, Naive: naive.heap, Other: upgrade.heap, Ref: kindUpgrade})
	b.report.add(row{Name: "  of it stacks" + on, Unit: "KiB", Ours: ours.stack, Naive: naive.stack, Other: upgrade.stack, Ref: kindUpgrade})
	b.report.add(row{Name: "  behind a LimitListener" + on, Unit: "KiB", Ours: limited.fresh, Naive: naive.fresh})
	if serve, ok := figures[kindServe]; ok {
		b.report.add(row{Name: "  serve, its store included" + on, Unit: "KiB", Ours: serve.fresh, Other: ours.fresh, Ref: kindCSMS})
	}
	b.report.add(row{Name: fmt.Sprintf("  after %d MeterValues each", pastMeters) + on, Unit: "KiB", Ours: ours.used, Naive: naive.used})
	b.report.add(row{Name: "goroutines per idle station" + on, Ours: ours.goroutines, Naive: naive.goroutines, Target: 1})
	return nil
}

func transport(tls bool) string {
	if tls {
		return "TLS"
	}
	return "plain"
}

// memoryOf measures one server.
func (b *bench) memoryOf(kind string, tls bool) (m memoryFigures, err error) {
	c, err := b.start(kind, tls, fmt.Sprintf("-exact=%t", b.o.profiles != ""))
	if err != nil {
		return m, err
	}
	before, err := b.warm(c)
	if err != nil {
		return m, err
	}
	f, err := dialFleet(c, 0, b.o.stations)
	if err != nil {
		return m, err
	}
	defer f.close()
	if err := f.talk(c, 1, bootNotification); err != nil {
		return m, err
	}
	fresh, err := b.settled(c, len(f))
	if err != nil {
		return m, err
	}
	b.expectIdle(c, before, fresh, len(f))
	if err := b.heap(c, "heap-"+transport(tls)); err != nil {
		return m, err
	}
	if err := f.talk(c, pastMeters, meterValues); err != nil {
		return m, err
	}
	used, err := b.settled(c, len(f))
	if err != nil {
		return m, err
	}
	f.close()
	after, err := b.settled(c, 0)
	if err != nil {
		return m, err
	}
	if kind == kindCSMS || kind == kindLimited {
		b.expect(kind+": goroutines after all stations left", after.Goroutines, before.Goroutines)
	}
	n := float64(len(f))
	return memoryFigures{
		fresh:      float64(fresh.resident-before.resident) / n / kibibyte,
		used:       float64(used.resident-before.resident) / n / kibibyte,
		heap:       (float64(fresh.Heap) - float64(before.Heap)) / n / kibibyte,
		stack:      (float64(fresh.Stack) - float64(before.Stack)) / n / kibibyte,
		goroutines: float64(fresh.Goroutines-before.Goroutines) / n,
	}, c.stop()
}

// warm has some stations come and go, so that what a server needs once is there.
func (b *bench) warm(c *child) (state, error) {
	f, err := dialFleet(c, 90000, warmUp)
	if err != nil {
		return state{}, err
	}
	err = f.talk(c, 1, bootNotification)
	f.close()
	if err != nil {
		return state{}, err
	}
	return b.settled(c, 0)
}

// talk has every station send n messages, one after the other, and forget its buffers. A server that knows no OCPP is
// told nothing.
func (f fleet) talk(c *child, n int, message string) error {
	if c.kind == kindUpgrade || c.kind == kindTLS {
		return nil
	}
	return f.each(64, func(s *station) error {
		defer s.idle()
		for i := range n {
			if err := s.ask(fmt.Sprintf("%s-%d", message[1:4], i), message); err != nil {
				return err
			}
		}
		return nil
	})
}

// settled waits until the server has n stations and its goroutines come to rest.
func (b *bench) settled(c *child, n int) (state, error) {
	last := -1
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		s, err := c.state()
		if err != nil {
			return s, err
		}
		if s.Stations == n && s.Goroutines == last {
			return s, nil
		}
		last = s.Goroutines
	}
	return state{}, fmt.Errorf("the %s server did not come to %d stations", c.kind, n)
}

func (b *bench) expectIdle(c *child, before, now state, n int) {
	if c.kind != kindCSMS && c.kind != kindLimited {
		return
	}
	if grown := now.Goroutines - before.Goroutines; grown > n {
		b.expect(c.kind+": goroutines of idle stations", grown, n)
	}
}
