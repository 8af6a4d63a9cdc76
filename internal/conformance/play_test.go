package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/chargeyard/chargeyard/ocpptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCases plays every case against the real server.
func TestCases(t *testing.T) {
	for _, f := range scripts(t) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			y := openYard(t, f.Server)
			for _, c := range f.Cases {
				t.Run(c.Name, func(t *testing.T) { play(t, y, c) })
			}
		})
	}
}

func scripts(t *testing.T) []*File {
	t.Helper()
	files, err := ReadFiles("testdata")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	return files
}

// player plays one case.
type player struct {
	y       *yard
	c       *Case
	values  Values
	links   map[string]*link // by identity
	at      *link            // whom the next line is about; nil before the first connect
	pending []chan reply     // of the API, the oldest first
}

// link is a station's connection.
type link struct {
	*ocpptest.Peer
	identity string
	calls    int
	sent     string // message id of the latest CALL to the server
	got      string // message id of the latest CALL from the server
}

func play(t *testing.T, y *yard, c *Case) {
	p := &player{y: y, c: c, values: Values{}, links: map[string]*link{}}
	p.values.Set("cs", `"`+c.Name+`"`)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	for _, s := range c.Steps {
		if err := p.step(ctx, s); err != nil {
			t.Errorf("%s: %s %s\n\t%v", s.At, s.Verb, s.Text, err)
			break
		}
	}
	if !t.Failed() {
		if err := p.finish(); err != nil {
			t.Errorf("%s: at the end: %v", c.Name, err)
		}
	}
	for _, l := range p.links {
		l.Close()
	}
	cancel()
	for _, answer := range p.pending {
		<-answer
	}
}

// finish looks whether anything was said or answered that nobody has looked at.
func (p *player) finish() error {
	if len(p.pending) > 0 {
		return fmt.Errorf("nobody looks at an answer of the API")
	}
	for _, l := range p.links {
		if err := p.quiet(l); err != nil {
			return fmt.Errorf("%s: %w", l.identity, err)
		}
	}
	return nil
}

// quiet demands that the next message is the answer to this one, whatever it says.
func (p *player) quiet(l *link) error {
	if err := l.SendText(`[2,"end","Heartbeat",{}]`); err != nil {
		return err
	}
	text, err := l.ReadText()
	if err == nil && !strings.HasPrefix(text, `[3,"end",`) && !strings.HasPrefix(text, `[4,"end",`) {
		err = fmt.Errorf("nobody expected %s", text)
	}
	return err
}

func (p *player) step(ctx context.Context, s Step) error {
	switch s.Verb {
	case "connect":
		return p.connect(ctx, s.Text)
	case "set", "default":
		name, value, _ := strings.Cut(s.Text, " ")
		if _, ok := p.values[name]; !ok || s.Verb == "set" {
			p.values.Set(name, strings.TrimSpace(p.values.Message(value)))
		}
		return nil
	case "api":
		text := p.request(s.Text)
		answer := make(chan reply, 1)
		p.pending = append(p.pending, answer)
		go func() { answer <- p.y.ask(ctx, text) }()
		return nil
	case "=>":
		return p.answered(s.Text)
	case "until":
		return p.until(ctx, s.Text)
	case "as":
		l, ok := p.links[p.values.Path(s.Text)]
		if !ok {
			return fmt.Errorf("no such station has connected")
		}
		p.at = l
		return nil
	}
	if p.at == nil {
		return fmt.Errorf("the station has not connected")
	}
	return p.talk(ctx, s)
}

func (p *player) talk(ctx context.Context, s Step) error {
	switch s.Verb {
	case ">":
		return p.say(s.Text)
	case "tx":
		return p.transact(s.Text)
	case "<":
		return p.hear(s.Text)
	case "close":
		l := p.at
		p.forget(l)
		l.Close()
		return p.until(ctx, "GET /stations/"+l.identity+` => 200 {"online":false}`)
	default: // closed
		l := p.at
		p.forget(l)
		defer l.Close()
		_, err := l.ReadClose()
		return err
	}
}

func (p *player) forget(l *link) {
	delete(p.links, l.identity)
	p.at = nil
}

// say sends what a line says.
func (p *player) say(text string) error {
	l := p.at
	first, rest, _ := strings.Cut(text, " ")
	switch {
	case first[0] == '[':
		return l.SendText(p.values.Message(text))
	case first[0] == '{':
		return l.SendText(fmt.Sprintf(`[3,%q,%s]`, l.got, p.values.Message(text)))
	case first == "error":
		code, detail, _ := strings.Cut(rest, " ")
		return l.SendText(fmt.Sprintf(`[4,%q,%q,%q,{}]`, l.got, code, detail))
	}
	kind := 2
	if first == "send" {
		kind = 6
		first, rest, _ = strings.Cut(rest, " ")
	}
	l.calls++
	l.sent = fmt.Sprintf("%s-%d", first, l.calls)
	return l.SendText(fmt.Sprintf(`[%d,%q,%q,%s]`, kind, l.sent, first, orEmpty(p.values.Message(rest))))
}

