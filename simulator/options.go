package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// Options of a Fleet. Every field but URL may be zero. What is said here wins over the scenario; times are simulated ones
// unless they say otherwise.
type Options struct {
	URL      string         // endpoint of the CSMS without the identity, ws:// or wss://; required
	Scenario *Scenario      // what the stations are and what their drivers do; nil is a quiet day
	Stations int            // how many; default that of the scenario, at most 20,000
	Versions []ocpp.Version // each station speaks one of them, in turn; default those of the scenario
	Outlets  int            // EVSEs per station; default that of the scenario, at most 16
	Prefix   string         // of the identities, which are Prefix + "0001" and so on; default "SIM-"

	Password string      // for HTTP Basic, the same for all stations; "" sends none
	TLS      *tls.Config // for wss://; nil trusts the system's roots

	// Certificate returns the client certificate of a station (security profile 3); nil sends none.
	Certificate func(identity string) (tls.Certificate, error)

	Duration       time.Duration // after that, sessions end, queues empty, and Run returns; 0 runs until its context ends. Default that of the scenario
	Speed          float64       // how many times faster simulated time passes; default that of the scenario
	SampleInterval time.Duration // between meter values; default 5 s
	SessionMin     time.Duration // shortest and longest visit; default 30 s and 2 min, or a quarter
	SessionMax     time.Duration // and a half of Duration where that is shorter
	PauseMin       time.Duration // shortest and longest time between visits; default 1 s and 20 s, or at most a fifth
	PauseMax       time.Duration // of Duration
	RampUp         time.Duration // over which the stations connect, evenly, in real time; default 10 ms a station, at most 5 s

	// Drain is how long the stations may take at the end to deliver what is queued, in real time. Default: until nothing was
	// delivered for 8 s, or for a minute with a bad network, and at most as much longer as the run itself took,
	// a minute if that was shorter.
	Drain time.Duration

	// BackOff is the wait between attempts to connect, in real time; its Rand is the fleet's own. Default: 2 s and up to 2 s
	// more, doubled up to four times.
	BackOff station.BackOff

	// DialContext opens the network connections, as in net.Dialer; nil is a net.Dialer. Tests dial in memory.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// Ledger keeps a record of every transaction, about half a KiB each, for Fleet.Ledger; without it there are none.
	Ledger bool

	Seed   uint64       // of everything that is drawn; the zero seed is a seed like any other
	Logger *slog.Logger // nil discards

	kind Scenario // with defaults and what the fields above say
}

const (
	maxStations = 20_000
	maxOutlets  = 16
)

func (o Options) withDefaults() (Options, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	if o.Scenario != nil {
		o.kind = *o.Scenario
	}
	o.override()
	if wrong := o.kind.check(); wrong != nil {
		return o, fmt.Errorf("simulator: the scenario: %w", wrong)
	}
	o.kind.setDefaults()
	if len(o.Versions) == 0 {
		o.Versions = o.kind.versions()
	}
	orElse(&o.Prefix, "SIM-")
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.defaultTimes()
	return o, nil
}

// override puts what the options say into the scenario.
func (o *Options) override() {
	k := &o.kind
	if o.Scenario == nil {
		orElse(&k.Stations, 1)
	}
	replace(&k.Stations, o.Stations)
	replace(&k.Hardware.EVSEs, o.Outlets)
	replace(&k.Duration, o.Duration)
	replace(&k.Speed, o.Speed)
	replace(&k.Hardware.Sample, o.SampleInterval)
	replace(&k.Drivers.Session.Min, o.SessionMin)
	replace(&k.Drivers.Session.Max, o.SessionMax)
	replace(&k.Drivers.Pause.Min, o.PauseMin)
	replace(&k.Drivers.Pause.Max, o.PauseMax)
}

// replace puts a value that says something in the place of another.
func replace[T comparable](v *T, by T) {
	var zero T
	if by != zero {
		*v = by
	}
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
	case o.Duration < 0 || o.Drain < 0:
		return errors.New("simulator: a duration is negative")
	case o.SessionMax != 0 && o.SessionMax < o.SessionMin || o.PauseMax != 0 && o.PauseMax < o.PauseMin:
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
	k := &o.kind
	within := func(def time.Duration, parts int64) time.Duration {
		if k.Duration == 0 {
			return def
		}
		return min(def, k.Duration/time.Duration(parts))
	}
	orElse(&k.Hardware.Sample, within(5*time.Second, 10))
	session, pause := &k.Drivers.Session, &k.Drivers.Pause
	orElse(&session.Min, within(30*time.Second, 4))
	orElse(&session.Max, max(session.Min, within(2*time.Minute, 2)))
	orElse(&pause.Min, within(time.Second, 20))
	orElse(&pause.Max, max(pause.Min, within(20*time.Second, 5)))
	orElse(&o.RampUp, min(time.Duration(k.Stations)*10*time.Millisecond, 5*time.Second))
	if o.BackOff.WaitMinimum == 0 && o.BackOff.RandomRange == 0 {
		o.BackOff = station.BackOff{WaitMinimum: 2 * time.Second, RandomRange: 2 * time.Second, RepeatTimes: 4}
	}
}

// sampleDefault and its siblings are the values of variables that the options decide.
func (o *Options) sampleDefault() string {
	return strconv.Itoa(max(1, int(o.kind.Hardware.Sample.Seconds())))
}

func (o *Options) pingDefault() string { return strconv.Itoa(int(o.ping().Seconds())) }

func (o *Options) ping() time.Duration {
	if p := o.kind.Network.Ping; p > 0 {
		return p
	}
	return time.Minute
}

func (o *Options) securityProfile() string {
	switch {
	case o.Certificate != nil:
		return "3"
	case strings.HasPrefix(o.URL, "wss:"):
		return "2"
	case o.Password != "":
		return "1"
	}
	return "0"
}
