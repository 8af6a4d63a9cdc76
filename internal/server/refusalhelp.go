package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chargeyard/chargeyard/csms"
)

// Why a station was turned away, in one word. The API names them, too.
const (
	refusedUnknown     = "unknown"
	refusedCredential  = "credential"
	refusedThrottled   = "throttled"
	refusedProfile     = "profile"
	refusedCertificate = "certificate"
	refusedTLS         = "tls"
	refusedIdentity    = "identity"
	refusedPath        = "path"
	refusedVersion     = "version"
	refusedHandshake   = "handshake"
	refusedDraining    = "draining"
	refusedBusy        = "busy"
	refusedError       = "error"
)

// reasonOf names a reason in one word.
func reasonOf(err error) string {
	for _, r := range [...]struct {
		err  error
		word string
	}{
		{csms.ErrUnknownStation, refusedUnknown},
		{csms.ErrTooManyAttempts, refusedThrottled},
		{csms.ErrBadCredential, refusedCredential},
		{csms.ErrProfile, refusedProfile},
		{csms.ErrCertificate, refusedCertificate},
		{csms.ErrBadIdentity, refusedIdentity},
		{csms.ErrNoVersion, refusedVersion},
		{csms.ErrNotWebSocket, refusedHandshake},
		{csms.ErrDraining, refusedDraining},
		{csms.ErrBusy, refusedBusy},
	} {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return refusedError
}

// explain says what was wrong, and what to do about it.
func explain(reason string, r csms.Refusal) string {
	fact := strings.ReplaceAll(r.Reason.Error(), "csms: ", "")
	if reason == refusedVersion && r.Request != nil {
		fact += fmt.Sprintf(" (it offers %q)", r.Request.Header.Values("Sec-WebSocket-Protocol"))
	}
	if help := helpFor(reason); help != "" {
		return fact + ". " + help
	}
	return fact
}

// helpFor says what an operator can do about refusals of one reason.
func helpFor(reason string) string {
	switch reason {
	case refusedUnknown:
		return "If it is yours, enter the key that the answer shows; --stations open would let any in."
	case refusedCredential:
		return "Enter its key as AuthorizationKey (OCPP 1.6) or BasicAuthPassword (2.x), with the identity as the user; POST /api/v1/stations/ID/key makes a new one."
	case refusedThrottled:
		return "Check the key; a new one from POST /api/v1/stations/ID/key ends the wait."
	case refusedProfile:
		return "Let it connect with TLS, or with a certificate if it has security profile 3; or delete it and create it with a lower securityProfile."
	case refusedCertificate:
		return "Its certificate must be signed by an authority of --client-ca, be valid today, and have the identity as its common name (CN)."
	case refusedTLS:
		return "Check that it trusts the authority of --tls-cert, uses wss:// at this address, and offers TLS 1.2 or later; --tls-rsa-suites helps very old ones."
	case refusedIdentity:
		return "Its URL must end in its identity: in OCPP 2.x at most 48 letters, digits and *-_=+|@. and in 1.6 anything that can be printed."
	case refusedPath:
		return "Its URL must be ws://HOST:PORT/ocpp/IDENTITY, or wss:// with TLS."
	case refusedVersion:
		return "Let it offer ocpp1.6, ocpp2.0.1 or ocpp2.1 as its WebSocket subprotocol."
	case refusedHandshake:
		return "Something other than a station asked, or a proxy in between does not pass WebSocket upgrades on."
	case refusedDraining:
		return "The server was stopping. The station comes back by itself."
	case refusedBusy:
		return "Nothing is wrong with it, and it comes back by itself. If it happens often, see --handshakes and --max-wait, and whether the store is slow."
	case refusedError:
		return "The log of the server says more."
	}
	return ""
}
