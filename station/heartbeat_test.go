package station_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp16"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

func TestR32AnyMessagePutsTheHeartbeatOff(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Accepted", 100))
		c := f.client(f.options())
		f.run(c)
		time.Sleep(130 * time.Second)
		if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(80 * time.Second)
		f.last().SendText(`[2,"1","Reset",{"type":"Soft"}]`) // its answer is a message, too
		<-f.last().answers
		time.Sleep(100 * time.Second)
		f.same(without(f.lines(), "NotSupported"), "0s connected ocpp1.6", "0s BootNotification", "1m40s Heartbeat", "2m10s Authorize", "5m10s Heartbeat")
	})
}

func TestR32TheTimeIsAskedForOnceADay(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Accepted", 7200))
		c := f.started(f.options())
		f.last()
		for range 48 { // busy enough that no heartbeat would be due
			time.Sleep(time.Hour)
			if _, err := station.Call(t.Context(), c, &ocpp16.AuthorizeRequest{IDTag: "04A1"}); err != nil {
				t.Fatal(err)
			}
		}
		f.same(without(f.lines(), "Authorize"), "0s connected ocpp1.6", "0s BootNotification", "24h0m0s Heartbeat",
			"48h0m0s Heartbeat")
	})
}

func TestR32R33PingsReplaceHeartbeatsButForOneADay(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Accepted", 60))
		o := f.options()
		o.PingInterval = 7 * time.Hour
		o.PingsReplaceHeartbeats = true
		c := f.started(o)
		time.Sleep(24*time.Hour + time.Minute)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "7h0m0s ping", "14h0m0s ping", "21h0m0s ping",
			"24h0m0s Heartbeat")
		c.SetPingInterval(0) // without pings heartbeats are due again
		time.Sleep(time.Minute)
		f.expect("24h1m0s Heartbeat", "24h2m0s Heartbeat")
	})
}

func TestR32IntervalZeroKeepsTheOneInUse(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Accepted", 0))
		o := f.options()
		o.HeartbeatInterval = 50 * time.Second
		c := f.started(o)
		time.Sleep(60 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "50s Heartbeat")
		c.SetHeartbeatInterval(20 * time.Second)
		time.Sleep(20 * time.Second)
		f.expect("1m10s Heartbeat")
	})
}

func TestR32NoHeartbeatWhileOffline(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		f.answer = bootAnswers(booted("Accepted", 60))
		f.started(f.options())
		f.expect("0s connected ocpp1.6", "0s BootNotification")
		f.setDown(true)
		f.last().Close()
		time.Sleep(35 * time.Second)
		f.setDown(false)
		time.Sleep(95 * time.Second)
		f.expect("0s lost", "10s dial csms.test:80", "30s dial csms.test:80", "1m10s connected ocpp1.6", "2m10s Heartbeat")
	})
}

func TestR33PingIntervalChangesAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.PingInterval = 10 * time.Minute
		c := f.started(o)
		time.Sleep(time.Minute)
		c.SetPingInterval(20 * time.Second)
		time.Sleep(50 * time.Second)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "1m20s ping", "1m40s ping")
		c.SetPingInterval(0)
		time.Sleep(30 * time.Minute)
		f.expect()
		c.SetPingInterval(10 * time.Second)
		f.last().Close()
		time.Sleep(21 * time.Second) // the next connection has it, too
		f.expect("31m50s lost", "32m0s connected ocpp1.6", "32m10s ping")
	})
}

func TestR34IdleTimeoutIsLongerThanPingAndPong(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		o := f.options()
		o.PingInterval = time.Minute
		o.IdleTimeout = time.Second // raised
		f.started(o)
		time.Sleep(5 * time.Minute)
		f.expect("0s connected ocpp1.6", "0s BootNotification", "1m0s ping", "2m0s ping", "3m0s ping", "4m0s ping", "5m0s ping")
	})
}

func TestR34AHalfOpenConnectionIsFoundAndMadeAnew(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeCSMS) {
		var links []*ocpptest.Link
		f.srv.Listener.OnLink = func(l *ocpptest.Link) { links = append(links, l) }
		o := f.options()
		o.PingInterval = time.Minute
		var cause error
		o.OnDisconnect = func(_ *station.Connection, err error) {
			if cause == nil {
				f.note("hook: disconnect")
				cause = err
			}
		}
		f.started(o)
		time.Sleep(90 * time.Second)
		synctest.Wait()
		links[0].Blackhole()
		time.Sleep(5 * time.Minute)
		// The last frame was the pong at 1m; three ping intervals later the connection is given up.
		f.same(without(f.lines(), "ping"), "0s connected ocpp1.6", "0s BootNotification", "4m0s hook: disconnect",
			"4m10s connected ocpp1.6")
		if !errors.Is(cause, wsconn.ErrIdleTimeout) {
			t.Errorf("the cause is %v", cause)
		}
	})
}
