package wsconn

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// DialOptions say how a client connects. The zero value works for a ws URL without authentication.
type DialOptions struct {
	Options
	// Subprotocols are offered in this order, the preferred one first (R3).
	Subprotocols []string
	// Basic, when not nil, is sent as HTTP Basic authentication.
	Basic *Basic
	// Header is added to the request.
	Header http.Header
	// TLS is the configuration for wss URLs. nil is the default of crypto/tls with the URL's host as
	// ServerName; an empty ServerName is filled in likewise.
	TLS *tls.Config
	// DialContext makes the network connection below TLS. nil is that of a net.Dialer.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Timeout bounds connecting and the handshakes. Default 30 s.
	Timeout time.Duration
}

const defaultDialTimeout = 30 * time.Second

// Basic is a user and a password of any bytes; the user has no colon (R60).
type Basic struct {
	User     string
	Password []byte
}

func (b *Basic) header() string {
	return "Basic " + base64.StdEncoding.EncodeToString(append([]byte(b.User+":"), b.Password...))
}

// Dial connects to a ws or wss URL, whose escaped path is sent as it is. The connection reads from Conn.Start on.
// It is up to the caller what a server that chose no subprotocol is worth: Conn.Subprotocol is "" then.
//
// No redirect is followed (R7): an answer other than 101 is a *StatusError. Errors of the network and of ctx are
// wrapped.
func (e *Engine) Dial(ctx context.Context, rawURL string, o DialOptions) (*Conn, error) {
	setDefault(&o.Timeout, defaultDialTimeout)
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var status *StatusError
	d := o.dialer(&status)
	nc, br, hs, err := d.Dial(ctx, rawURL)
	if br != nil {
		defer ws.PutReader(br)
	}
	switch {
	case status != nil:
		return nil, status
	case err != nil:
		return nil, fmt.Errorf("wsconn: dial %s: %w", redacted(rawURL), err)
	}
	return e.dialled(nc, br, hs, o.Options)
}

// dialer translates the options.
func (o *DialOptions) dialer(status **StatusError) ws.Dialer {
	header := o.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if o.Basic != nil {
		header.Set("Authorization", o.Basic.header())
	}
	d := ws.Dialer{
		Protocols: o.Subprotocols,
		Header:    ws.HandshakeHeaderHTTP(header),
		TLSConfig: o.TLS,
		NetDial:   o.DialContext,
		WrapConn:  func(nc net.Conn) net.Conn { return &respeller{Conn: nc, offered: o.Subprotocols} },
		OnStatusError: func(code int, _ []byte, r io.Reader) {
			*status = readStatus(code, r)
		},
	}
	if o.Compression {
		d.Extensions = append(d.Extensions, deflateOffer().Option())
	}
	return d
}

// dialled makes a connection of a completed handshake.
func (e *Engine) dialled(nc net.Conn, br *bufio.Reader, hs ws.Handshake, o Options) (*Conn, error) {
	early := buffered(br)
	if r, ok := nc.(*respeller); ok {
		nc, early = r.Conn, append(early, r.head...)
	}
	deflate := false
	for _, x := range hs.Extensions {
		var p wsflate.Parameters
		if err := p.Parse(x); err != nil || !p.ServerNoContextTakeover {
			nc.Close() //nolint:errcheck // the handshake has failed already
			return nil, errors.New("wsconn: the server answered the offer of compression with parameters that were not offered")
		}
		deflate = true
	}
	return e.newConn(nc, agreed{client: true, subprotocol: hs.Protocol, deflate: deflate, early: early}, o)
}

// redacted is the URL without a password.
func redacted(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "an invalid URL"
	}
	return u.Redacted()
}

// StatusError is an answer to the handshake other than 101: the server is there and refuses.
type StatusError struct {
	Code   int // HTTP status
	Header http.Header
	Body   []byte // its first 1024 bytes
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("wsconn: the server answered the handshake with %d %s", e.Code, http.StatusText(e.Code))
}

// RetryAfter returns how long the server asks to stay away (RFC 9110, 10.2.3), 0 when it does not say.
func (e *StatusError) RetryAfter() time.Duration {
	v := e.Header.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return max(time.Duration(s)*time.Second, 0)
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// readStatus reads an answer as far as it can be read.
func readStatus(code int, r io.Reader) *StatusError {
	resp, err := http.ReadResponse(bufio.NewReader(r), nil)
	if err != nil {
		return &StatusError{Code: code, Header: http.Header{}}
	}
	defer resp.Body.Close() //nolint:errcheck // the answer was read as far as it is wanted
	var body bytes.Buffer
	body.ReadFrom(io.LimitReader(resp.Body, 1024)) //nolint:errcheck // a shorter body is no reason to lose the status
	return &StatusError{Code: resp.StatusCode, Header: resp.Header, Body: body.Bytes()}
}
