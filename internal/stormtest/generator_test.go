package stormtest

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
)

// generate makes the events of the next step: one, or a burst of several at the same instant, every other burst about
// one identity.
func (w *world) generate() []event {
	n, among := 1, identities
	if w.rng.IntN(3) == 0 {
		n = 2 + w.rng.IntN(5)
		if w.rng.IntN(2) == 0 {
			i := w.rng.IntN(len(identities))
			among = identities[i : i+1]
		}
	}
	var burst []event
	for tries := 0; len(burst) < n && tries < 3*n; tries++ {
		if e := w.pick(among, n > 1); e.do != nil {
			burst = append(burst, e)
		}
	}
	return burst
}

// choice is one kind of event and how often it comes.
type choice struct {
	weight int
	alone  bool // not within a burst
	make   func(among []string) event
}

func (w *world) choices() []choice {
	return []choice{
		{18, false, w.connect},
		{18, false, w.callStation},
		{16, false, w.askServer},
		{10, false, w.answerCall},
		{6, false, w.giveUp},
		{12, false, w.letGoOne},
		{3, false, w.onLive("reset", func(c *conn) { w.ended(c, "network"); c.link.Reset() })},
		{2, false, w.onLive("socket closed", func(c *conn) { w.note(func() { c.says("network") }); c.peer.Close() })},
		{2, false, w.onLive("link cut inside a frame", w.cut)},
		{3, false, w.onLive("closed by the station", func(c *conn) {
			w.note(func() { c.says("closed by the peer 1000") })
			c.write(func() error { return c.peer.SendClose(1000, "") })
		})},
		{1, false, w.onLive("rule broken", func(c *conn) { w.note(func() { c.says("protocol 1002") }); c.breakRule() })},
		{2, false, w.closeStation},
		{5, false, w.onLive("half-open", func(c *conn) { w.note(func() { c.dark = true; c.slow() }); c.link.Blackhole() })},
		{4, false, w.onLive("stops reading", func(c *conn) { w.note(func() { c.paused = true; c.slow() }); c.link.ToClient.Pause() })},
		{6, false, w.resume},
		{1, false, w.hangUp},
		{12, true, w.pass},
	}
}

func (w *world) pick(among []string, burst bool) event {
	choices, sum := w.choices(), 0
	for _, c := range choices {
		sum += c.weight
	}
	n := w.rng.IntN(sum)
	for _, c := range choices {
		if n -= c.weight; n >= 0 {
			continue
		}
		if c.alone && burst {
			break
		}
		return c.make(among)
	}
	return w.connect(among)
}

func (w *world) one(among []string) string { return among[w.rng.IntN(len(among))] }

// some returns a random connection that fits, or nil.
func (w *world) some(among []string, fits func(*conn) bool) *conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fitting []*conn
	for _, c := range w.conns {
		for _, identity := range among {
			if c.identity == identity && fits(c) {
				fitting = append(fitting, c)
			}
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	return fitting[w.rng.IntN(len(fitting))]
}

// alive fits connections that have not ended, as far as the model knows.
func alive(c *conn) bool { return c.peer != nil && c.st != nil && c.cause == nil }

// talking fits those whose station can still be heard.
func talking(c *conn) bool { return alive(c) && !c.dark }

func (w *world) connect(among []string) event {
	odds := func(n int) bool { return w.rng.IntN(n) == 0 }
	c := &conn{w: w, n: len(w.conns), identity: w.one(among), version: ocpp.V16}
	if odds(2) {
		c.version = ocpp.V21
	}
	c.habits = habits{
		rude: odds(6), holdAuth: odds(8), holdConnect: odds(10), holdDisconnect: odds(10), callsBack: odds(10),
	}
	if odds(6) {
		c.victim = w.one(identities)
	}
	w.note(func() { w.conns = append(w.conns, c) })
	return event{fmt.Sprintf("%v connects %s %+v", c, c.version, c.habits), func() { go c.dial() }}
}

// ended notes that a connection ends in this step.
func (w *world) ended(c *conn, kind string) { w.note(func() { c.ends(kind) }) }

// onLive makes an event about a connection that lives and is heard.
func (w *world) onLive(what string, do func(*conn)) func([]string) event {
	return func(among []string) event {
		c := w.some(among, talking)
		if c == nil {
			return event{}
		}
		return event{fmt.Sprintf("%v: %s", c, what), func() { do(c) }}
	}
}

// slow notes since when bytes may wait for the station; w.mu is held.
func (c *conn) slow() {
	if c.slowSince.IsZero() {
		c.slowSince = time.Now()
	}
}

// cut breaks the link after the first bytes of a message.
func (w *world) cut(c *conn) {
	w.note(func() { c.says("network") })
	c.link.ToServer.CutAfter(int64(c.n % 16))
	c.peer.SendText(`[2,"cut","Heartbeat",{}]`) // it is meant to fail
}

func (w *world) resume(among []string) event {
	c := w.some(among, func(c *conn) bool { return c.paused && !c.dark })
	if c == nil {
		return event{}
	}
	return event{fmt.Sprintf("%v: reads again", c), func() {
		w.note(func() { c.paused = false })
		c.link.ToClient.Resume()
	}}
}

// closeStation is the server's application closing a connection, half-open ones too.
func (w *world) closeStation(among []string) event {
	c := w.some(among, alive)
	if c == nil {
		return event{}
	}
	st := c.st
	return event{fmt.Sprintf("%v: closed by the server", c), func() {
		w.ended(c, "closed 1000")
		st.Close(1000, "")
	}}
}

// hangUp is a station that gives up while the server authenticates it.
func (w *world) hangUp(among []string) event {
	c := w.some(among, func(c *conn) bool { return c.inAuth && !c.hungUp })
	if c == nil {
		return event{}
	}
	return event{fmt.Sprintf("%v: hangs up during its handshake", c), func() {
		w.note(func() { c.hungUp = true })
		c.link.Reset()
	}}
}

func (w *world) callStation(among []string) event {
	c := w.some(among, alive)
	if c == nil {
		return event{}
	}
	answer := [...]answering{
		answerPrompt, answerPrompt, answerPrompt, answerLater, answerLater, answerLater, answerError, answerTwice, answerStranger,
	}[w.rng.IntN(9)]
	padding := 0
	if w.rng.IntN(5) == 0 {
		padding = w.rng.IntN(12 << 10)
	}
	st, patience := c.st, time.Hour
	if w.rng.IntN(4) == 0 {
		patience = time.Duration(w.rng.IntN(50)) * time.Second
	}
	return event{fmt.Sprintf("%v: is called, answer %d, %d bytes, patience %v", c, answer, padding, patience), func() {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			w.call(ctx, c, st, answer, padding)
		}()
	}}
}

