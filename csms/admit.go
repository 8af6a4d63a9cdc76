package csms

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/chargeyard/chargeyard/internal/wsconn"
	"github.com/chargeyard/chargeyard/ocpp"
)

// arrival is a request on its way to becoming a connection.
type arrival struct {
	number     uint64 // grows from request to request
	identity   string
	credential Credential
	admission  Admission
	agreement  agreement
	boot       *ocpp.BootStatus // nil when the server itself remembers the boots
}

// admit decides on a request before anything of it is answered. a.identity is set in any case.
func (s *Server) admit(r *http.Request) (a arrival, err error) {
	a.identity = pathIdentity(r)
	if !isHandshake(r) {
		return a, ErrNotWebSocket
	}
	a.agreement = negotiate(wsconn.Offered(r), s.options.Protocols, s.options.PreferServerOrder)
	if err := checkIdentity(a.identity, a.agreement.version()); err != nil {
		return a, err
	}
	if err := s.authenticate(r, &a); err != nil {
		return a, err
	}
	byDefault := first(a.admission.DefaultVersion, s.options.DefaultVersion)
	a.agreement = a.agreement.orDefault(s.options.Protocols, byDefault)
	if err := checkIdentity(a.identity, a.agreement.version()); err != nil {
		return a, err
	}
	a.boot, err = s.loadBoot(r.Context(), a.identity)
	return a, err
}

// authenticate fills in credential and admission.
func (s *Server) authenticate(r *http.Request, a *arrival) (err error) {
	if a.credential, err = requestCredential(r, a.identity); err != nil {
		return err
	}
	if err := s.checkCredential(r.Context(), a.identity, a.credential); err != nil {
		return err
	}
	if s.options.Authenticate != nil {
		admission, err := s.options.Authenticate(r.Context(), a.identity, a.credential, r)
		if err != nil {
			return err
		}
		if admission != nil {
			a.admission = *admission
		}
	}
	if lowest := max(s.options.MinProfile, a.admission.MinProfile); a.credential.Profile() < lowest {
		return fmt.Errorf("%w: %d, want %d", ErrProfile, a.credential.Profile(), lowest)
	}
	return nil
}

// checkCredential binds the credential to the identity: the Basic user (rule R60) and the certificate (rule R63).
func (s *Server) checkCredential(ctx context.Context, identity string, c Credential) error {
	if c.Basic && c.User != identity {
		return fmt.Errorf("%w: the user is %q, the path names %q", ErrBadCredential, c.User, identity)
	}
	if c.Certificates == nil {
		return nil
	}
	return s.options.Certificate.check(ctx, identity, c.Certificates[0])
}

// isHandshake tells a WebSocket handshake from other requests; the upgrade checks the rest.
func isHandshake(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
