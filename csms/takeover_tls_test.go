package csms_test

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// serveTLS is open behind TLS on a socket of the kernel.
func serveTLS(t *testing.T, o csms.Options, tlsOptions csms.TLSOptions) (y *yard, url string) {
	t.Helper()
	config, err := csms.TLSConfig(tlsOptions)
	if err != nil {
		t.Fatal(err)
	}
	y = newYard(t, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: y.srv, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	y.web = &ocpptest.Server{Config: web}
	var served sync.WaitGroup
	served.Go(func() {
		web.Serve(tls.NewListener(csms.NewLimitListener(l, csms.LimitOptions{}), config)) // ErrServerClosed
	})
	t.Cleanup(func() {
		if err := y.srv.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		web.Close()
		served.Wait()
	})
	return y, "wss://" + l.Addr().String()
}

// A station that connects again as soon as its handshake is over, and again, has its newest connection in the end: nobody
// waits until the one before is registered. Real sockets, real threads.
func TestR8TakeoversOverTLSEndWithTheNewestConnection(t *testing.T) {
	a := newAuthority(t)
	y, url := serveTLS(t, csms.Options{PingInterval: -1}, csms.TLSOptions{Certificates: a.serverCertificates()})
	heartbeats(y.srv)
	const stations, rounds, takeovers = 8, 5, 5
	client := &tls.Config{RootCAs: a.pool(), ServerName: "csms.test"}
	var all sync.WaitGroup
	for i := range stations {
		all.Go(func() {
			id := string(rune('A' + i))
			for range rounds {
				if err := takeOver(url+"/ocpp/"+id, client, takeovers); err != nil {
					t.Errorf("%s: %v", id, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// takeOver connects some times in a row, and demands that the last connection is served.
func takeOver(url string, client *tls.Config, times int) error {
	var last *ocpptest.Peer
	for range times {
		if last != nil {
			last.Close()
		}
		p, err := ocpptest.DialPeer(context.Background(), url, ocpptest.PeerOptions{Subprotocols: []string{"ocpp1.6"}, TLS: client})
		if err != nil {
			return err
		}
		last = p
	}
	defer last.Close()
	if err := last.Conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	if err := last.SendText(`[2,"1","Heartbeat",{}]`); err != nil {
		return err
	}
	if _, err := last.ReadText(); err != nil {
		return errors.Join(errors.New("the newest connection is not served"), err)
	}
	return nil
}