// answerCall answers a CALL that the station holds back, however late it is.
func (w *world) answerCall(among []string) event {
	var k *call
	c := w.some(among, func(c *conn) bool { return talking(c) && c.heldBack() != nil })
	if c == nil {
		return event{}
	}
	w.note(func() { k = c.heldBack() })
	return event{fmt.Sprintf("%v: is answered", k), func() { c.reply(k) }}
}

// heldBack returns a CALL that was not answered; w.mu is held.
func (c *conn) heldBack() *call {
	for _, k := range c.wire {
		if k.answer == answerLater && k.answeredAt.IsZero() {
			return k
		}
	}
	return nil
}

// giveUp ends the context of a call.
func (w *world) giveUp([]string) event {
	w.mu.Lock()
	defer w.mu.Unlock()
	var waiting []*call
	for _, k := range w.calls {
		if !k.done && k.ctx.Err() == nil {
			waiting = append(waiting, k)
		}
	}
	if len(waiting) == 0 {
		return event{}
	}
	k := waiting[w.rng.IntN(len(waiting))]
	return event{fmt.Sprintf("%v: its caller gives up", k), k.cancel}
}

// askServer has a station send a message, now and then one that was answered before.
func (w *world) askServer(among []string) event {
	c := w.some(among, func(c *conn) bool { return talking(c) && len(c.queue)+len(c.expected) < maxAsked })
	if c == nil {
		return event{}
	}
	a := &ask{n: len(w.asks), c: c, kind: asking(w.rng.IntN(int(askKinds))), other: w.one(identities)}
	a.id = fmt.Sprint("id-", a.n)
	if w.rng.IntN(2) == 0 {
		a.answer = answerLater
	}
	if a.kind == askSend && c.version != ocpp.V21 {
		a.kind = askEcho
	}
	if old := w.repeatable(c.identity); old != nil && w.rng.IntN(6) == 0 {
		a.retry, a.first, a.id, a.kind = true, old.n, old.id, askEcho
		old.repeated = true
	}
	w.note(func() { w.asks = append(w.asks, a) })
	return event{fmt.Sprintf("%v (kind %d, retry %v, other %s)", a, a.kind, a.retry, a.other), func() { c.ask(a) }}
}

// repeatable returns the message of a station that was answered last, if it may be repeated.
func (w *world) repeatable(identity string) *ask {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.asks) - 1; i >= 0 && i > len(w.asks)-12; i-- {
		a := w.asks[i]
		if a.c.identity == identity && !a.answered.IsZero() && time.Since(a.answered) < 5*time.Minute && !a.retry && !a.repeated && a.kind == askEcho {
			return a
		}
	}
	return nil
}

// letGoOne ends what a hook or a handler waits for.
func (w *world) letGoOne([]string) event {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.holds) == 0 {
		return event{}
	}
	h := w.holds[w.rng.IntN(len(w.holds))]
	w.forget(h)
	return event{h.label + ": goes on", func() { close(h.ch) }}
}

// pass lets time pass: none to speak of, some, a call timeout, several pings, or more than an idle timeout.
func (w *world) pass([]string) event {
	d := [...]time.Duration{
		time.Millisecond, time.Second, 5 * time.Second, 19 * time.Second, 30 * time.Second, 61 * time.Second, 190 * time.Second,
	}[w.rng.IntN(7)]
	return event{fmt.Sprint(d, " pass"), func() { time.Sleep(d) }}
}

func (w *world) shutDown(limit time.Duration) event {
	return event{fmt.Sprint("shutdown within ", limit), func() {
		w.note(func() { w.shutdowns++ })
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			if err := w.srv.Shutdown(ctx); err != nil && ctx.Err() == nil {
				w.note(func() { w.fault("Shutdown: %v", err) })
			}
		}()
	}}
}
