package storm

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"
)

// light is a charging station that consists of its connection.
type light struct {
	run      *run
	identity string
	stays    bool
	stops    bool                 // it will stop reading
	cur      atomic.Pointer[conn] // nil while there is none

	// Of the goroutine of the station.
	cert    *tls.Certificate
	ticket  ticket
	part    []byte // of a fragmented message
	failed  int    // attempts in a row
	strikes int64  // the strike after which it last came back
}

// live connects, serves, and comes back until ctx ends.
func (s *light) live(ctx context.Context) {
	for ctx.Err() == nil {
		c, err := s.connect(ctx)
		if err != nil {
			s.pause(ctx, err)
			continue
		}
		s.failed = 0
		unhook := context.AfterFunc(ctx, func() { c.tcp.Close() }) //nolint:errcheck // wakes the reader
		err = s.serve(c)
		s.cur.CompareAndSwap(c, nil)
		if c.is(stuck) {
			s.pipeline(ctx, c)
		}
		unhook()
		s.ended(ctx, c, err)
	}
}

func (s *light) connect(ctx context.Context) (*conn, error) {
	if n := s.run.strikes.Load(); n != s.strikes {
		s.strikes = n
		if wait := s.run.o.BackOff.wait(0); wait > 0 && !s.stays {
			sleep(ctx, wait)
		}
	}
	release := s.run.gate.enter(ctx)
	defer release()
	begun := s.run.now()
	c, err := s.run.dialer.dial(ctx, s)
	if err != nil {
		return nil, err
	}
	now := s.run.now()
	s.run.handshakes.add(now, now-begun)
	c.connected.Store(now)
	s.cur.Store(c)
	return c, nil
}

// pause notes why there is no connection, and waits before the next attempt.
func (s *light) pause(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.run.refused.add(reason(err))
	wait := s.run.o.BackOff.wait(s.failed + 1)
	if s.run.o.BackOff == nil {
		wait = time.Duration(50+rand.IntN(50)) * time.Millisecond << min(s.failed, 6)
	}
	var status *statusError
	if errors.As(err, &status) && status.wait() > 0 {
		wait = max(wait, status.wait()+rand.N(time.Second))
	}
	s.failed++
	sleep(ctx, wait)
}

// wait is the wait of rule R30 before an attempt, of which so many in a row have failed.
func (b *BackOff) wait(failed int) time.Duration {
	if b == nil {
		return 0
	}
	d := b.Minimum
	random := func() time.Duration {
		if b.Range <= 0 {
			return 0
		}
		return rand.N(b.Range)
	}
	d += random()
	for range min(failed, b.Repeat) {
		d = 2*d + random()
	}
	return d
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// ended notes why a connection ended, and keeps the socket of a half-open one.
func (s *light) ended(ctx context.Context, c *conn, err error) {
	if c.is(ghost) {
		s.run.haunt(c)
		return
	}
	if c.is(alive) && ctx.Err() == nil {
		s.run.lost.add(reason(err))
	}
	c.Close() //nolint:errcheck // it has ended
}

// serve boots and answers until the connection ends.
func (s *light) serve(c *conn) error {
	s.part = nil
	if err := s.begin(c); err != nil {
		return err
	}
	for {
		f, err := readFrame(c.br)
		if err != nil {
			return err
		}
		if err := s.take(c, f); err != nil {
			return err
		}
	}
}

// begin sends what comes first on a connection.
func (s *light) begin(c *conn) error {
	if s.run.o.BootOnce && s.run.strikes.Load() > 0 {
		c.booted.Store(s.run.now())
		return s.call(c, "Heartbeat", "{}", pending{})
	}
	return s.call(c, "BootNotification", s.run.dialect.boot, pending{boot: true})
}

// call sends a CALL unless one waits for its result.
func (s *light) call(c *conn, action, payload string, p pending) error {
	p.id = s.run.messageID()
	p.due = s.run.now()
	if !c.expect(p) {
		return nil
	}
	return c.send(opText, appendCall(nil, p.id, action, payload))
}

func (s *light) take(c *conn, f frame) error {
	switch f.op {
	case opPing:
		return c.send(opPong, f.payload)
	case opPong:
		return nil
	case opClose:
		c.send(opClose, f.payload) //nolint:errcheck // the connection ends either way
		return parseClose(f.payload)
	case opText, opContinuation:
	default:
		return fmt.Errorf("%w: opcode %d", errFraming, f.op)
	}
	if !f.fin || f.op == opContinuation {
		s.part = append(s.part, f.payload...)
		if !f.fin {
			return nil
		}
		f.payload, s.part = s.part, nil
	}
	m, ok := parseMessage(f.payload)
	switch {
	case !ok:
		s.run.strange.add("a message that is none of OCPP-J")
		return nil
	case m.kind == typeCall:
		return s.answer(c, m)
	}
	return s.result(c, m)
}

// answer answers a CALL of the server.
func (s *light) answer(c *conn, m message) error {
	text, ok := s.run.dialect.answer(m.action, m.payload)
	reply := appendNotImplemented(nil, m.id)
	if ok {
		reply = appendResult(nil, m.id, text)
	}
	if err := c.send(opText, reply); err != nil {
		return err
	}
	if c.called.Load() == 0 {
		c.called.Store(s.run.now())
	}
	return nil
}

// result takes the answer to a CALL of ours.
func (s *light) result(c *conn, m message) error {
	p, ok := c.settle(m.id)
	if !ok && strings.HasPrefix(m.id, pipelinedID) {
		return nil
	}
	if !ok {
		s.run.strange.add("an answer to nothing that was asked")
		return nil
	}
	now := s.run.now()
	if m.kind != typeCallResult {
		s.run.strange.add("a CALLERROR from the server")
		return nil
	}
	if p.boot {
		return s.bootResult(c, m, now)
	}
	if c.answered.Load() == 0 {
		c.answered.Store(now)
	}
	s.run.latency.beat(p, now)
	return nil
}

func (s *light) bootResult(c *conn, m message, now int64) error {
	var result struct {
		Status string `json:"status"`
	}
	if accepted := json.Unmarshal(m.payload, &result) == nil && result.Status == "Accepted"; !accepted {
		s.run.strange.add("a boot that was answered " + result.Status)
		return nil
	}
	c.booted.Store(now)
	return s.call(c, "Heartbeat", "{}", pending{})
}

// beat sends a measured heartbeat. One that must wait for the answer to the last one counts from when it was due.
func (s *light) beat() {
	c := s.cur.Load()
	if c == nil || c.booted.Load() == 0 || !c.is(alive) {
		return
	}
	err := s.call(c, "Heartbeat", "{}", pending{beat: int64(s.run.o.StayInterval)})
	if err != nil {
		c.tcp.Close() //nolint:errcheck // the reader sees the end and notes it
	}
}

// ticket is a session cache for one server.
type ticket struct {
	state atomic.Pointer[tls.ClientSessionState]
}

// Get implements tls.ClientSessionCache.
func (t *ticket) Get(string) (*tls.ClientSessionState, bool) {
	s := t.state.Load()
	return s, s != nil
}

// Put implements tls.ClientSessionCache.
func (t *ticket) Put(_ string, s *tls.ClientSessionState) { t.state.Store(s) }
