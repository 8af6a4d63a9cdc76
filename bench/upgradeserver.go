package main

import (
	"net"
	"net/http"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// upgradeServer is the reference for handshakes and memory: a gobwas upgrade behind net/http that hands the socket to
// a fresh goroutine, which waits in Read. It knows no OCPP.
type upgradeServer struct{ online atomic.Int64 }

func (s *upgradeServer) serve(l net.Listener) error { return serveHTTP(l, s) }

func (s *upgradeServer) stations() int { return int(s.online.Load()) }

func (s *upgradeServer) callAll() called { return called{} }

// ServeHTTP upgrades.
func (s *upgradeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == "ocpp1.6" }}
	nc, _, _, err := u.Upgrade(r, w)
	if err != nil {
		return // the client was answered
	}
	s.online.Add(1)
	go s.wait(nc)
}

// wait throws away what comes and answers nothing.
func (s *upgradeServer) wait(nc net.Conn) {
	defer s.online.Add(-1)
	defer nc.Close()
	var b [512]byte
	for {
		if _, err := nc.Read(b[:]); err != nil {
			return
		}
	}
}
