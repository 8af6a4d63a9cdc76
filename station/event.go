package station

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
)

// ConnectFailure is an attempt to connect that failed.
type ConnectFailure struct {
	URL    string // that was tried, identity included
	Err    error
	Status int           // HTTP status with which the CSMS refused; 0 when it did not get that far
	Retry  time.Duration // the wait before the next attempt; 0 for Dial, which makes none
}

// Delivery tells how a queued message ended.
type Delivery struct {
	Action      ocpp.Action
	MessageID   string
	Transaction string // the local key that was given to Enqueue
	Request     any    // as it was sent; nil when it could not be read from the queue
	Response    any    // nil when it was given up
	Err         error  // why it was given up; nil when it was delivered
	Attempts    int    // how often the CSMS failed to take it before, in this process
}

// SecurityEvent is what a SecurityEventNotification should tell the CSMS. The client does not send it by itself:
// whether it can depends on the version and on the boot.
type SecurityEvent struct {
	Type string // from the list of security events (2.1 Part 2 appendices, 2; the security whitepaper of 1.6)
	Info string
	Err  error // nil for an event that is no failure
}

// The security events that a client raises.
const (
	SecurityFailedToAuthenticate  = "FailedToAuthenticateAtCsms"
	SecurityInvalidCSMSCert       = "InvalidCsmsCertificate"
	SecurityInvalidTLSVersion     = "InvalidTLSVersion"
	SecurityInvalidTLSCipherSuite = "InvalidTLSCipherSuite"
	SecurityReconfigured          = "ReconfigurationOfSecurityParameters"
)

// TLS alerts (RFC 8446, 6).
const (
	alertHandshakeFailure = 40
	alertProtocolVersion  = 70
)

// securityEventOf tells whether a failed attempt to connect is a security event.
func securityEventOf(err error) (SecurityEvent, bool) {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	e := SecurityEvent{Err: err, Info: err.Error()}
	switch {
	case httpStatus(err) == http.StatusUnauthorized:
		e.Type = SecurityFailedToAuthenticate
	case errors.As(err, &verify), errors.As(err, &unknown):
		e.Type = SecurityInvalidCSMSCert
	case refusedWith(err, alertProtocolVersion):
		e.Type = SecurityInvalidTLSVersion
	case refusedWith(err, alertHandshakeFailure):
		e.Type = SecurityInvalidTLSCipherSuite
	}
	return e, e.Type != ""
}

// refusedWith reports whether the CSMS ended the TLS handshake with an alert. crypto/tls has no type for alerts on a
// network connection, only their text.
func refusedWith(err error, alert tls.AlertError) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && op.Err.Error() == alert.Error()
}

func httpStatus(err error) int {
	if s, ok := errors.AsType[*wsconn.StatusError](err); ok {
		return s.Code
	}
	return 0
}
