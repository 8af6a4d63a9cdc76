package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// station is one light station: a socket and a few bytes.
type station struct {
	nc  net.Conn
	in  []byte // what was read and not yet taken
	out []byte
}

// perAddress is how many stations share a source address, which has 28,000 ports at most.
const perAddress = 4000

// patience bounds each step of a station.
const patience = 30 * time.Second

// dialStation connects station i and upgrades.
func dialStation(c *child, i int) (*station, error) {
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+i/perAddress%8))}
	d := net.Dialer{LocalAddr: from, Timeout: patience}
	nc, err := d.Dial("tcp", c.addr)
	if err != nil {
		return nil, err
	}
	s := &station{nc: nc}
	if err := s.upgrade(c, i); err != nil {
		nc.Close() //nolint:errcheck // it failed before
		return nil, err
	}
	return s, nil
}

func (s *station) upgrade(c *child, i int) error {
	if err := s.nc.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if c.tls {
		t := tls.Client(s.nc, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the server made its own certificate
		if err := t.HandshakeContext(context.Background()); err != nil {
			return err
		}
		s.nc = t
	}
	if _, err := fmt.Fprintf(s.nc, "GET /ocpp/CS-%05d HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n", i); err != nil {
		return err
	}
	if err := s.readHead(); err != nil {
		return err
	}
	return s.nc.SetDeadline(time.Time{})
}

func (s *station) readHead() error {
	for {
		if end := bytes.Index(s.in, []byte("\r\n\r\n")); end >= 0 {
			if !bytes.HasPrefix(s.in, []byte("HTTP/1.1 101")) {
				return fmt.Errorf("the upgrade was answered %q", s.in[:end])
			}
			s.in = s.in[end+4:]
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// fill reads once.
func (s *station) fill() error {
	if cap(s.in)-len(s.in) < 256 {
		s.in = append(make([]byte, 0, len(s.in)+512), s.in...)
	}
	n, err := s.nc.Read(s.in[len(s.in):cap(s.in)])
	s.in = s.in[:len(s.in)+n]
	return err
}

// send sends one text message.
func (s *station) send(payload string) error {
	s.out = appendFrame(s.out[:0], opText, payload)
	_, err := s.nc.Write(s.out)
	return err
}

// receive waits for a text message, which is valid until the next call, and answers pings meanwhile.
func (s *station) receive() ([]byte, error) {
	for {
		op, payload, rest, ok := splitFrame(s.in)
		if !ok {
			if err := s.fill(); err != nil {
				return nil, err
			}
			continue
		}
		s.in = rest
		switch op {
		case opText:
			return payload, nil
		case opPing:
			if _, err := s.nc.Write(appendFrame(nil, opPong, string(payload))); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("a frame with opcode %d", op)
		}
	}
}

// ask sends a CALL and waits for its result.
func (s *station) ask(id, rest string) error {
	if err := s.send(`[2,"` + id + `",` + rest); err != nil {
		return err
	}
	answer, err := s.receive()
	if err != nil {
		return err
	}
	if want := `[3,"` + id + `",`; !bytes.HasPrefix(answer, []byte(want)) {
		return fmt.Errorf("%s was answered %q", id, answer)
	}
	return nil
}

// idle forgets the buffers.
func (s *station) idle() { s.in, s.out = nil, nil }

// answerOne answers one CALL of the server.
func (s *station) answerOne() error {
	frame, err := s.receive()
	if err != nil {
		return err
	}
	id, ok := bytes.CutPrefix(frame, []byte(`[2,"`))
	end := bytes.IndexByte(id, '"')
	if !ok || end < 0 {
		return fmt.Errorf("the server sent %q", frame)
	}
	return s.send(`[3,"` + string(id[:end]) + `",{"status":"Accepted"}]`)
}

// fleet is a number of stations of one server.
type fleet []*station

// dialFleet connects n stations, some at a time, numbered from first.
func dialFleet(c *child, first, n int) (fleet, error) { return dialWide(c, first, n, 64) }

// dialWide connects n stations, width at a time.
func dialWide(c *child, first, n, width int) (fleet, error) {
	f := make(fleet, n)
	err := eachOf(n, width, func(i int) (err error) {
		f[i], err = dialStation(c, first+i)
		return err
	})
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// each does something for all stations, width of them at a time.
func (f fleet) each(width int, do func(s *station) error) error {
	return eachOf(len(f), width, func(i int) error { return do(f[i]) })
}

// close resets the sockets, so that no port waits.
func (f fleet) close() {
	for _, s := range f {
		if s != nil {
			s.close()
		}
	}
}

func (s *station) close() {
	nc := s.nc
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	if t, ok := nc.(*net.TCPConn); ok {
		t.SetLinger(0) //nolint:errcheck // the socket is closed next
	}
	nc.Close() //nolint:errcheck // there is nothing left to do with it
}

// eachOf calls do for 0 to n-1, width of them at a time, and returns what failed first, not all of it.
func eachOf(n, width int, do func(i int) error) error {
	var next atomic.Int64
	failed := make(chan error, width)
	var wg sync.WaitGroup
	for range min(width, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failed <- fmt.Errorf("station %d: %w", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	var all error
	for err := range failed {
		if all == nil {
			all = err
		}
	}
	if all != nil {
		return errors.Join(all)
	}
	return nil
}
