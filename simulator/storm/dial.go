package storm

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6455, 4.2.2 demands it
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	dialTimeout = 30 * time.Second // connecting and the handshakes together
	readBuffer  = 512              // bytes; what is larger is read past the buffer
)

// dialer makes the connections of all light stations.
type dialer struct {
	o       *Options
	address string // host and port
	host    string // Host header
	path    string // escaped, without the identity
	secure  bool
	sources []*net.Dialer
	small   []*net.Dialer // the same for stations that will stop reading
	turn    atomic.Uint64
}

func newDialer(o *Options) (*dialer, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	d := &dialer{o: o, host: u.Host, path: strings.TrimSuffix(u.EscapedPath(), "/"), secure: u.Scheme == "wss"}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[d.secure]
	}
	addr, err := net.ResolveTCPAddr("tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("storm: the host of %s: %w", o.URL, err)
	}
	d.address = addr.String()
	d.sources = []*net.Dialer{{KeepAlive: -1}}
	if len(o.Sources) > 0 {
		d.sources = nil
	}
	for _, ip := range o.Sources {
		d.sources = append(d.sources, &net.Dialer{KeepAlive: -1, LocalAddr: &net.TCPAddr{IP: ip}, Control: bindLate})
	}
	for _, source := range d.sources {
		small := *source
		small.Control = receiveLittle(source.Control)
		d.small = append(d.small, &small)
	}
	return d, nil
}

// tcp opens a socket from the next source address.
func (d *dialer) tcp(ctx context.Context, small bool) (*net.TCPConn, error) {
	sources := d.sources
	if small {
		sources = d.small
	}
	nc, err := sources[d.turn.Add(1)%uint64(len(sources))].DialContext(ctx, "tcp", d.address)
	if err != nil {
		return nil, err
	}
	return nc.(*net.TCPConn), nil
}

// dial connects a station and completes the handshakes.
func (d *dialer) dial(ctx context.Context, s *light) (_ *conn, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	tcp, err := d.tcp(ctx, s.stops)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: tcp, tcp: tcp}
	stop := context.AfterFunc(ctx, func() { tcp.Close() }) //nolint:errcheck // makes the handshake fail
	defer func() {
		stop()
		if err != nil {
			tcp.Close() //nolint:errcheck // the handshake has failed already
			err = errors.Join(ctx.Err(), err)
		}
	}()
	if d.secure {
		if c.Conn, err = d.tls(ctx, tcp, s); err != nil {
			return nil, err
		}
	}
	c.br = newReader(c.Conn)
	if err := d.upgrade(c, s); err != nil {
		return nil, err
	}
	return c, nil
}

func (d *dialer) tls(ctx context.Context, tcp net.Conn, s *light) (net.Conn, error) {
	cfg, err := d.tlsConfig(s)
	if err != nil {
		return nil, err
	}
	c := tls.Client(tcp, cfg)
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, &tlsError{err}
	}
	if c.ConnectionState().DidResume {
		s.run.resumed.Add(1)
	}
	return c, nil
}

func (d *dialer) tlsConfig(s *light) (*tls.Config, error) {
	cfg := d.o.TLS.Clone()
	if cfg == nil {
		cfg = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = strings.Cut(d.host, ":")
	}
	cfg.ClientSessionCache = nil
	if d.o.Tickets {
		cfg.ClientSessionCache = &s.ticket
	}
	if d.o.ClientCert == nil {
		return cfg, nil
	}
	if s.cert == nil {
		cert, err := d.o.ClientCert(s.identity)
		if err != nil {
			return nil, fmt.Errorf("storm: certificate of %s: %w", s.identity, err)
		}
		s.cert = &cert
	}
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return s.cert, nil }
	return cfg, nil
}

// upgrade is the WebSocket handshake (RFC 6455, 4.1).
func (d *dialer) upgrade(c *conn, s *light) error {
	var nonce [16]byte
	rand.Read(nonce[:])
	key := base64.StdEncoding.EncodeToString(nonce[:])
	b := append([]byte("GET "), d.path...)
	b = append(append(b, '/'), url.PathEscape(s.identity)...)
	b = append(append(b, " HTTP/1.1\r\nHost: "...), d.host...)
	b = append(append(b, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "...), key...)
	b = append(append(b, "\r\nSec-WebSocket-Protocol: "...), d.o.Version.Subprotocol()...)
	if d.o.Password != nil {
		pair := s.identity + ":" + d.o.Password(s.identity)
		b = append(append(b, "\r\nAuthorization: Basic "...), base64.StdEncoding.EncodeToString([]byte(pair))...)
	}
	if _, err := c.Write(append(b, "\r\n\r\n"...)); err != nil {
		return err
	}
	return readUpgrade(c.br, key, d.o.Version.Subprotocol())
}

// readUpgrade reads the answer to the handshake.
func readUpgrade(r *bufio.Reader, key, subprotocol string) error {
	line, err := readLine(r)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil {
		return fmt.Errorf("storm: no HTTP answer: %.60q", line)
	}
	header := map[string]string{}
	for {
		if line, err = readLine(r); err != nil {
			return err
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		header[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455, 4.2.2 demands it
	switch {
	case status != 101:
		return &statusError{status, header["retry-after"]}
	case header["sec-websocket-accept"] != base64.StdEncoding.EncodeToString(sum[:]):
		return errors.New("storm: the handshake was answered with a wrong key")
	case !strings.EqualFold(header["sec-websocket-protocol"], subprotocol):
		return errors.New("storm: no version in common")
	}
	return nil
}

const maxLine = 8 << 10

func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) || len(line) > maxLine {
			return "", err
		}
	}
}
