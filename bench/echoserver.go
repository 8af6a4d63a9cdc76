package main

import (
	"bytes"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// echoServer is the floor of a round trip, against which a machine and a moment can be judged: one goroutine per
// connection that reads once, finds the id and writes once. It knows one frame per read, no OCPP, and checks nothing.
type echoServer struct{ online atomic.Int64 }

func (s *echoServer) serve(l net.Listener) error { return serveHTTP(l, s) }

func (s *echoServer) stations() int { return int(s.online.Load()) }

func (s *echoServer) callAll() called { return called{} }

// ServeHTTP upgrades.
func (s *echoServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	nc, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return // the client was answered
	}
	s.online.Add(1)
	go s.answer(nc)
}

func (s *echoServer) answer(nc net.Conn) {
	defer s.online.Add(-1)
	defer nc.Close()
	in, out := make([]byte, 4096), make([]byte, 0, 128)
	for {
		n, err := nc.Read(in)
		if err != nil || n < 8 {
			return
		}
		out = appendEcho(out[:0], in[:n])
		if _, err := nc.Write(out); err != nil {
			return
		}
	}
}

// appendEcho appends the frame of a result under the id of the CALL in a client's frame, which it unmasks.
func appendEcho(out, frame []byte) []byte {
	head := 2
	if frame[1]&0x7f == 126 {
		head = 4
	}
	payload := frame[head+4:]
	ws.Cipher(payload, [4]byte(frame[head:head+4]), 0)
	id := payload[len(`[2,"`):]
	id = id[:bytes.IndexByte(id, '"')]
	out = append(out, 0x80|opText, byte(len(id)+len(`[3,"",{}]`)))
	return append(append(append(out, `[3,"`...), id...), `",{}]`...)
}
