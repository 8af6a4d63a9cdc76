package simulator

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// What all simulated stations are.
const (
	vendor   = "Chargeyard"
	model    = "Simulated AC 22"
	firmware = "1.0.0"
)

// Station is one virtual charging station.
type Station struct {
	fleet    *Fleet
	number   int // from 0
	identity string
	speech   speech
	client   *station.Client
	outlets  []*outlet
	vars     *variables
	book     book

	tasks sync.WaitGroup  // what after started
	run   context.Context // ends when nothing may go on
	soft  context.Context // ends when nothing new may begin

	mu        sync.Mutex
	connected int // how often
	booted    bool
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
		fleet: f, identity: fmt.Sprintf("%s%04d", f.o.Prefix, n+1), speech: sp, vars: sp.variables(),
		number: n, idle: make(chan struct{}), book: book{keep: f.o.Ledger},
	}
	for i := range f.o.Outlets {
		s.outlets = append(s.outlets, newOutlet(i+1, f.draws(n, aspectOutlet+i)))
	}
	s.client, err = station.New(s.options())
	if err != nil {
		return nil, err
	}
	sp.listen(s)
	return s, nil
}

func (s *Station) options() station.Options {
	o := s.fleet.o
	profile := station.NetworkProfile{URL: o.URL, TLS: o.TLS}
	if o.Password != "" {
		profile.Password = []byte(o.Password)
	}
	return station.Options{
		Identity:        s.identity,
		Protocols:       []*ocpp.Protocol{s.speech.protocol()},
		Profiles:        []station.NetworkProfile{profile},
		Boot:            func(ocpp.Version) any { return s.speech.boot(s) },
		Engine:          s.fleet.engine,
		BackOff:         s.backOff(),
		DialContext:     o.DialContext,
		OnConnect:       func(*station.Connection) { s.online(true) },
		OnDisconnect:    func(*station.Connection, error) { s.online(false) },
		OnBoot:          s.onBoot,
		OnConnectFailed: s.onConnectFailed,
		Interceptors:    []ocpp.Interceptor{s.countCommands},
		Logger:          o.Logger,
	}
}

// live runs the station until ctx ends. Drivers stop coming when soft ends.
func (s *Station) live(ctx, soft context.Context) {
	s.run, s.soft = ctx, soft
	var drivers, client sync.WaitGroup
	client.Go(func() {
		if err := s.client.Run(ctx); err != nil && ctx.Err() == nil {
			s.failed("run", err)
		}
	})
	if s.client.WaitAccepted(soft) == nil {
		for _, o := range s.outlets {
			s.report(ctx, o)
		}
		for _, o := range s.outlets {
			drivers.Go(func() { s.drive(ctx, soft, o) })
		}
	}
	<-soft.Done()
	drivers.Wait()
	s.waitDelivered(ctx)
	s.mu.Lock()
	s.leaving = true // no task is added while they are waited for
	s.mu.Unlock()
	s.tasks.Wait()
	if err := s.client.Shutdown(ctx); err != nil {
		s.fleet.o.Logger.Debug("closed before everything was done", "station", s.identity, "error", err)
	}
	client.Wait()
}

// online counts connections and reports all connectors when it is not the first one (1.6 4.9; 2.x B04).
func (s *Station) online(on bool) {
	if !on {
		s.book.offlineSince(time.Now().UTC())
		s.fleet.count(func(c *Counts) { c.Connected-- })
		return
	}
	s.book.online(time.Now().UTC())
	s.mu.Lock()
	s.connected++
	again := s.connected > 1
	s.mu.Unlock()
	s.fleet.count(func(c *Counts) {
		c.Connected++
		if again {
			c.Reconnects++
		}
	})
	if again {
		s.after(s.reportAll)
	}
}

func (s *Station) reportAll(ctx context.Context) {
	if s.client.WaitAccepted(s.soft) != nil {
		return
	}
	for _, o := range s.outlets {
		s.report(ctx, o)
	}
}

func (s *Station) onConnectFailed(f station.ConnectFailure) {
	switch f.Status {
	case 0:
		s.trouble(f.Err.Error())
	case http.StatusUnauthorized:
		s.trouble("401 Unauthorized (wrong identity or password)")
	default:
		s.trouble(fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status)))
	}
}

func (s *Station) trouble(why string) {
	s.fleet.count(func(c *Counts) { c.Trouble = why })
}

func (s *Station) onBoot(r ocpp.BootResult, err error) {
	s.book.booted(bootRecord(r, err))
	if err == nil && r.Status != ocpp.BootAccepted {
		err = fmt.Errorf("the CSMS answered %s", r.Status)
	}
	if err != nil {
		s.trouble("the boot failed: " + err.Error())
		s.failed("boot", err)
		return
	}
	s.mu.Lock()
	first := !s.booted
	s.booted = true
	s.mu.Unlock()
	if first {
		s.fleet.count(func(c *Counts) { c.Booted++ })
	}
}

func bootRecord(r ocpp.BootResult, err error) BootRecord {
	b := BootRecord{Time: time.Now().UTC(), Status: string(r.Status)}
	if err != nil {
		b.Error = err.Error()
	}
	return b
}

// countCommands counts the requests of the CSMS that were answered.
func (s *Station) countCommands(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	resp, err := next(ctx, req)
	if x.Inbound && err == nil {
		s.fleet.count(func(c *Counts) { c.Commands++ })
	}
	return resp, err
}

// after runs task once the handler that calls it has answered, as a station does what it was asked to do.
func (s *Station) after(task func(ctx context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.leaving && s.soft.Err() == nil {
		s.tasks.Go(func() { task(s.run) })
	}
}

// failed counts and logs what went wrong.
func (s *Station) failed(what string, err error) {
	if s.run != nil && s.run.Err() != nil {
		return // the simulation is over
	}
	s.fleet.o.Logger.Info("failed", "station", s.identity, "what", what, "error", err)
	s.fleet.count(func(c *Counts) { c.Errors[what]++ })
}

// change sets a variable and puts it into effect.
func (s *Station) change(key, value string) setResult {
	result := s.vars.set(key, value)
	if result == setAccepted {
		if _, name := splitKey("." + key); name == "WebSocketPingInterval" || key == "OCPPCommCtrlr.WebSocketPingInterval" {
			s.client.SetPingInterval(time.Duration(s.vars.seconds(key, 60)) * time.Second)
		}
	}
	return result
}

// sampleInterval is the configured one when the CSMS changed it, otherwise the fleet's.
func (s *Station) sampleInterval() time.Duration {
	const untouched = 10
	if n := s.vars.seconds(s.speech.sampleKey(), untouched); n != untouched && n > 0 {
		return time.Duration(n) * time.Second
	}
	return s.fleet.o.SampleInterval
}

func (s *Station) charging() bool {
	for _, o := range s.outlets {
		if o.running() != nil {
			return true
		}
	}
	return false
}

func (s *Station) serial() string { return "CY" + s.identity }

// reboot drops the connection and boots again, as after power-on.
func (s *Station) reboot(context.Context) { s.client.Reboot() }

func (s *Station) bootAgain(context.Context) { s.client.BootAgain() }

func (s *Station) heartbeat(ctx context.Context) {
	info, ok := s.speech.protocol().Action("Heartbeat")
	if !ok {
		return
	}
	if _, err := s.client.CallAny(ctx, info.NewRequest()); err != nil {
		s.failed("send a heartbeat", err)
	}
}
