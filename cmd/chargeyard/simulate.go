package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator"
)

type simulateCmd struct {
	URL      string        `required:"" placeholder:"URL" help:"Endpoint of the management system without the identity: ws://localhost:8887/ocpp or wss://host/ocpp."`
	Stations int           `default:"10" env:"CHARGEYARD_SIMULATE_STATIONS" help:"How many stations."`
	Versions []string      `default:"1.6,2.0.1,2.1" help:"Versions of OCPP; each station speaks one of them, in turn."`
	EVSEs    int           `name:"evses" default:"2" help:"EVSEs of each station, with one connector each."`
	Duration time.Duration `placeholder:"TIME" help:"How long, such as 90s or 10m; then sessions end and the summary is printed. Without it the stations run until Ctrl-C."`
	Prefix   string        `default:"SIM-" help:"Identities are PREFIX0001, PREFIX0002, ..."`
	Password string        `help:"Password for HTTP Basic, the same for all stations. Better given as CHARGEYARD_PASSWORD."`
	CA       string        `name:"ca" type:"existingfile" placeholder:"FILE" help:"Certificate authority (PEM) that signed the certificate of a wss:// endpoint, beside the system's."`
	Sample   time.Duration `placeholder:"TIME" help:"Time between two meter values of a session; 5s unless given, less when --duration is short."`
	Ledger   string        `placeholder:"FILE" help:"Write what every station did to FILE at the end, for chargeyard verify."`
	Verify   string        `placeholder:"URL" help:"Compare the ledger with this management system's API at the end: http://127.0.0.1:8080."`
	APIToken string        `name:"api-token" placeholder:"TOKEN" help:"Token for --verify; better given as CHARGEYARD_API_TOKEN."`
	Seed     uint64        `zero:"" help:"What the drivers and vehicles are drawn from; the same seed gives the same ones."`
	Verbose  bool          `short:"v" help:"Log what fails, station by station."`
}

// Help is what --help prints below the flags.
func (simulateCmd) Help() string {
	return `Virtual charging stations boot, drivers plug in, authorize, charge and leave, and the stations do what the
management system asks: remote start and stop, reset, unlock, availability, configuration and variables, charging
profiles, triggers. They can be pointed at any management system.

The exit status is 0 when every station was accepted and every session was delivered to the end, and 1 otherwise.

  chargeyard simulate --url ws://localhost:8887/ocpp --stations 100 --duration 2m --verify http://127.0.0.1:8080`
}

// Run runs the stations and prints the summary.
func (c *simulateCmd) Run(ctx context.Context, s streams) error {
	o, err := c.options(s.err)
	if err != nil {
		return err
	}
	fleet, err := simulator.New(o)
	if err != nil {
		return err
	}
	live := watch(s.err, fleet, c.Duration)
	summary := fleet.Run(ctx)
	live()
	if _, err := summary.WriteTo(s.out); err != nil {
		return err
	}
	err = c.settle(context.WithoutCancel(ctx), s.out, fleet.Ledger())
	if problem := summary.Problem(); problem != "" {
		err = errors.Join(errors.New(problem), err)
	}
	return err
}

// settle writes and verifies the ledger as the flags want it, also after Ctrl-C.
func (c *simulateCmd) settle(ctx context.Context, out io.Writer, l *simulator.Ledger) (err error) {
	if c.Ledger != "" {
		err = l.WriteFile(c.Ledger)
	}
	if c.Verify != "" {
		err = errors.Join(err, verify(ctx, out, l, apiAccess{Server: c.Verify, APIToken: c.APIToken}, false))
	}
	return err
}

func (c *simulateCmd) options(logTo io.Writer) (simulator.Options, error) {
	o := simulator.Options{
		URL: c.URL, Stations: c.Stations, Outlets: c.EVSEs, Prefix: c.Prefix, Password: c.Password,
		Duration: c.Duration, SampleInterval: c.Sample, Seed: c.Seed,
		Ledger: c.Ledger != "" || c.Verify != "",
	}
	if c.Stations < 1 {
		return o, fmt.Errorf("--stations=%d: at least one station is needed", c.Stations)
	}
	if c.Verbose {
		o.Logger = slog.New(slog.NewTextHandler(logTo, nil))
	}
	for _, name := range c.Versions {
		v, ok := ocpp.ParseVersion(name)
		if !ok {
			return o, fmt.Errorf("--versions: there is no OCPP %q; 1.6, 2.0.1 and 2.1 are spoken", name)
		}
		o.Versions = append(o.Versions, v)
	}
	if c.CA == "" {
		return o, nil
	}
	roots, err := rootsWith(c.CA)
	o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return o, err
}

// rootsWith returns the system's certificate authorities and those of a file.
func rootsWith(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca: %s has no certificate in PEM form", file)
	}
	return roots, nil
}

// watch shows what the fleet does on a terminal, and a line every ten seconds elsewhere, until the returned function
// is called.
func watch(w io.Writer, fleet *simulator.Fleet, duration time.Duration) (stop func()) {
	if f, ok := w.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		return watchTerminal(w, fleet, duration)
	}
	return watchLines(w, fleet)
}

func status(c simulator.Counts) string {
	return fmt.Sprintf("%d/%d connected, %d charging, %d sessions ended, %d meter values, %d commands, %d reconnects",
		c.Connected, c.Stations, c.Charging, c.Ended, c.Samples, c.Commands, c.Reconnects)
}

func watchTerminal(w io.Writer, fleet *simulator.Fleet, duration time.Duration) (stop func()) {
	progress := mpb.New(mpb.WithOutput(w), mpb.WithWidth(24), mpb.WithRefreshRate(250*time.Millisecond))
	begun := time.Now()
	text := decor.Any(func(decor.Statistics) string { return " " + status(fleet.Counts()) })
	elapsed := decor.Any(func(decor.Statistics) string { return time.Since(begun).Round(time.Second).String() + " " })
	var bar *mpb.Bar
	if duration > 0 {
		bar = progress.AddBar(int64(duration), mpb.PrependDecorators(elapsed), mpb.AppendDecorators(text), mpb.BarRemoveOnComplete())
	} else {
		bar = progress.AddSpinner(0, mpb.PrependDecorators(elapsed), mpb.AppendDecorators(text), mpb.BarRemoveOnComplete())
	}
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				bar.SetCurrent(min(int64(time.Since(begun)), max(int64(duration)-1, 0)))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		bar.Abort(true)
		progress.Wait()
	}
}

func watchLines(w io.Writer, fleet *simulator.Fleet) (stop func()) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				fmt.Fprintln(w, status(fleet.Counts()))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
