package stormtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpptest"
)

// dial connects and then is the station until the end of the connection.
func (c *conn) dial() {
	w := c.w
	p, err := ocpptest.DialPeer(context.Background(), w.web.URL+"/ocpp/"+c.identity, ocpptest.PeerOptions{
		Subprotocols: []string{c.version.Subprotocol()},
		Header:       http.Header{"X-Conn": {strconv.Itoa(c.n)}},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			w.dialing.Lock()
			defer w.dialing.Unlock()
			w.note(func() { w.linking = c })
			return w.web.Listener.DialContext(ctx, network, addr)
		},
	})
	w.note(func() {
		c.dialled, c.peer, c.dialErr = true, p, err
		c.heard, c.heardBefore = time.Now(), time.Now()
	})
	if err == nil {
		c.read()
	}
}

// read is the station's reader.
func (c *conn) read() {
	for {
		f, err := c.peer.ReadFrame()
		if err != nil {
			return
		}
		switch f.Op {
		case ocpptest.OpPing:
			c.write(func() error { return c.peer.SendOp(ocpptest.OpPong, f.Payload) })
		case ocpptest.OpText:
			c.message(string(f.Payload))
		case ocpptest.OpClose:
			c.closeFrame(f.Payload)
		}
	}
}

// write writes unless the link is dark, and notes that the server heard of the station.
func (c *conn) write(send func() error) {
	dark := false
	c.w.note(func() {
		if dark = c.dark; !dark {
			c.heard = time.Now()
		}
	})
	if dark {
		return
	}
	if err := send(); err != nil && !gone(err) {
		c.w.note(func() { c.w.fault("%v: writing: %v", c, err) })
	}
}

// gone says that the other end, or a fault of the link, ended the connection.
func gone(err error) bool {
	var op *net.OpError
	return errors.Is(err, net.ErrClosed) || errors.As(err, &op)
}

func (c *conn) closeFrame(p []byte) {
	code := uint16(1005)
	if len(p) >= 2 {
		code = uint16(p[0])<<8 | uint16(p[1])
	}
	c.w.note(func() { c.closed = code })
	if !c.rude {
		c.write(func() error { return c.peer.SendOp(ocpptest.OpClose, p) })
		// A real station closes its socket a little later; the server is faster.
	}
}

// message takes a text message of the server: a CALL, or the answer to a CALL of the station.
func (c *conn) message(text string) {
	w := c.w
	if strings.HasPrefix(text, "[2,") {
		var k *call
		w.note(func() { k = w.callOf(text) })
		if k == nil || k.c != c {
			w.note(func() { w.fault("%v got a CALL of another: %.100s", c, text) })
			return
		}
		if k.answer != answerLater {
			c.reply(k)
		}
		return
	}
	w.note(func() { c.answered(text) })
}

// answered matches an answer of the server with the oldest CALL: they come in order (rule R25); w.mu is held.
func (c *conn) answered(text string) {
	if len(c.expected) == 0 {
		c.w.fault("%v got an answer to nothing: %.100s", c, text)
		return
	}
	a := c.expected[0]
	c.expected = c.expected[1:]
	want := fmt.Sprintf(`[3,"%s",{"status":"Accepted","data":"%s"}]`, a.id, a.token())
	switch a.kind {
	case askRefused:
		want = fmt.Sprintf(`[4,"%s","GenericError","%s",{}]`, a.id, a.token())
	case askPanic:
		want = fmt.Sprintf(`[4,"%s","InternalError",`, a.id)
	}
	if !strings.HasPrefix(text, want) {
		c.w.fault("%v got %.100s; want %s", c, text, want)
	}
	a.answered = time.Now()
}

// reply answers a CALL of the server, in time or late, as the call says.
func (c *conn) reply(k *call) {
	var id string
	c.w.note(func() {
		id = k.id
		if k.answeredAt.IsZero() && !c.dark {
			k.answeredAt = time.Now()
		}
	})
	result := fmt.Sprintf(`[3,"%s",{"status":"Accepted","data":"%s"}]`, id, k.token())
	texts := []string{result}
	switch k.answer {
	case answerError:
		texts = []string{fmt.Sprintf(`[4,"%s","GenericError","%s",{}]`, id, k.token())}
	case answerTwice:
		texts = []string{result, result}
	case answerStranger:
		texts = []string{`[3,"nobody asked",{"status":"Accepted","data":"c0"}]`, `[4,"","GenericError","c0",{}]`, result}
	case answerPrompt, answerLater:
	}
	for _, text := range texts {
		c.write(func() error { return c.peer.SendText(text) })
	}
}

// ask sends a CALL or SEND of the station.
func (c *conn) ask(a *ask) {
	c.asking.Lock() // the order of the model is the order on the wire
	defer c.asking.Unlock()
	c.w.note(func() {
		if !a.retry {
			c.queue = append(c.queue, a)
		}
		if a.kind != askSend {
			c.expected = append(c.expected, a)
		}
	})
	text := fmt.Sprintf(`[2,"%s","DataTransfer",{"vendorId":"sim","data":"%s"}]`, a.id, a.token())
	if a.kind == askSend {
		text = fmt.Sprintf(`[6,"%s","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":0,"v":"%s"}]}]`,
			a.id, a.token())
	}
	c.write(func() error { return c.peer.SendText(text) })
}

// breakRule sends an unmasked frame.
func (c *conn) breakRule() {
	c.write(func() error {
		return c.peer.Send(ocpptest.Frame{Fin: true, Op: ocpptest.OpText, Payload: []byte("[]")})
	})
}

// tap sees when a CALL of the server goes out: once, and never while another one is outstanding (rule R13).
func (w *world) tap(f ocpp.Frame) {
	if f.Inbound || !strings.HasPrefix(string(f.Data[:3]), "[2,") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	text := string(f.Data)
	k := w.callOf(text)
	if k == nil {
		w.fault("an unknown CALL went out: %.100s", text)
		return
	}
	if !k.wiredAt.IsZero() {
		w.fault("%v went out twice", k)
	}
	if other := k.c.outstanding(); other != nil {
		k.beside = other
	}
	k.id, _, _ = strings.Cut(text[len(`[2,"`):], `"`)
	k.wiredAt = time.Now()
	k.c.wire = append(k.c.wire, k)
}

// callOf finds the call of a CALL by its data; w.mu is held.
func (w *world) callOf(text string) *call {
	_, rest, _ := strings.Cut(text, `"data":"c`)
	digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 1 {
		return nil
	}
	n, err := strconv.Atoi(rest[:digits])
	if err != nil || n >= len(w.calls) {
		return nil
	}
	return w.calls[n]
}
