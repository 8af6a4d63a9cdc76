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
	var ext wsflate.Extension
	up := ws.HTTPUpgrader{Timeout: upgradeTimeout, Header: o.Header}
	if name != "" { // given as a header, because ws would refuse a list that is not quite well-formed
		up.Header = maps.Clone(o.Header)
		if up.Header == nil {
			up.Header = make(http.Header, 1)
		}
		up.Header[headerSubprotocol] = []string{name}
	}
	if o.Compression {
		ext.Parameters = deflateOffer()
		up.Negotiate = declining(ext.Negotiate)
	}
	nc, rw, _, err := up.Upgrade(r, w)
	if err != nil {
		if nc != nil {
			nc.Close() //nolint:errcheck // the handshake has failed already
		}
		return nil, fmt.Errorf("wsconn: handshake: %w", err)
	}
	_, deflate := ext.Accepted()
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

// buffered returns what the peer sent right behind its handshake.
func buffered(r *bufio.Reader) []byte {
	if r == nil || r.Buffered() == 0 {
		return nil
	}
	b, _ := r.Peek(r.Buffered()) // cannot fail: the bytes are here
	return append([]byte(nil), b...)
}
