package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/station"
)

// live runs the station from a moment of the plan on, until ctx ends. Drivers stop coming when the run is over or quit is
// closed; nothing else begins once soft has ended.
func (s *Station) live(ctx, soft context.Context, p plan) {
	s.run, s.soft = ctx, soft
	begun := time.Now()
	var drivers, client sync.WaitGroup
	client.Go(func() {
		if err := s.client.Run(ctx); err != nil && ctx.Err() == nil {
			s.failed("run", err)
		}
	})
	if err := s.client.WaitAccepted(soft); err == nil {
		p.answered(time.Since(begun))
		s.reportAll(ctx, s.stamp(p.now))
		for _, o := range s.outlets {
			mine := p
			drivers.Go(func() { s.drive(ctx, o, &mine) })
		}
		care := p
		drivers.Go(func() { s.takeCare(ctx, &care) })
	}
	<-soft.Done()
	s.network.heal()
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
	now := time.Now().UTC()
	if !on {
		s.book.offlineSince(now)
		s.fleet.count(func(c *Counts) { c.Connected-- })
		return
	}
	s.book.online(now)
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
		s.after(func(ctx context.Context) {
			if s.client.WaitAccepted(s.soft) == nil {
				s.reportAll(ctx, s.now())
			}
		})
	}
}

func (s *Station) onConnectFailed(f station.ConnectFailure) {
	switch f.Status {
	case 0:
		err := f.Err
		if inner := errors.Unwrap(err); inner != nil {
			err = inner
		}
		s.trouble(strings.ReplaceAll(err.Error(), url.PathEscape(s.identity), "IDENTITY")) // so that equal reasons are
	case http.StatusUnauthorized:
		s.trouble("401 Unauthorized (wrong identity or password)")
	default:
		s.trouble(fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status)))
	}
}

func (s *Station) trouble(why string) {
	s.mu.Lock()
	s.why = why
	s.mu.Unlock()
	s.fleet.count(func(c *Counts) { c.Trouble = why })
}

// notAccepted says why the CSMS never accepted the station; "" when it did.
func (s *Station) notAccepted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.booted:
		return ""
	case s.why != "":
		return s.why
	case s.connected > 0:
		return "connected, but the BootNotification was not answered"
	}
	return "there was no time to connect"
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

// onSecurityEvent tells the CSMS of what the connection met with, when it can be told (A04).
func (s *Station) onSecurityEvent(e station.SecurityEvent) {
	s.after(func(ctx context.Context) {
		if s.client.WaitAccepted(s.soft) == nil {
			s.securityEvent(ctx, e.Type, e.Info)
		}
	})
}

// countMessages counts the messages of both directions that were answered.
func (s *Station) countMessages(ctx context.Context, x *ocpp.Exchange, req any, next ocpp.Next) (any, error) {
	resp, err := next(ctx, req)
	if err == nil {
		s.fleet.count(func(c *Counts) {
			c.Messages++
			if x.Inbound {
				c.Commands++
			}
		})
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
	if result != setAccepted {
		return result
	}
	key, _ = s.vars.find(key)
	k := s.speech.keys()
	seconds := func(key string) time.Duration { return time.Duration(s.vars.seconds(key, 0)) * time.Second }
	switch key {
	case k.ping:
		s.client.SetPingInterval(seconds(key))
	case k.heartbeat:
		s.client.SetHeartbeatInterval(seconds(key))
	case k.attempts, k.attemptWait:
		n := s.vars.seconds(k.attempts, messageAttempts)
		s.client.SetTransactionRetry(n, seconds(k.attemptWait))
	}
	return result
}

// bootAgain and heartbeat are what a TriggerMessage can ask for.
func (s *Station) bootAgain(context.Context) { s.client.BootAgain() }

func (s *Station) heartbeat(ctx context.Context) {
	info, ok := s.speech.protocol().Action("Heartbeat")
	if !ok {
		return
	}
	_, err := s.client.CallAny(ctx, info.NewRequest())
	s.mishap("send a heartbeat", err)
}
