package stormtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// The deadlocks that OCPP servers in the field are known for, each played on this one.

// Blocked writer versus cleanup: hundreds of sockets whose peers stopped reading are in the middle of a write when
// their stations come back, when they are closed, and when the server shuts down.
func TestBlockedWritersDoNotHoldUpCleanup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stations = 300
		y := open(t, csms.Options{PingInterval: -1}, echo)
		name := func(i int) string { return fmt.Sprint("CS-", i) }
		var calls sync.WaitGroup
		var ended atomic.Int32
		for i := range stations {
			y.dial(name(i)) // and never reads
		}
		for i := range stations {
			st := y.station(name(i))
			calls.Go(func() {
				_, err := transfer(context.Background(), st, strings.Repeat("x", 64<<10))
				if errors.Is(err, net.ErrClosed) {
					ended.Add(1)
				}
			})
		}
		synctest.Wait()
		instantly(t, "cleaning up", func() {
			for i := range stations {
				switch i % 3 {
				case 0: // comes back
					p := y.dial(name(i))
					y.send(p, "1")
					y.wantAnswer(p, "1", "1")
				case 1: // goes
					y.link(i).Reset()
				case 2: // is closed
					y.station(name(i)).Close(1000, "")
				}
			}
			calls.Wait()
			synctest.Wait()
		})
		if n := y.srv.Len(); n != stations/3 || ended.Load() != stations {
			t.Errorf("%d stations, %d calls ended with their connection", n, ended.Load())
		}
	})
}

// Write lock versus registry: while the sockets of many stations are stuck in a write, everybody else connects, calls,
// is listed, is looked up and leaves.
func TestStuckWritesDoNotHoldTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stuck = 300 // several in every shard
		y := open(t, csms.Options{PingInterval: -1}, echo)
		var calls sync.WaitGroup
		for i := range stuck {
			y.dial(fmt.Sprint("stuck-", i))
		}
		for st := range y.srv.Stations() {
			calls.Go(func() { transfer(context.Background(), st, strings.Repeat("x", 64<<10)) }) // it fails at the end
		}
		synctest.Wait()
		instantly(t, "what the others do", func() {
			for i := range 100 {
				identity := fmt.Sprint("CS-", i)
				p := y.dial(identity)
				st := y.station(identity)
				answer := make(chan error, 1)
				go func() {
					_, err := transfer(context.Background(), st, "hello")
					answer <- err
				}()
				y.answerCall(p)
				if err := <-answer; err != nil {
					t.Fatal(err)
				}
				y.send(p, "1")
				y.wantAnswer(p, "1", "1")
				p.Close()
			}
			synctest.Wait()
			listed := 0
			for range y.srv.Stations() {
				listed++
			}
			if listed != stuck {
				t.Errorf("%d stations are listed", listed)
			}
		})
		y.reset()
		calls.Wait()
	})
}

// Thousands of call timeouts at the same instant, on stations that stay usable.
func TestThousandsOfCallsTimeOutAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stations := 5000
		if raceDetector { // which takes 8,128 goroutines
			stations = 1000
		}
		y := open(t, csms.Options{PingInterval: -1, CallTimeout: 10 * time.Second}, echo)
		peers := make([]*ocpptest.Peer, stations)
		for i := range peers {
			peers[i] = y.dial(fmt.Sprint("CS-", i))
		}
		synctest.Wait()
		var calls sync.WaitGroup
		var timeouts, second atomic.Int32
		begun := time.Now()
		for st := range y.srv.Stations() {
			for n := range 2 { // the second gets its turn at the instant at which the first times out
				calls.Go(func() {
					_, err := transfer(context.Background(), st, fmt.Sprint(n))
					var timeout interface{ Timeout() bool }
					switch {
					case err == nil && time.Since(begun) == 10*time.Second:
						second.Add(1)
					case errors.As(err, &timeout) && timeout.Timeout() && time.Since(begun) == 10*time.Second:
						timeouts.Add(1)
					default:
						t.Errorf("%v: %v after %v", st.Identity(), err, time.Since(begun))
					}
				})
			}
		}
		for _, p := range peers {
			if _, err := p.ReadText(); err != nil { // the first is never answered
				t.Fatal(err)
			}
		}
		for _, p := range peers {
			y.answerCall(p)
		}
		calls.Wait()
		if int(timeouts.Load()) != stations || int(second.Load()) != stations {
			t.Errorf("%d timeouts, %d answers", timeouts.Load(), second.Load())
		}
		for i, p := range peers {
			y.send(p, fmt.Sprint(i))
			y.wantAnswer(p, fmt.Sprint(i), fmt.Sprint(i))
		}
	})
}

// Close during connect: by the hook that is told of the connection, by the station, by a successor, by a shutdown.
func TestCloseDuringConnect(t *testing.T) {
	closers := map[string]func(y *yard, st *csms.Station){
		"by the hook":     func(_ *yard, st *csms.Station) { st.Close(1000, "not now") },
		"by the station":  func(y *yard, _ *csms.Station) { y.link(0).Reset() },
		"by a successor":  func(y *yard, _ *csms.Station) { y.dial("CS-1") },
		"by a shutdown":   func(y *yard, _ *csms.Station) { go y.srv.Shutdown(context.Background()) }, // the yard's own reports
		"by a dark link":  func(y *yard, _ *csms.Station) { y.link(0).Blackhole(); time.Sleep(time.Hour) },
		"while it calls":  func(_ *yard, st *csms.Station) { go transfer(context.Background(), st, ""); st.Close(1000, "") }, // it fails
		"from everywhere": func(y *yard, st *csms.Station) { go y.try("CS-1"); go st.Close(1000, ""); y.link(0).Reset() },
	}
	for name, end := range closers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var y *yard
				y = open(t, csms.Options{
					OnConnect: func(st *csms.Station) {
						if y.tell("connected") > 0 {
							return
						}
						synctest.Wait() // the station has read the answer to its handshake
						end(y, st)
						synctest.Wait() // the end is on its way when the hook returns
						y.tell("returned")
					},
					OnDisconnect: func(*csms.Station, error) { y.tell("disconnected") },
				}, echo)
				y.dial("CS-1")
				time.Sleep(2 * time.Hour)
				if got := y.story(); !strings.HasPrefix(got, "connected returned disconnected") {
					t.Errorf("told: %s", got)
				}
			})
		})
	}
}

