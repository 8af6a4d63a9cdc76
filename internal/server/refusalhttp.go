package server

import (
	"log"
	"net/http"
	"path"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// misdirected answers what asks the address of stations for another path than theirs. A station that does has a wrong
// URL, and its operator wants to know.
func (s *Server) misdirected(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		s.refusals.note(fleet.Refused{
			Station: path.Base(r.URL.Path), Address: r.RemoteAddr, Reason: refusedPath,
			Detail: "it asked for the path " + fleet.Clip(r.URL.Path, maxIdentity) + ". " + helpFor(refusedPath),
		})
	}
	http.NotFound(w, r)
}

// unclean reports whether a path has segments that are empty or name directories: /ocpp//CS-1, /ocpp/../CS-1.
func unclean(escaped string) bool {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		if segment == "." || segment == ".." || segment == "" && i > 0 && i < len(segments)-1 {
			return true
		}
	}
	return false
}

// stationLog is where net/http says what happened on the addresses of stations before there was a request: it alone knows
// which TLS handshake failed and why, and has no other way to tell. The text of a failed handshake becomes a refusal; all
// of it goes into the log.
func (s *Server) stationLog() *log.Logger {
	return log.New(handshakeLog{s.refusals, s.httpLog("stations")}, "", 0)
}

type handshakeLog struct {
	refusals *refusals
	log      *log.Logger
}

// Write takes one message.
func (l handshakeLog) Write(text []byte) (int, error) {
	if address, why, ok := parseHandshakeError(string(text)); ok {
		if reason := tlsReason(why); reason != "" {
			l.refusals.note(fleet.Refused{Address: address, Reason: reason, Detail: why + ". " + helpFor(reason)})
		}
	}
	return len(text), l.log.Output(2, string(text)) // the depth does not matter: no flag asks for the place
}

// parseHandshakeError reads what net/http writes about a failed TLS handshake.
func parseHandshakeError(text string) (address, why string, ok bool) {
	rest, ok := strings.CutPrefix(text, "http: TLS handshake error from ")
	if !ok {
		return "", "", false
	}
	address, why, ok = strings.Cut(strings.TrimSpace(rest), ": ")
	return address, why, ok
}

// tlsReason tells what is wrong with a client's certificate from other failures; "" for a socket that was only closed or
// silent, which is nobody's news.
func tlsReason(why string) string {
	switch {
	case strings.Contains(why, "failed to verify certificate"), strings.Contains(why, "client didn't provide a certificate"):
		return refusedCertificate
	case why == "EOF", strings.Contains(why, "i/o timeout"), strings.Contains(why, "use of closed network connection"), strings.Contains(why, "connection reset by peer"):
		return ""
	}
	return refusedTLS
}
