package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chargeyard/chargeyard/internal/store/sqlitetest"
	"github.com/chargeyard/chargeyard/ocpptest"
)

const apiToken = "api-token-of-the-tests"

// patience bounds everything that a test waits for.
const patience = 10 * time.Second

// rig is a server that serves on free ports of the loopback interface.
type rig struct {
	t      *testing.T
	srv    *Server
	log    *lockedBuffer
	banner *lockedBuffer
	cancel context.CancelFunc
	ended  chan error
	once   sync.Once
	err    error
}

// serve runs a server until the end of the test, or until stop.
func serve(t *testing.T, cfg Config) *rig {
	t.Helper()
	return serveLogging(t, cfg, slog.LevelInfo)
}

// serveLogging is serve that logs from a level on.
func serveLogging(t *testing.T, cfg Config, level slog.Level) *rig {
	t.Helper()
	r := &rig{t: t, log: &lockedBuffer{}, banner: &lockedBuffer{}, ended: make(chan error, 1)}
	if cfg.OCPP == "" {
		cfg.OCPP = "127.0.0.1:0"
	}
	if cfg.DrainWindow == 0 {
		cfg.DrainWindow = InterruptWindow
	}
	cfg.HTTP = "127.0.0.1:0"
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	sqlitetest.LaySchema(t, cfg.Data)
	cfg.APIToken = apiToken
	cfg.Log, cfg.Banner = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: level})), r.banner
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	srv, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.srv = srv
	go func() { r.ended <- srv.Run(ctx) }()
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	r.eventually("it is ready", func() bool {
		resp, err := http.Get("http://" + srv.APIAddr().String() + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return r
}

// stop ends the server as a signal does and returns what Run returned.
func (r *rig) stop() error {
	r.once.Do(func() {
		r.cancel()
		select {
		case r.err = <-r.ended:
		case <-time.After(patience):
			r.err = errors.New("the server did not stop")
		}
		http.DefaultClient.CloseIdleConnections()
	})
	return r.err
}

// eventually waits until f holds.
func (r *rig) eventually(what string, f func() bool) {
	r.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !f() {
		select {
		case <-tick.C:
		case <-end:
			r.t.Fatalf("waited in vain until %s\n%s", what, r.log)
		}
	}
}

// api sends a request with the token and demands a status. It returns the answer's object.
func (r *rig) api(method, path, body string, want int) map[string]any {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.srv.APIAddr().String()+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		r.t.Fatalf("%s %s: status %d, want %d: %s %v", method, path, resp.StatusCode, want, content, err)
	}
	var m map[string]any
	if len(content) > 0 {
		if err := json.Unmarshal(content, &m); err != nil {
			r.t.Fatalf("%s %s: %v in %s", method, path, err, content)
		}
	}
	return m
}

// items returns the items of a list.
func (r *rig) items(path string) []map[string]any {
	r.t.Helper()
	var list []map[string]any
	for _, item := range r.api(http.MethodGet, path, "", http.StatusOK)["items"].([]any) {
		list = append(list, item.(map[string]any))
	}
	return list
}

// create makes a known station and returns its key.
func (r *rig) create(id string, profile int) string {
	r.t.Helper()
	got := r.api(http.MethodPost, "/stations", fmt.Sprintf(`{"id":%q,"securityProfile":%d}`, id, profile), http.StatusCreated)
	if c, ok := got["credential"].(map[string]any); ok {
		return c["key"].(string)
	}
	return ""
}

// peer is a raw station.
type peer struct {
	*ocpptest.Peer
	t *testing.T
	n int
}

// login says how a raw station connects.
type login struct {
	password []byte // nil: no Basic
	tls      *tls.Config
}

// dial connects a raw station to the listener, and returns the error of the handshake.
func (r *rig) dial(id, subprotocol string, l login) (*peer, error) {
	r.t.Helper()
	addrs := r.srv.StationAddrs()
	url := "ws://" + addrs[0].String()
	if l.tls != nil {
		url = "wss://" + addrs[len(addrs)-1].String()
	}
	o := ocpptest.PeerOptions{TLS: l.tls, Subprotocols: []string{subprotocol}, Header: http.Header{}}
	if l.password != nil {
		o.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString(append([]byte(id+":"), l.password...)))
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	p, err := ocpptest.DialPeer(ctx, url+"/ocpp/"+id, o)
	if err != nil {
		return nil, err
	}
	if err := p.Conn.SetDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { p.Close() })
	return &peer{Peer: p, t: r.t}, nil
}

// connect is dial that must succeed. The heartbeat shows that the server has the connection: the answer to the
// handshake may arrive before that.
func (r *rig) connect(id, subprotocol string, l login) *peer {
	r.t.Helper()
	p, err := r.dial(id, subprotocol, l)
	if err != nil {
		r.t.Fatal(err)
	}
	p.call("Heartbeat", `{}`)
	return p
}

// refused demands that the handshake is answered with a status.
func (r *rig) refused(id string, l login, status int) {
	r.t.Helper()
	_, err := r.dial(id, "ocpp1.6", l)
	var got *ocpptest.StatusError
	if !errors.As(err, &got) || got.Code != status {
		r.t.Errorf("%s: %v, want status %d", id, err, status)
	}
}

// call sends a CALL and returns the payload of its CALLRESULT.
func (p *peer) call(action, payload string) map[string]any {
	p.t.Helper()
	p.n++
	id := fmt.Sprintf("%s-%d", action, p.n)
	if err := p.SendText(fmt.Sprintf(`[2,%q,%q,%s]`, id, action, payload)); err != nil {
		p.t.Fatal(err)
	}
	frame := p.read()
	if frame[0] != 3.0 || frame[1] != id {
		p.t.Fatalf("%s was answered %v", action, frame)
	}
	return frame[2].(map[string]any)
}

// serveCall reads a CALL, demands its action, and answers it.
func (p *peer) serveCall(action, answer string) (payload map[string]any) {
	p.t.Helper()
	frame := p.read()
	if frame[0] != 2.0 || frame[2] != action {
		p.t.Errorf("got %v, want a CALL of %s", frame, action)
		return nil
	}
	if err := p.SendText(fmt.Sprintf(`[3,%q,%s]`, frame[1], answer)); err != nil {
		p.t.Error(err)
	}
	payload, _ = frame[3].(map[string]any)
	return payload
}

func (p *peer) read() []any {
	p.t.Helper()
	text, err := p.ReadText()
	if err != nil {
		p.t.Fatal(err)
	}
	var frame []any
	if err := json.Unmarshal([]byte(text), &frame); err != nil {
		p.t.Fatalf("%v in %s", err, text)
	}
	return frame
}

// lockedBuffer is a bytes.Buffer that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