// Handlers that call back into the server: their own station, each other's stations crosswise, the list, the registry,
// and the end of their own connection.
func TestHandlersCallBackIntoTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var y *yard
		y = open(t, csms.Options{PingInterval: -1}, func(ctx context.Context, st *csms.Station, data string) string {
			if data == "close" {
				st.Close(1000, "")
				return ""
			}
			listed := 0
			for range y.srv.Stations() {
				listed++
			}
			other, ok := y.srv.Station(data)
			if !ok || listed != 2 || y.srv.Len() != 2 {
				return "nobody"
			}
			answer, err := transfer(ctx, other, "from "+st.Identity())
			if err != nil {
				return err.Error()
			}
			return answer
		})
		a, b := y.dial("A"), y.dial("B")
		y.station("B")
		instantly(t, "all of it", func() {
			y.send(a, "B") // A's handler calls B, and B's handler calls A
			y.send(b, "A")
			synctest.Wait()
			y.answerCall(a)
			y.answerCall(b)
			y.wantAnswer(a, "B", "from A")
			y.wantAnswer(b, "A", "from B")
			for _, p := range []*ocpptest.Peer{a, b} {
				y.send(p, "close")
				if c, err := p.ReadClose(); err != nil || c.Code != 1000 {
					t.Errorf("closed with %v, %v", c, err)
				}
			}
		})
	})
}

// A disconnect callback that closes all others, lists them, calls them, and starts the shutdown.
func TestDisconnectCallbackClosesOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stations = 200
		var y *yard
		var told atomic.Int32
		shutdown := make(chan error, stations)
		y = open(t, csms.Options{
			PingInterval: -1,
			OnDisconnect: func(st *csms.Station, _ error) {
				told.Add(1)
				for other := range y.srv.Stations() {
					if _, err := transfer(context.Background(), other, ""); !errors.Is(err, net.ErrClosed) && err == nil {
						t.Errorf("a call from %s: %v", st.Identity(), err)
					}
					other.Close(1000, "all together")
				}
				go func() { shutdown <- y.srv.Shutdown(context.Background()) }()
			},
		}, echo)
		for i := range stations {
			p := y.dial(fmt.Sprint("CS-", i))
			go func() { // the station: it answers close frames only
				if _, err := p.ReadClose(); err == nil {
					p.SendClose(1000, "") // the server may be faster
				}
			}()
		}
		y.station("CS-0").Close(1000, "")
		time.Sleep(time.Hour)
		if n := y.srv.Len(); n != 0 || told.Load() != stations {
			t.Errorf("%d stations are left, %d ends were told", n, told.Load())
		}
		for range stations {
			if err := <-shutdown; err != nil {
				t.Error(err)
			}
		}
	})
}

// A takeover waits for nothing of the old connection: not for its socket, its writer, its handler or its calls.
func TestTakeoverWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		y := open(t, csms.Options{PingInterval: -1}, func(_ context.Context, _ *csms.Station, data string) string {
			if data == "hang" {
				<-release
			}
			return data
		})
		old := y.dial("CS-1")
		st := y.station("CS-1")
		y.send(old, "hang")
		pending := make(chan error, 1)
		go func() {
			_, err := transfer(context.Background(), st, strings.Repeat("x", 64<<10))
			pending <- err
		}()
		synctest.Wait()
		y.link(0).Blackhole()
		instantly(t, "the takeover", func() {
			p := y.dial("CS-1")
			y.send(p, "1")
			y.wantAnswer(p, "1", "1")
			if err := <-pending; !errors.Is(err, csms.ErrReplaced) {
				t.Errorf("the call of the old connection: %v", err)
			}
		})
		close(release)
	})
}

// A connection that is replaced before the application was told of it: its messages, which wait for that, are never
// handled. The hook of its predecessor returns after the successor has arrived, or at the same instant.
func TestMessagesOfAnUntoldConnectionAreNotHandled(t *testing.T) {
	for round := range 20 { // one instant has many orders
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			var known sync.Map
			y := open(t, csms.Options{
				PingInterval: -1,
				OnConnect:    func(st *csms.Station) { known.Store(st, true) },
				OnDisconnect: func(*csms.Station, error) { <-release },
			}, func(_ context.Context, st *csms.Station, data string) string {
				if _, ok := known.Load(st); !ok {
					t.Error("a handler got a message of a connection that nobody was told of")
				}
				return data
			})
			y.dial("CS-1").Close()
			synctest.Wait()
			second := y.dial("CS-1") // waits for OnDisconnect of the first
			y.send(second, "1")
			synctest.Wait()
			var arrived sync.WaitGroup
			arrived.Go(func() { y.dial("CS-1") })
			if round%2 == 0 {
				synctest.Wait()
			}
			close(release)
			arrived.Wait()
			synctest.Wait()
		})
	}
}
