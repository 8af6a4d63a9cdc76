package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
	"github.com/chargeyard/chargeyard/ocpptest"
	"github.com/chargeyard/chargeyard/station"
)

// asked is a server that these tests ask, by the command line.
type asked struct {
	t        *testing.T
	stations string // URL without the identity
	data     string
}

// ask starts a server. The commands find it, and a token for it, in the environment.
func ask(t *testing.T) *asked {
	t.Helper()
	a := &asked{t: t, data: sqlitetest.Dir(t)}
	t.Setenv("CHARGEYARD_API_TOKEN", "token-of-the-commands")
	ctx, cancel := context.WithCancel(context.Background())
	banner, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--ocpp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", a.data}, out, io.Discard)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("the server ended with %d", code)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	p := readBanner(t, banner)
	a.stations = p.stations
	t.Setenv("CHARGEYARD_SERVER", strings.TrimSuffix(p.api, "/api/v1"))
	return a
}

// want runs a command that must end with a code and say something, on standard output or error.
func (a *asked) want(code int, said string, args ...string) (out string) {
	a.t.Helper()
	got, out, errOut := try(a.t, args...)
	if got != code || !strings.Contains(out+errOut, said) {
		a.t.Errorf("%q: code %d, want %d and %q in:\n%s%s", args, got, code, said, out, errOut)
	}
	return out
}

// eventually repeats a command until it says something.
func (a *asked) eventually(said string, args ...string) {
	a.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		_, out, errOut := try(a.t, args...)
		if strings.Contains(out, said) {
			return
		}
		if time.Now().After(end) {
			a.t.Fatalf("%q does not say %q:\n%s%s", args, said, out, errOut)
		}
	}
}

// answerer is a raw station that answers what it is asked.
type answerer struct {
	*ocpptest.Peer
	t *testing.T
}

func (a *asked) connect(id, subprotocol string) *answerer {
	a.t.Helper()
	return a.connectWith(id, subprotocol, "")
}

// connectWith connects with a key.
func (a *asked) connectWith(id, subprotocol, key string) *answerer {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 10*time.Second)
	defer cancel()
	o := ocpptest.PeerOptions{Subprotocols: []string{subprotocol}, Header: http.Header{}}
	if password, err := station.AuthorizationKey(key); err == nil {
		o.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString(append([]byte(id+":"), password...)))
	}
	p, err := ocpptest.DialPeer(ctx, a.stations+"/"+id, o)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { p.Close() })
	if err := p.Conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		a.t.Fatal(err)
	}
	return &answerer{p, a.t}
}

// says sends a CALL and reads the answer.
func (s *answerer) says(action, payload string) string {
	s.t.Helper()
	if err := s.SendText(fmt.Sprintf(`[2,%q,%q,%s]`, action, action, payload)); err != nil {
		s.t.Fatal(err)
	}
	answer, err := s.ReadText()
	if err != nil || !strings.HasPrefix(answer, `[3,"`+action) {
		s.t.Fatalf("%s was answered %s %v", action, answer, err)
	}
	return answer
}

// answers reads a CALL in the background and answers it; %s in answer is its id. The channel then has the CALL.
func (s *answerer) answers(answer string) <-chan string {
	got := make(chan string, 1)
	go func() {
		call, err := s.ReadText()
		if err != nil {
			got <- err.Error()
			return
		}
		var frame []any
		if json.Unmarshal([]byte(call), &frame) == nil && answer != "" {
			err = s.SendText(fmt.Sprintf(answer, frame[1]))
		}
		got <- fmt.Sprint(call, err)
	}()
	return got
}

const boot16 = `{"chargePointVendor":"Müller\u001b[31m","chargePointModel":"充電器 One","firmwareVersion":"1.2"}`
