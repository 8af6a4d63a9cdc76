package csms_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// readPing reads a ping and tells how long it took to come.
func readPing(t *testing.T, p *ocpptest.Peer) time.Duration {
	t.Helper()
	begin := time.Now()
	f, err := p.ReadFrame()
	if err != nil || f.Op != ocpptest.OpPing {
		t.Fatalf("want a ping: %+v, %v", f, err)
	}
	return time.Since(begin)
}

func pong(t *testing.T, p *ocpptest.Peer) {
	t.Helper()
	if err := p.SendOp(ocpptest.OpPong, nil); err != nil {
		t.Fatal(err)
	}
}

func TestR33PingIntervalCanBeChangedPerStationAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{
			PingInterval: 10 * time.Second,
			Authenticate: func(_ context.Context, id string, _ csms.Credential, _ *http.Request) (*csms.Admission, error) {
				return &csms.Admission{PingInterval: map[string]time.Duration{"own": 7 * time.Second, "off": -1}[id]}, nil
			},
		})
		p := y.dial("CS-1", ocpp.V16)
		if d := readPing(t, p); d != 10*time.Second {
			t.Errorf("the first ping came after %v", d)
		}
		pong(t, p)
		st := y.station("CS-1")
		st.SetPingInterval(3 * time.Second)
		for range 3 {
			if d := readPing(t, p); d != 3*time.Second {
				t.Errorf("after the change a ping came after %v", d)
			}
			pong(t, p)
		}
		st.SetPingInterval(0)
		st.SetIdleTimeout(0)
		time.Sleep(24 * time.Hour)
		heartbeats(y.srv)
		beat(t, p, "1") // no ping came before the answer, and the connection lives

		own := y.dial("own", ocpp.V16)
		if d := readPing(t, own); d != 7*time.Second {
			t.Errorf("the station's own interval: %v", d)
		}
		own.Close()
		off := y.dial("off", ocpp.V16)
		time.Sleep(24 * time.Hour)
		beat(t, off, "1")
	})
}

func TestR33PingsOfTheStationAreAnsweredWithTheirPayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := open(t, csms.Options{})
		p := y.dial("CS-1", ocpp.V16)
		for _, payload := range []string{"", "\x00\xff random", string(make([]byte, 125))} {
			if err := p.SendOp(ocpptest.OpPing, []byte(payload)); err != nil {
				t.Fatal(err)
			}
			if f, err := p.ReadFrame(); err != nil || f.Op != ocpptest.OpPong || string(f.Payload) != payload {
				t.Errorf("got %+v, %v", f, err)
			}
		}
	})
}

func TestR34SilentStationIsGivenUpAndAnyFrameFeedsTheTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		o     csms.Options
		after time.Duration
	}{
		"default":                         {csms.Options{}, 3 * time.Minute},
		"three pings":                     {csms.Options{PingInterval: 20 * time.Second}, time.Minute},
		"raised above ping and pong wait": {csms.Options{PingInterval: time.Minute, IdleTimeout: 10 * time.Second}, 80 * time.Second},
		"without pings":                   {csms.Options{PingInterval: -1, IdleTimeout: 50 * time.Second}, 50 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				y := open(t, c.o)
				p := y.dial("CS-1", ocpp.V16)
				go func() {
					for { // reads, but never answers a ping
						if _, err := p.ReadFrame(); err != nil {
							return
						}
					}
				}()
				st := y.station("CS-1")
				for _, op := range []byte{ocpptest.OpPing, ocpptest.OpPong, ocpptest.OpText} {
					time.Sleep(c.after - time.Second)
					if err := p.SendOp(op, []byte("[]")); err != nil {
						t.Fatal(err)
					}
				}
				begin := time.Now()
				<-st.Done()
				if elapsed := time.Since(begin); elapsed != c.after {
					t.Errorf("given up after %v, want %v", elapsed, c.after)
				}
				if err := st.Cause(); err == nil || csms.CloseCode(err) != 1006 || errors.Is(err, csms.ErrReplaced) {
					t.Errorf("cause %v", err)
				}
			})
		})
	}
}
