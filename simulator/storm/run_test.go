package storm_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/internal/stormserver"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator/storm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// target is a bare CSMS in this process, on a real socket.
func target(t *testing.T) (*stormserver.Bare, storm.Options) {
	t.Helper()
	bare, err := stormserver.NewBare(stormserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/ocpp/{identity}", bare.CSMS)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: mux}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		srv.Close()
		<-served
		if err := bare.CSMS.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return bare, storm.Options{
		URL: "ws://" + l.Addr().String() + "/ocpp", Stations: 200, Library: 5, Call: bare.Call,
		Before: 300 * time.Millisecond, After: 300 * time.Millisecond, LoadPause: 50 * time.Millisecond,
		FlapEvery: 200 * time.Millisecond, Flaps: 3,
		Probe: func(_ context.Context, settle bool) (storm.Inner, error) {
			return storm.Inner{Connected: bare.CSMS.Len()}, nil
		},
	}
}

// survive runs a storm that nothing may go wrong in.
func survive(t *testing.T, o storm.Options) *storm.Result {
	t.Helper()
	res, err := storm.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range res.Problems {
		t.Error(p)
	}
	return res
}

func TestAllComeBackAfterEveryKindOfStorm(t *testing.T) {
	for _, v := range []storm.Variant{storm.Reset, storm.Close, storm.HalfOpen, storm.Flap} {
		t.Run(string(v), func(t *testing.T) {
			bare, o := target(t)
			o.Variant = v
			res := survive(t, o)
			if res.Struck != 180 || res.Back.Answering.Count != 180 || res.Back.Called.All == nil {
				t.Errorf("struck %d, back %+v", res.Struck, res.Back)
			}
			if l := res.Latency; l.Before.Count == 0 || l.After.Count == 0 {
				t.Errorf("nothing was measured: %+v", l)
			}
			if l := res.Library; l.Back != 5 || l.Enqueued == 0 || l.Delivered != l.Enqueued || l.Reconnects < 5 {
				t.Errorf("library stations: %+v", l)
			}
			if bare.CSMS.Len() > 0 && res.Server.Left.Connected > 0 {
				t.Logf("%d connections were left when the run ended", res.Server.Left.Connected)
			}
			if v == storm.HalfOpen && (res.Ghosts.Left != 185 || res.Ghosts.Closed["close 1008"] != 185) {
				t.Errorf("old sockets: %+v", res.Ghosts)
			}
		})
	}
}

func TestStormsInEveryVersion(t *testing.T) {
	for _, v := range []ocpp.Version{ocpp.V201, ocpp.V21} {
		_, o := target(t)
		o.Version, o.Stations = v, 20
		if res := survive(t, o); res.Version != v.String() || res.Back.Called.Count != 18 || res.Library.Delivered == 0 {
			t.Errorf("%s: %+v %+v", v, res.Back, res.Library)
		}
	}
}

func TestIdleStationsLoseNothing(t *testing.T) {
	_, o := target(t)
	o.Variant = storm.Idle
	if res := survive(t, o); res.Struck != 0 || len(res.Timeline) == 0 || res.Library.Reconnects != 0 {
		t.Errorf("%+v", res)
	}
}
