package simulator_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/simulator"
)

// uploads is a file server that refuses PUT.
type uploads struct {
	mu    sync.Mutex
	files map[string]string
}

func (u *uploads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if r.Method != http.MethodPost || err != nil {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.files[r.URL.Path] = string(text)
}

func TestLogsAreUploaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, u := newRecorder(t), &uploads{files: map[string]string{}}
		web := ocpptest.NewServer(u)
		defer web.Close()
		f, err := simulator.New(simulator.Options{
			URL: "ws://csms.test/ocpp", Versions: []ocpp.Version{ocpp.V21}, Ledger: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasPrefix(address, "files.test") {
					return web.Listener.DialContext(ctx, network, address)
				}
				return r.dial(ctx, network, address)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan simulator.Summary, 1)
		go func() { done <- f.Run(ctx) }()
		r.wait(t, "SIM-0001", 0, "2 Available")
		st, _ := r.srv.Station("SIM-0001")
		name := upload(t, st, "http://files.test/logs/")
		at := r.wait(t, "SIM-0001", 0, "LogStatusNotification")
		r.wait(t, "SIM-0001", at, "LogStatusNotification")
		u.mu.Lock()
		text := u.files["/logs/"+name] // N01.FR.21: the name is appended
		u.mu.Unlock()
		if !strings.Contains(text, "SIM-0001") || !strings.Contains(text, "boot Accepted") {
			t.Errorf("%s has %q", name, text)
		}
		cancel()
		if s := <-done; s.Problem() != "" {
			t.Error(s.Problem())
		}
	})
}

func upload(t *testing.T, st *csms.Station, target string) (name string) {
	t.Helper()
	resp := ask(t, st, &ocpp21.GetLogRequest{RequestID: 1, LogType: ocpp21.LogTypeSecurityLog, Log: ocpp21.LogParameters{RemoteLocation: target}})
	is(t, "log", resp.Status, ocpp21.LogStatusAccepted)
	return resp.Filename.Or("")
}
