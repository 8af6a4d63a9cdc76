package main

import (
	"errors"
	"fmt"
	"math"
)

// calls measures one call to each of many stations at once: every one has to be answered.
func (b *bench) calls() error {
	n := 5000
	if b.o.quick {
		n = 300
	}
	best := make(map[string]float64)
	for _, kind := range []string{kindCSMS, kindNaive, kindServe} {
		seconds, err := b.callsOf(kind, n)
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		best[kind] = seconds
	}
	b.report.add(row{Name: fmt.Sprintf("one call to each of %d stations at once", n), Unit: "s", Ours: best[kindCSMS],
		Naive: best[kindNaive], Target: 0.3})
	b.report.add(row{Name: "  serve, through its API", Unit: "s", Ours: best[kindServe], Other: best[kindCSMS], Ref: kindCSMS})
	return nil
}

func (b *bench) callsOf(kind string, n int) (float64, error) {
	c, err := b.start(kind, false)
	if err != nil {
		return 0, err
	}
	f, err := dialFleet(c, 0, n)
	if err != nil {
		return 0, err
	}
	defer f.close()
	if err := f.talk(c, 1, bootNotification); err != nil {
		return 0, err
	}
	best := math.Inf(1)
	for range b.o.rounds {
		seconds, err := b.callRound(c, f)
		if err != nil {
			return 0, err
		}
		best = min(best, seconds)
	}
	f.close()
	return best, c.stop()
}

// callRound has the server call all stations, which wait for it.
func (b *bench) callRound(c *child, f fleet) (float64, error) {
	if _, err := b.settled(c, len(f)); err != nil {
		return 0, err
	}
	answering := make(chan error, 1)
	go func() { answering <- f.each(len(f), (*station).answerOne) }()
	var r called
	err := c.ask(command{Op: "call"}, &r)
	if c.kind != kindNaive {
		b.expect("calls answered", r.Answered, len(f))
	}
	if r.Failed > 0 {
		return 0, fmt.Errorf("%d of %d calls failed, the first with: %s", r.Failed, len(f), r.First)
	}
	return r.Seconds, errors.Join(err, <-answering)
}
