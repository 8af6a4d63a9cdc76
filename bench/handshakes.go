package main

import (
	"errors"
	"fmt"
)

func (b *bench) handshakesPlain() error { return b.handshakes(false) }

func (b *bench) handshakesTLS() error { return b.handshakes(true) }

// handshakes compares what one CPU-second of a server is good for. The servers take turns, and the best round of
// each counts; what closing costs is not in it.
func (b *bench) handshakes(tls bool) (err error) {
	kinds := []string{kindCSMS, kindLimited, kindNaive, kindUpgrade, kindTLS}
	best := make(map[string]float64)
	if !tls {
		kinds = append(kinds, kindServe)
	}
	if b.o.against != "" {
		kinds = append(kinds, kindOther)
	}
	children := make([]*child, len(kinds))
	for i, kind := range kinds {
		if children[i], err = b.start(kind, tls); err != nil {
			return err
		}
	}
	for range 1 + b.o.rounds { // the first is to warm up
		for i, kind := range kinds {
			rate, err := b.handshakeRound(children[i], 0)
			if err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			best[kind] = max(best[kind], rate)
		}
	}
	on := "handshakes per CPU-second, " + transport(tls)
	b.report.add(row{Name: on, Unit: "1/s", Ours: best[kindCSMS], Naive: best[kindNaive], Other: best[kindUpgrade],
		Ref: kindUpgrade, Target: 0.9, Ratio: true})
	b.report.add(row{Name: "  behind a LimitListener", Unit: "1/s", Ours: best[kindLimited], Naive: best[kindNaive],
		Other: best[kindUpgrade], Ref: kindUpgrade})
	if b.o.against != "" {
		b.report.add(row{Name: "  against the other build", Unit: "1/s", Ours: best[kindCSMS], Other: best[kindOther], Ref: kindOther})
	}
	if !tls {
		b.report.add(row{Name: "  serve, its store included", Unit: "1/s", Ours: best[kindServe], Other: best[kindCSMS], Ref: kindCSMS})
	}
	b.report.add(row{Name: "  against a socket without net/http", Unit: "1/s", Ours: best[kindCSMS], Other: best[kindTLS], Ref: kindTLS})
	if err := b.handshakesBeside(children[0], children[3]); err != nil {
		return err
	}
	err = b.profiled(children[0], "cpu-handshakes-"+transport(tls), func() error {
		for range 4 {
			if _, err := b.handshakeRound(children[0], 0); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range children {
		err = errors.Join(err, c.stop())
	}
	return err
}

// handshakesBeside is the same while some stations are connected already, as in a server that has been running: from
// an empty heap the collector marks all that is alive each time it has doubled.
func (b *bench) handshakesBeside(children ...*child) error {
	held := min(b.o.stations, 4000)
	best := make(map[string]float64)
	for _, c := range children {
		f, err := dialFleet(c, 20_000, held)
		if err != nil {
			return err
		}
		defer f.close()
	}
	for range b.o.rounds {
		for _, c := range children {
			rate, err := b.handshakeRound(c, held)
			if err != nil {
				return fmt.Errorf("%s: %w", c.kind, err)
			}
			best[c.kind] = max(best[c.kind], rate)
		}
	}
	b.report.add(row{Name: fmt.Sprintf("  with %d stations connected already", held), Unit: "1/s", Ours: best[kindCSMS],
		Other: best[kindUpgrade], Ref: kindUpgrade})
	return nil
}

// handshakeRound returns the handshakes per second of the server's CPU time, beside those that it holds already.
func (b *bench) handshakeRound(c *child, held int) (float64, error) {
	n := b.handshakesPerRound(c.tls)
	if _, err := b.settled(c, held); err != nil {
		return 0, err
	}
	before, err := c.cpu()
	if err != nil {
		return 0, err
	}
	f, err := dialFleet(c, 0, n)
	if err != nil {
		return 0, err
	}
	defer f.close()
	after, err := c.cpu()
	if err != nil {
		return 0, err
	}
	s, err := b.settled(c, held+n)
	b.expect(c.kind+": stations after the handshakes", s.Stations, held+n)
	return float64(n) / max(after-before, 1).Seconds(), err
}

// handshakesPerRound makes for half a second of CPU and more, which dwarfs what starting and stopping a round costs.
func (b *bench) handshakesPerRound(tls bool) int {
	switch {
	case b.o.quick:
		return 200
	case tls:
		return 2000
	}
	return 8000
}
