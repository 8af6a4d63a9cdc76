package main

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// stormTLS measures how long it takes until all of many stations that come in the same moment are connected with TLS,
// beside a bare crypto/tls server that upgrades as many. The servers take turns, and the best round of each counts.
func (b *bench) stormTLS() error {
	n := 5000
	if b.o.quick {
		n = 200
	}
	best := map[string]float64{kindLimited: math.Inf(1), kindTLS: math.Inf(1)}
	children := make(map[string]*child)
	for kind := range best {
		c, err := startChild(kind, true)
		if err != nil {
			return err
		}
		children[kind] = c
	}
	for range 1 + b.o.rounds { // the first is to warm up, and is as good as any other
		for kind, c := range children {
			seconds, err := b.stormRound(c, n)
			if err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			best[kind] = min(best[kind], seconds)
		}
	}
	b.report.add(row{Name: fmt.Sprintf("%d stations at once, all connected, TLS, behind a LimitListener", n), Unit: "s", Ours: best[kindLimited],
		Other: best[kindTLS], Ref: kindTLS, Target: 1.3, Ratio: true, Most: true})
	var err error
	for _, c := range children {
		err = errors.Join(err, c.stop())
	}
	return err
}

func (b *bench) stormRound(c *child, n int) (float64, error) {
	if _, err := b.settled(c, 0); err != nil {
		return 0, err
	}
	begun := time.Now()
	f, err := dialWide(c, 0, n, n)
	if err != nil {
		return 0, err
	}
	defer f.close()
	seconds := time.Since(begun).Seconds()
	s, err := b.settled(c, n)
	b.expect(c.kind+": stations after the storm", s.Stations, n)
	return seconds, err
}
