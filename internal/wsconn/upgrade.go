package wsconn

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// upgradeTimeout bounds the writing of the handshake's answer.
const upgradeTimeout = 10 * time.Second

// UpgradeOptions say how a server answers a handshake. The zero value accepts it without a subprotocol.
type UpgradeOptions struct {
	Options
	// Choose picks the subprotocol. nil goes on without one.
	Choose Chooser
	// Header is added to the answer.
	Header http.Header
}

// Upgrade takes the socket of an HTTP request over and completes the WebSocket handshake. The HTTP handler has to
// return soon after it: the request, its buffers and its stack are garbage then. The connection reads from
// Conn.Start on.
//
// A request that is no handshake is answered with the fitting status (400, 405, 426, 505) and an error returned.
// When Options.Choose refuses, the handshake is completed without a subprotocol, the connection closed with 1002
// in the background, and the error is ErrNoSubprotocol (R5). After an error there is nothing left to answer.
func (e *Engine) Upgrade(w http.ResponseWriter, r *http.Request, o UpgradeOptions) (*Conn, error) {
	name, ok := "", true
	if o.Choose != nil {
		name, ok = o.Choose(Offered(r))
	}
	up := ws.HTTPUpgrader{Timeout: upgradeTimeout, Header: o.Header}
	answerSubprotocol(&up, r, name)
	var ext *wsflate.Extension
	if o.Compression && r.Header[headerExtensions] != nil {
		ext = &wsflate.Extension{Parameters: deflateOffer()}
		up.Negotiate = declining(ext.Negotiate)
	}
	nc, rw, _, err := up.Upgrade(r, w)
	if err != nil {
		if nc != nil {
			nc.Close() //nolint:errcheck // the handshake has failed already
		}
		return nil, fmt.Errorf("wsconn: handshake: %w", err)
	}
	deflate := false
	if ext != nil {
		_, deflate = ext.Accepted()
	}
	c, err := e.newConn(nc, agreed{subprotocol: name, deflate: deflate, early: buffered(rw.Reader)}, o.Options)
	if err != nil {
		return nil, err
	}
	if !ok {
		c.Close(CodeProtocolError, "no common subprotocol", ErrNoSubprotocol)
		return nil, ErrNoSubprotocol
	}
	return c, nil
}

// answerSubprotocol has the answer name the subprotocol. One of several is given as a header, because ws would refuse a
// list that is not quite well-formed; that costs a map.
func answerSubprotocol(up *ws.HTTPUpgrader, r *http.Request, name string) {
	if name == "" {
		return
	}
	if offer := r.Header[headerSubprotocol]; len(offer) == 1 && offer[0] == name && plainToken(name) {
		up.Protocol = func(string) bool { return true }
		return
	}
	up.Header = maps.Clone(up.Header)
	if up.Header == nil {
		up.Header = make(http.Header, 1)
	}
	up.Header[headerSubprotocol] = []string{name}
}

// plainToken reports whether s is surely a token (RFC 9110, 5.6.2). There are more.
func plainToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// buffered returns what the peer sent right behind its handshake.
func buffered(r *bufio.Reader) []byte {
	if r == nil || r.Buffered() == 0 {
		return nil
	}
	b, _ := r.Peek(r.Buffered()) // cannot fail: the bytes are here
	return append([]byte(nil), b...)
}
