package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// Options of a Fleet. Every field but URL may be zero.
type Options struct {
	URL      string         // endpoint of the CSMS without the identity, ws:// or wss://; required
	Stations int            // how many; default 1, at most 20,000
	Versions []ocpp.Version // each station speaks one of them, in turn; default 1.6, 2.0.1 and 2.1
	Outlets  int            // EVSEs with one connector each, per station; default 2, at most 16
	Prefix   string         // of the identities, which are Prefix + "0001" and so on; default "SIM-"

	Password string      // for HTTP Basic, the same for all stations; "" sends none
	TLS      *tls.Config // for wss://; nil trusts the system's roots

	Duration       time.Duration // after that, sessions end, queues empty, and Run returns; 0 runs until its context ends
	SampleInterval time.Duration // between meter values; default 5 s
	SessionMin     time.Duration // shortest and longest visit; default 30 s and 2 min, or a quarter
	SessionMax     time.Duration // and a half of Duration where that is shorter
	PauseMin       time.Duration // shortest and longest time between visits; default 1 s and 20 s, or at most a fifth
	PauseMax       time.Duration // of Duration
	RampUp         time.Duration // over which the stations connect, evenly; default 10 ms a station, at most 5 s

	// BackOff is the wait between attempts to connect; its Rand is the fleet's own. Default: 2 s and up to 2 s more,
	// doubled four times.
	BackOff station.BackOff

	// DialContext opens the network connections, as in net.Dialer; nil is a net.Dialer. Tests dial in memory.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// Ledger keeps a record of every transaction, about half a KiB each, for Fleet.Ledger; without it there are none.
	Ledger bool

	Seed   uint64       // of everything that is drawn; the zero seed is a seed like any other
	Logger *slog.Logger // nil discards
}

const (
	maxStations = 20_000
	maxOutlets  = 16
)

func (o Options) withDefaults() (Options, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	o.Stations = max(o.Stations, 1)
	if len(o.Versions) == 0 {
		o.Versions = []ocpp.Version{ocpp.V16, ocpp.V201, ocpp.V21}
	}
	if o.Outlets == 0 {
		o.Outlets = 2
	}
	if o.Prefix == "" {
		o.Prefix = "SIM-"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.BackOff.WaitMinimum == 0 && o.BackOff.RandomRange == 0 {
		o.BackOff = station.BackOff{WaitMinimum: 2 * time.Second, RandomRange: 2 * time.Second, RepeatTimes: 4}
	}
	o.defaultTimes()
	return o, nil
}

func (o *Options) check() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return fmt.Errorf("simulator: the URL of the CSMS: %w", err)
	case u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "":
		return fmt.Errorf("simulator: the URL of the CSMS is %q; it has to look like ws://host:8887/ocpp or wss://host/ocpp", o.URL)
	case o.Stations < 0 || o.Stations > maxStations:
		return fmt.Errorf("simulator: %d stations; 1 to %d can run in one process", o.Stations, maxStations)
	case o.Outlets < 0 || o.Outlets > maxOutlets:
		return fmt.Errorf("simulator: %d EVSEs a station; 1 to %d are possible", o.Outlets, maxOutlets)
	case o.Duration < 0:
		return errors.New("simulator: the duration is negative")
	case o.SessionMax < o.SessionMin || o.PauseMax < o.PauseMin:
		return errors.New("simulator: a longest time is shorter than the shortest")
	}
	for _, v := range o.Versions {
		if _, err := speechOf(v); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) defaultTimes() {
	orElse := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	within := func(def time.Duration, parts int64) time.Duration {
		if o.Duration == 0 {
			return def
		}
		return min(def, o.Duration/time.Duration(parts))
	}
	orElse(&o.SampleInterval, within(5*time.Second, 10))
	orElse(&o.SessionMin, within(30*time.Second, 4))
	orElse(&o.SessionMax, max(o.SessionMin, within(2*time.Minute, 2)))
	orElse(&o.PauseMin, within(time.Second, 20))
	orElse(&o.PauseMax, max(o.PauseMin, within(20*time.Second, 5)))
	orElse(&o.RampUp, min(time.Duration(o.Stations)*10*time.Millisecond, 5*time.Second))
}
