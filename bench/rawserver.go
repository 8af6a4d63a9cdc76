package main

import (
	"bytes"
	"net"
	"sync/atomic"
)

// rawServer is the reference for TLS: it reads a request head, answers with an upgrade that it did not work out, and
// waits. What it costs is the socket, crypto/tls and a goroutine.
type rawServer struct{ online atomic.Int64 }

func (s *rawServer) serve(l net.Listener) error {
	for {
		nc, err := l.Accept()
		if err != nil {
			return err
		}
		go s.answer(nc)
	}
}

func (s *rawServer) stations() int { return int(s.online.Load()) }

func (s *rawServer) callAll() called { return called{} }

const rawAnswer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"

func (s *rawServer) answer(nc net.Conn) {
	var b [512]byte
	n, err := nc.Read(b[:])
	if err != nil || !bytes.Contains(b[:n], []byte("\r\n\r\n")) {
		nc.Close() //nolint:errcheck // nothing depends on it
		return
	}
	if _, err := nc.Write([]byte(rawAnswer)); err != nil {
		nc.Close() //nolint:errcheck // nothing depends on it
		return
	}
	s.online.Add(1)
	defer s.online.Add(-1)
	defer nc.Close()
	for err == nil {
		_, err = nc.Read(b[:])
	}
}
