package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/chargeyard/chargeyard/simulator/storm"
)

// stormShow shows how far a storm is.
type stormShow struct {
	progress func(storm.Progress)
	end      func()
}

// showStorm shows a bar on a terminal, and a line for each phase and every five seconds elsewhere.
func showStorm(w io.Writer, o storm.Options) stormShow {
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		return showStormBar(w, o)
	}
	var last storm.Progress
	return stormShow{
		progress: func(p storm.Progress) {
			if p.Phase != last.Phase || p.Elapsed-last.Elapsed >= 5*time.Second {
				last = p
				fmt.Fprintln(w, stormStatus(p))
			}
		},
		end: func() {},
	}
}

func stormStatus(p storm.Progress) string {
	return fmt.Sprintf("%-7s %5.1fs  %d/%d connected, %d booted, %d answering, %d refused",
		p.Phase, p.Elapsed.Seconds(), p.Connected, p.Stations, p.Booted, p.Answering, p.Refused)
}

func showStormBar(w io.Writer, o storm.Options) stormShow {
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(28), mpb.WithRefreshRate(250*time.Millisecond))
	status := make(chan string, 1)
	status <- ""
	text := decor.Any(func(decor.Statistics) string {
		s := <-status
		status <- s
		return " " + s
	})
	bar := bars.AddBar(int64(o.Stations)+1, mpb.AppendDecorators(text), mpb.BarRemoveOnComplete())
	return stormShow{
		progress: func(p storm.Progress) {
			<-status
			status <- stormStatus(p)
			bar.SetCurrent(int64(p.Answering))
		},
		end: func() {
			bar.Abort(true)
			bars.Wait()
		},
	}
}
