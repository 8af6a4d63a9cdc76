package simulator

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// What simulated stations are, beside the hardware of their scenario.
const (
	vendor          = "Chargeyard"
	initialFirmware = "1.0.0"
)

// How a station tries again to deliver what the CSMS refused. It hardly ever gives up: what it has measured is wanted.
const (
	messageAttempts     = 100
	messageRetrySeconds = 2
)

// model is the name of the hardware.
func (s *Scenario) model() string {
	return fmt.Sprintf("Simulated %s %.0f", s.Hardware.Current, s.Hardware.Power)
}

// Station is one virtual charging station.
type Station struct {
	fleet    *Fleet
	number   int // from 0
	identity string
	speech   speech
	client   *station.Client
	outlets  []*outlet
	vars     *variables
	tokens   tokens
	profiles profiles
	keep     // what the CSMS has the station keep
	network  *network
	skew     skew
	book     book

	tasks sync.WaitGroup  // what after started
	run   context.Context // ends when nothing may go on
	soft  context.Context // ends when nothing new may begin

	mu        sync.Mutex
	connected int // how often
	booted    bool
	why       string // the last attempt to connect or boot failed
	leaving   bool
	queued    int           // transaction messages without an answer
	idle      chan struct{} // closed and made anew when a transaction ends or a message is done with
}

func newStation(f *Fleet, n int) (*Station, error) {
	sp, err := speechOf(f.o.Versions[n%len(f.o.Versions)])
	if err != nil {
		return nil, err
	}
	s := &Station{
		fleet: f, identity: fmt.Sprintf("%s%04d", f.o.Prefix, n+1), speech: sp, vars: &variables{base: f.variables[sp.protocol().Version()]},
		number: n, idle: make(chan struct{}), book: book{keep: f.o.Ledger},
	}
	for i := range f.o.kind.Hardware.EVSEs {
		integer := sp.protocol().Version() == ocpp.V16
		s.outlets = append(s.outlets, newOutlet(i+1, f.o.kind.Hardware, integer, func(aspect int) *dice { return f.draws(n, aspect) }))
	}
	s.skew = f.drawSkew(n)
	s.network = newNetwork(s)
	o, err := s.options()
	if err != nil {
		return nil, err
	}
	if s.client, err = station.New(o); err != nil {
		return nil, err
	}
	sp.listen(s)
	return s, nil
}

// drawSkew draws how wrong the clock of a station is.
func (f *Fleet) drawSkew(n int) skew {
	d, c := f.draws(n, aspectClock), f.o.kind.Clock
	sign := func() float64 { return float64(1 - 2*d.IntN(2)) }
	return skew{
		offset: time.Duration(sign() * float64(d.in(c.Offset))),
		drift:  sign() * d.in(c.Drift).Seconds() / (24 * time.Hour).Seconds(),
	}
}

func (s *Station) options() (station.Options, error) {
	o := &s.fleet.o
	profile, err := o.profile(s.identity)
	if err != nil {
		return station.Options{}, err
	}
	return station.Options{
		Identity:                 s.identity,
		Protocols:                []*ocpp.Protocol{s.speech.protocol()},
		Profiles:                 []station.NetworkProfile{profile},
		Boot:                     func(ocpp.Version) any { return s.speech.boot(s) },
		Engine:                   s.fleet.engine,
		BackOff:                  s.backOff(),
		DialContext:              s.network.dial,
		PingInterval:             o.ping(),
		CallTimeout:              o.kind.Network.Answer,
		TransactionAttempts:      messageAttempts,
		TransactionRetryInterval: messageRetrySeconds * time.Second,
		OnConnect:                func(*station.Connection) { s.online(true) },
		OnDisconnect:             func(*station.Connection, error) { s.online(false) },
		OnBoot:                   s.onBoot,
		OnConnectFailed:          s.onConnectFailed,
		OnSecurityEvent:          s.onSecurityEvent,
		Interceptors:             []ocpp.Interceptor{s.countMessages},
		Logger:                   o.Logger,
	}, nil
}

// profile is how a station connects.
func (o *Options) profile(identity string) (station.NetworkProfile, error) {
	p := station.NetworkProfile{URL: o.URL, TLS: o.TLS}
	if o.Password != "" {
		p.Password = []byte(o.Password)
	}
	if o.Certificate == nil {
		return p, nil
	}
	certificate, err := o.Certificate(identity)
	if err != nil {
		return p, fmt.Errorf("simulator: the certificate of %s: %w", identity, err)
	}
	p.TLS = p.TLS.Clone()
	if p.TLS == nil {
		p.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	p.TLS.Certificates = []tls.Certificate{certificate}
	return p, nil
}

func (s *Station) kind() *Scenario { return &s.fleet.o.kind }

func (s *Station) version() ocpp.Version { return s.speech.protocol().Version() }

func (s *Station) serial() string { return "CY" + s.identity }

// powerW is what an EVSE offers without any limit.
func (s *Station) powerW() float64 { return s.kind().Hardware.Power * 1000 }

// sampleInterval is the configured one when the CSMS changed it, otherwise the scenario's.
func (s *Station) sampleInterval() time.Duration {
	if n, ok := s.vars.changedSeconds(s.speech.keys().sample); ok && n > 0 {
		return time.Duration(n) * time.Second
	}
	return s.kind().Hardware.Sample
}

// connectionTimeout is how long a driver may take to plug in.
func (s *Station) connectionTimeout() time.Duration {
	const ordinary = 60
	return time.Duration(s.vars.seconds(s.speech.keys().connectionTimeout, ordinary)) * time.Second
}

func (s *Station) charging() bool {
	for _, o := range s.outlets {
		if o.running() != nil {
			return true
		}
	}
	return false
}

// deauthorized ends a transaction whose token the CSMS did not accept (2.x E05; 1.6 StopTransactionOnInvalidId). The answer
// may be late: another transaction is left alone.
func (s *Station) deauthorized(o *outlet, tx *transaction) {
	if o.running() == tx {
		o.requestStop(StopDeauthorized)
	}
}