func orEmpty(payload string) string {
	if payload = strings.TrimSpace(payload); payload == "" {
		return "{}"
	}
	return payload
}

// hear reads a message and compares it with what a line says.
func (p *player) hear(text string) error {
	l := p.at
	got, err := p.read(l)
	if err != nil {
		return err
	}
	first, rest, _ := strings.Cut(text, " ")
	pattern := text
	switch {
	case first[0] == '[':
	case first[0] == '{':
		pattern = fmt.Sprintf(`[3,%q,%s]`, l.sent, text)
	case first == "error":
		pattern = fmt.Sprintf(`[4,%q,%q,"$any","$any"]`, l.sent, rest)
	default:
		pattern = fmt.Sprintf(`[2,"$any",%q,%s]`, first, orEmpty(rest))
	}
	if list := p.values.Differences(pattern, got, false); len(list) > 0 {
		return fmt.Errorf("the server said\n\t%s\n\t%s", got, strings.Join(list, "\n\t"))
	}
	var frame []json.RawMessage
	if err := json.Unmarshal([]byte(got), &frame); err != nil {
		return err
	}
	if string(frame[0]) == "2" {
		return json.Unmarshal(frame[1], &l.got)
	}
	return nil
}

// grace is how long a message may be on its way whose request was refused or timed out.
const grace = 2 * time.Second

// read reads the next message. A request to the API that was refused meanwhile will bring none.
func (p *player) read(l *link) (string, error) {
	type message struct {
		text string
		err  error
	}
	read := make(chan message, 1)
	go func() {
		text, err := l.ReadText()
		read <- message{text, err}
	}()
	var asked chan reply
	var refused reply
	var late <-chan time.Time
	if len(p.pending) > 0 {
		asked = p.pending[0]
	}
	for {
		select {
		case m := <-read:
			return m.text, m.err
		case answer := <-asked:
			asked <- answer // for whoever looks at it
			asked = nil
			if answer.err != nil || answer.status >= http.StatusBadRequest {
				refused, late = answer, time.After(grace)
			}
		case <-late:
			return "", fmt.Errorf("nothing came, and the API answered %d %s %v", refused.status, refused.body, refused.err)
		}
	}
}

// connect opens the socket of a station.
func (p *player) connect(ctx context.Context, text string) error {
	text, want, _ := strings.Cut(p.values.known(text), "=>")
	d, err := p.dialling(strings.Fields(text))
	if err != nil {
		return err
	}
	if old := p.links[d.identity]; old != nil {
		old.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	peer, err := ocpptest.DialPeer(ctx, d.url, d.options)
	if want = strings.TrimSpace(want); want != "" {
		return refusedAs(want, peer, err)
	}
	if err != nil {
		return err
	}
	if err := peer.Conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	p.at = &link{Peer: peer, identity: d.identity}
	p.links[d.identity] = p.at
	here := peer.Conn.LocalAddr().String() // the connection before may still be there
	return p.until(ctx, "GET /stations/"+d.identity+fmt.Sprintf(` => 200 {"online":true,"address":%q}`, here))
}

// answered compares the answer to the oldest request.
func (p *player) answered(want string) error {
	if len(p.pending) == 0 {
		return fmt.Errorf("nobody asked the API")
	}
	answer := p.pending[0]
	p.pending = p.pending[1:]
	select {
	case got := <-answer:
		return p.compareReply(want, got)
	case <-time.After(patience):
		p.pending = append(p.pending, answer)
		return fmt.Errorf("the API does not answer")
	}
}

func (p *player) compareReply(want string, got reply) error {
	status, body, _ := strings.Cut(strings.TrimSpace(want), " ")
	if got.err != nil {
		return got.err
	}
	if fmt.Sprint(got.status) != status {
		return fmt.Errorf("the API answered %d %s", got.status, got.body)
	}
	if body = strings.TrimSpace(body); body == "" {
		return nil
	}
	if list := p.values.Differences(body, got.body, true); len(list) > 0 {
		return fmt.Errorf("the API answered %d %s\n\t%s", got.status, got.body, strings.Join(list, "\n\t"))
	}
	return nil
}

// until asks again and again until the answer is right.
func (p *player) until(ctx context.Context, text string) error {
	request, want, ok := strings.Cut(text, "=>")
	if !ok {
		return fmt.Errorf("until what?")
	}
	request = p.request(strings.TrimSpace(request))
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var wrong error // the latest answer that was not the right one
	for end := time.After(patience); ; {
		got := p.y.ask(ctx, request)
		err := p.compareReply(want, got)
		if err == nil {
			return nil
		}
		if got.err == nil {
			wrong = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(err, wrong)
		case <-end:
			return errors.Join(err, wrong)
		}
	}
}

// request replaces the names in METHOD PATH BODY.
func (p *player) request(text string) string {
	method, rest, _ := strings.Cut(text, " ")
	path, body, _ := strings.Cut(rest, " ")
	return method + " " + p.values.Path(path) + " " + p.values.Message(strings.TrimSpace(body))
}
