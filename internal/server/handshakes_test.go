package server

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/csms"
)

// tight are bounds that a test can reach.
func tight() csms.LimitOptions {
	return csms.LimitOptions{Handshakes: 3, Waiting: 5, HandshakeTimeout: 250 * time.Millisecond, MaxWait: 60 * time.Millisecond}
}

// linger opens sockets that send the beginning of something and no more.
func linger(t *testing.T, addr net.Addr, n int, beginning string) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, n)
	for i := range conns {
		c, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := io.WriteString(c, beginning); err != nil {
			t.Fatal(err)
		}
		conns[i] = c
	}
	return conns
}

// Sockets that are no stations cost a bounded number of places, on either kind of address, and give them back. Who is a
// station already does not notice, and who comes afterwards gets in.
func TestHalfFinishedUpgradesCostABoundedNumberOfSockets(t *testing.T) {
	_, files := newAuthority(t).issue("server", ecKey(t))
	r := serve(t, Config{OCPPTLS: "127.0.0.1:0", Certificates: []CertificateFiles{files}, Stations: ModeOpen, Admission: tight()})
	neighbour := r.connect("NEIGHBOUR", "ocpp1.6", login{})
	bound := tight().Handshakes + tight().Waiting
	for i, beginning := range []string{"GET /ocpp/A HTTP/1.1\r\nHost: x\r\n", "\x16\x03\x01\x02\x00\x01\x00"} {
		conns := linger(t, r.srv.StationAddrs()[i], 15, beginning)
		r.eventually("the bound is reached", func() bool { return r.srv.listeners.pending() == bound })
		neighbour.call("Heartbeat", `{}`)
		highest, closed := 0, make(chan struct{})
		go func() {
			defer close(closed)
			for _, c := range conns {
				io.Copy(io.Discard, c) // until the server closes it
			}
		}()
		r.eventually("all are closed", func() bool {
			highest = max(highest, r.srv.listeners.pending())
			select {
			case <-closed:
				return true
			default:
				return false
			}
		})
		if highest > bound {
			t.Errorf("%d sockets were pending at once, the bound is %d", highest, bound)
		}
		r.eventually("all places are free", func() bool { return r.srv.listeners.pending() == 0 })
	}
	r.connect("AFTER", "ocpp1.6", login{})
	r.connect("AFTER-TLS", "ocpp1.6", login{tls: &tls.Config{InsecureSkipVerify: true}})
}

// A station that had to wait too long is told to come back later.
func TestR4AnUpgradeThatWaitedTooLongGets503(t *testing.T) {
	r := serve(t, Config{Admission: tight()})
	linger(t, r.srv.StationAddrs()[0], tight().Handshakes, "GET ")
	r.eventually("they are there", func() bool { return r.srv.listeners.pending() == tight().Handshakes })
	r.refused("LATE", login{}, http.StatusServiceUnavailable)
	r.eventually("it is on record", func() bool {
		list := r.items("/refusals")
		return len(list) == 1 && list[0]["reason"] == "busy"
	})
	r.connect("LATE", "ocpp1.6", login{})
}

// A request cannot grow without end.
func TestTheHeaderOfAnUpgradeIsBounded(t *testing.T) {
	r := serve(t, Config{})
	c, err := net.Dial("tcp", r.srv.StationAddrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		line := "X-Long: " + strings.Repeat("x", 1000) + "\r\n"
		_, err := fmt.Fprint(c, "GET /ocpp/A HTTP/1.1\r\nHost: x\r\n")
		for range 64 * 1024 { // 64 MiB
			if err != nil {
				return
			}
			_, err = io.WriteString(c, line)
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%v %v", resp, err)
	}
}
