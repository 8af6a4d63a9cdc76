package storm_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/stormserver"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/simulator/storm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// target is a bare CSMS in this process, on a real socket.
func target(t *testing.T) (*stormserver.Bare, storm.Options) {
	t.Helper()
	return targetWith(t, stormserver.Options{}, nil, nil)
}

func targetWith(t *testing.T, so stormserver.Options, cfg *tls.Config, wrap func(net.Listener) net.Listener) (*stormserver.Bare, storm.Options) {
	t.Helper()
	bare, err := stormserver.NewBare(so)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme, addr := "ws", l.Addr().String()
	if cfg != nil {
		scheme = "wss"
	}
	if wrap != nil {
		l = wrap(l)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- bare.Serve(ctx, l, cfg) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return bare, storm.Options{
		URL: scheme + "://" + addr + "/ocpp", Stations: 200, Library: 5, Call: bare.Call,
		Before: 300 * time.Millisecond, After: 300 * time.Millisecond, LoadPause: 50 * time.Millisecond,
		FlapEvery: 200 * time.Millisecond, Flaps: 3,
		Probe: func(context.Context, bool) (storm.Inner, error) {
			return stormserver.Inner(false, bare), nil
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
			_, o := target(t)
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

func TestStormWithClientCertificates(t *testing.T) {
	authority, err := stormserver.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	files, err := authority.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(files.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	cfg, err := csms.TLSConfig(csms.TLSOptions{Certificates: []tls.Certificate{cert}, ClientCAs: pool, RequireClientCertificate: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tickets := range []bool{false, true} {
		_, o := targetWith(t, stormserver.Options{Authenticate: func(_ context.Context, _ string, c csms.Credential) error {
			if c.Profile() != csms.ProfileMutualTLS {
				return csms.ErrBadCredential
			}
			return nil
		}}, cfg, nil)
		o.Variant, o.Stations, o.Tickets = storm.TLSRestart, 40, tickets
		o.TLS, o.ClientCert = &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}, authority.Client
		if res := survive(t, o); res.Back.Answering.Count != 36 || (res.Resumed == 36) != tickets {
			t.Errorf("%+v, %d resumed", res.Back, res.Resumed)
		}
	}
}

// smallBuffers makes the kernel take little, so that a peer that does not read is noticed soon.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		err = errors.Join(err, tcp.SetWriteBuffer(4096))
	}
	return c, err
}

func TestStationsThatStopReadingAreCutOffAndComeBack(t *testing.T) {
	const outbox = 16 << 10
	bare, o := targetWith(t, stormserver.Options{MaxOutbox: outbox}, nil, func(l net.Listener) net.Listener { return smallBuffers{l} })
	o.Variant, o.Stations, o.Slow, o.SlowCalls, o.SlowBytes = storm.SlowReaders, 100, 0.03, 10, 8<<10
	o.Control = 100 * time.Millisecond
	res := survive(t, o)
	s := res.Slow
	if s == nil || s.Stations != 3 || s.CutOff.Count != 3 {
		t.Fatalf("%+v", s)
	}
	if s.Calls.Ordered != 30 || s.Calls.Answered != 0 || s.Calls.Sent > 3 || s.Calls.Failed != 30 {
		t.Errorf("large calls to those that do not read: %+v", s.Calls)
	}
	if s.Control.Ordered != 30 || s.Control.Answered != 30 || s.Control.Sent != 30 {
		t.Errorf("large calls to those that read: %+v", s.Control)
	}
	if s.QueuedMost > outbox || s.Queued > 3*outbox {
		t.Errorf("%d bytes waited for one socket and %d for all, an outbox takes %d", s.QueuedMost, s.Queued, outbox)
	}
	if bare.Ended()["wsconn: the peer stopped reading: the outbox is full"] != 3 {
		t.Errorf("ended: %v", bare.Ended())
	}
	var phases []storm.Phase
	for _, p := range res.Parts {
		phases = append(phases, p.Phase)
	}
	if want := []storm.Phase{storm.Before, storm.Flood, storm.Control, storm.Rest, storm.Storm, storm.After}; !slices.Equal(phases, want) {
		t.Errorf("phases %v, want %v", phases, want)
	}
	if s.ToBefore == 0 || s.ToControl == 0 {
		t.Errorf("nothing is compared: %+v", s)
	}
}

func TestRefusalsAreCountedByReason(t *testing.T) {
	refuse := errors.New("not today")
	_, o := targetWith(t, stormserver.Options{Authenticate: func(_ context.Context, identity string, _ csms.Credential) error {
		if strings.HasSuffix(identity, "7") {
			return errors.Join(csms.ErrUnknownStation, refuse)
		}
		return nil
	}}, nil, nil)
	o.Stations, o.Library, o.Timeout = 20, -1, 2*time.Second
	_, err := storm.Run(t.Context(), o)
	var failed *storm.ConnectError
	if !errors.As(err, &failed) || failed.Connected != 18 || failed.Answering != 18 || failed.Refused["HTTP 404"] < 2 {
		t.Fatalf("%v", err)
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for want, o := range map[string]storm.Options{
		"has to look like":    {URL: "http://host/ocpp"},
		"no variant":          {URL: "ws://host/ocpp", Variant: "hail"},
		"needs a wss:// URL":  {URL: "ws://host/ocpp", Variant: storm.TLSRestart},
		"at most 0.9":         {URL: "ws://host/ocpp", Stay: 1},
		"is negative":         {URL: "ws://host/ocpp", Stations: -1},
		"descriptors are nee": {URL: "ws://host/ocpp", Stations: 10_000_000},
		"is not spoken":       {URL: "ws://host/ocpp", Version: 99},
	} {
		if _, err := storm.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
