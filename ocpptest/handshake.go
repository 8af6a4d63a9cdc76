package ocpptest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it; it protects nothing
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// PeerOptions say how DialPeer connects. The zero value dials the network without authentication.
type PeerOptions struct {
	// DialContext makes the connection below TLS, such as Listener.DialContext. nil is that of a net.Dialer.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// TLS is for wss URLs.
	TLS *tls.Config
	// Subprotocols are offered in this order. nil sends no header.
	Subprotocols []string
	// Header is added to the request, and replaces what the handshake would send: to break it on purpose.
	Header http.Header
}

// StatusError is an answer to the handshake other than 101.
type StatusError struct {
	Code   int
	Header http.Header
}

func (e *StatusError) Error() string { return fmt.Sprintf("ocpptest: the server answered %d", e.Code) }

// DialPeer makes the client end of a connection to a ws or wss URL. An answer other than 101 is a *StatusError.
func DialPeer(ctx context.Context, rawURL string, o PeerOptions) (*Peer, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("ocpptest: %w", err)
	}
	conn, err := dial(ctx, u, o)
	if err != nil {
		return nil, fmt.Errorf("ocpptest: dial %s: %w", u.Redacted(), err)
	}
	p, err := handshake(ctx, conn, u, o)
	if err != nil {
		return nil, errors.Join(err, ignoreClosed(conn.Close()))
	}
	return p, nil
}

func dial(ctx context.Context, u *url.URL, o PeerOptions) (net.Conn, error) {
	if o.DialContext == nil {
		o.DialContext = new(net.Dialer).DialContext
	}
	secure := u.Scheme == "wss"
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[bool]string{false: "80", true: "443"}[secure])
	}
	conn, err := o.DialContext(ctx, "tcp", host)
	if err != nil || !secure {
		return conn, err
	}
	config := o.TLS.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if config.ServerName == "" {
		config.ServerName = u.Hostname()
	}
	t := tls.Client(conn, config)
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, ignoreClosed(conn.Close()))
	}
	return t, nil
}

// handshake sends the request and reads the answer (RFC 6455, 4.1).
func handshake(ctx context.Context, conn net.Conn, u *url.URL, o PeerOptions) (*Peer, error) {
	stop := context.AfterFunc(ctx, func() {
		conn.Close() //nolint:errcheck // to interrupt the handshake, which tells the error
	})
	defer stop()
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {newKey()},
	}}
	if len(o.Subprotocols) > 0 {
		r.Header.Set("Sec-WebSocket-Protocol", strings.Join(o.Subprotocols, ", "))
	}
	for k, v := range o.Header {
		r.Header[http.CanonicalHeaderKey(k)] = v
	}
	if err := r.Write(conn); err != nil {
		return nil, fmt.Errorf("ocpptest: handshake: %w", err)
	}
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, r)
	if err != nil {
		return nil, fmt.Errorf("ocpptest: handshake: %w", err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		resp.Body.Close() //nolint:errcheck // the connection is closed next
		return nil, &StatusError{Code: resp.StatusCode, Header: resp.Header}
	}
	if got, want := resp.Header.Get("Sec-WebSocket-Accept"), accept(r.Header.Get("Sec-WebSocket-Key")); got != want {
		return nil, fmt.Errorf("ocpptest: Sec-WebSocket-Accept is %q, want %q", got, want)
	}
	return &Peer{Conn: conn, Subprotocol: resp.Header.Get("Sec-WebSocket-Protocol"), client: true, r: br}, nil
}

// ignoreClosed is err unless it says that the connection is closed already.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func newKey() string {
	var b [16]byte
	rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

// accept is the proof that the key was understood (RFC 6455, 4.2.2).
func accept(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(h[:])
}

// AcceptPeer makes the server end of a connection from a request: the CSMS of a station test. subprotocol is echoed
// as it is; "" echoes none. Headers set on w are part of the answer. The peer belongs to the caller; the HTTP handler may return.
func AcceptPeer(w http.ResponseWriter, r *http.Request, subprotocol string) (*Peer, error) {
	key := r.Header.Get("Sec-WebSocket-Key")
	if key == "" {
		http.Error(w, "not a WebSocket handshake", http.StatusBadRequest)
		return nil, fmt.Errorf("ocpptest: %s %s is not a WebSocket handshake", r.Method, r.URL)
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("ocpptest: %w", err)
	}
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept(key) + "\r\n"
	if subprotocol != "" {
		head += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n"
	}
	var answer bytes.Buffer
	answer.WriteString(head)
	w.Header().Write(&answer) //nolint:errcheck // a bytes.Buffer takes everything
	answer.WriteString("\r\n")
	if _, err := conn.Write(answer.Bytes()); err != nil {
		return nil, errors.Join(fmt.Errorf("ocpptest: handshake: %w", err), ignoreClosed(conn.Close()))
	}
	return &Peer{Conn: conn, Subprotocol: subprotocol, r: rw.Reader}, nil
}
