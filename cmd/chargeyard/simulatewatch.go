package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/chargeyard/chargeyard/simulator"
)

// showSummary prints the summary for people or for programs.
func showSummary(out io.Writer, s simulator.Summary, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	_, err := s.WriteTo(out)
	return err
}

// How often the progress is shown.
const (
	terminalInterval = 250 * time.Millisecond
	lineInterval     = 10 * time.Second
)

// watch shows what the fleet does on a terminal, and a line every ten seconds elsewhere, until the returned function
// is called.
func watch(w io.Writer, fleet *simulator.Fleet) (stop func()) {
	p := &progress{fleet: fleet, begun: time.Now(), last: time.Now()}
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		return p.onTerminal(w)
	}
	return every(lineInterval, func() { fmt.Fprintln(w, p.status()) })
}

// progress is what a fleet has done, in a line.
type progress struct {
	fleet *simulator.Fleet
	begun time.Time

	mu       sync.Mutex
	last     time.Time
	messages int // up to last
	rate     float64
}

func (p *progress) status() string {
	c := p.fleet.Counts()
	failed := c.Dropped
	for _, n := range c.Errors {
		failed += n
	}
	return fmt.Sprintf("%d/%d connected, %d charging, %d offline, %.3f kWh, %.0f messages/s, %d queued, %d errors",
		c.Connected, c.Stations, c.Charging, c.Stations-c.Connected, c.EnergyWh.Float64()/1000, p.messagesPerSecond(c.Messages), c.Queued, failed)
}

// messagesPerSecond is the rate of the last second or more.
func (p *progress) messagesPerSecond(messages int) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if passed := time.Since(p.last); passed >= time.Second {
		p.rate = float64(messages-p.messages) / passed.Seconds()
		p.last, p.messages = time.Now(), messages
	}
	return p.rate
}

func (p *progress) onTerminal(w io.Writer) (stop func()) {
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(24), mpb.WithRefreshRate(terminalInterval))
	text := decor.Any(func(decor.Statistics) string { return " " + p.status() })
	elapsed := decor.Any(func(decor.Statistics) string { return time.Since(p.begun).Round(time.Second).String() + " " })
	duration := p.fleet.Duration()
	var bar *mpb.Bar
	if duration > 0 {
		bar = bars.AddBar(int64(duration), mpb.PrependDecorators(elapsed), mpb.AppendDecorators(text), mpb.BarRemoveOnComplete())
	} else {
		bar = bars.AddSpinner(0, mpb.PrependDecorators(elapsed), mpb.AppendDecorators(text), mpb.BarRemoveOnComplete())
	}
	end := every(terminalInterval, func() {
		bar.SetCurrent(min(int64(time.Since(p.begun)), max(int64(duration)-1, 0)))
	})
	return func() {
		end()
		bar.Abort(true)
		bars.Wait()
	}
}

// every calls a function now and then until the returned function is called.
func every(interval time.Duration, do func()) (stop func()) {
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				do()
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
	}
}
