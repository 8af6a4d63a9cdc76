package station

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Profile is a security profile (OCPP 2.1 Part 2, A00; the security whitepaper of 1.6).
type Profile uint8

// The security profiles.
const (
	ProfileNone      Profile = iota // no credentials
	ProfileBasic                    // HTTP Basic authentication without TLS
	ProfileTLS                      // TLS with HTTP Basic authentication
	ProfileMutualTLS                // TLS with a client certificate
)

// NetworkProfile is one way to reach a CSMS: an entry of NetworkConfigurationPriority in 2.x.
type NetworkProfile struct {
	// URL is the endpoint, with scheme ws or wss and without the identity, which is appended (rule R1). Required.
	URL string

	// Password is that of HTTP Basic, in bytes (rule R60). Default: nil, no credential is sent; an empty one that
	// is not nil is sent. AuthorizationKey decodes the key of OCPP 1.6.
	Password []byte

	// User is that of HTTP Basic. Default: the identity, as OCPP demands; the network profile of 2.1 may have
	// another.
	User string

	// TLS is for wss: the roots that the CSMS is checked against and, for ProfileMutualTLS, the client certificate.
	// Default: the roots of the system, TLS 1.2 or newer.
	TLS *tls.Config

	// Attempts is how many connections in a row may fail before the next profile is tried
	// (NetworkProfileConnectionAttempts). Default: 3.
	Attempts int
}

const defaultProfileAttempts = 3

// SecurityProfile returns the security profile that a connection with this network profile has. TLS without a
// client certificate counts as ProfileTLS whether or not there is a password.
func (p NetworkProfile) SecurityProfile() Profile {
	scheme, _, _ := strings.Cut(p.URL, ":")
	switch {
	case strings.EqualFold(scheme, "wss") && p.hasCertificate():
		return ProfileMutualTLS
	case strings.EqualFold(scheme, "wss"):
		return ProfileTLS
	case p.Password != nil:
		return ProfileBasic
	}
	return ProfileNone
}

func (p NetworkProfile) hasCertificate() bool {
	return p.TLS != nil && (len(p.TLS.Certificates) > 0 || p.TLS.GetClientCertificate != nil)
}

func (p NetworkProfile) attempts() int {
	if p.Attempts <= 0 {
		return defaultProfileAttempts
	}
	return p.Attempts
}

func (p NetworkProfile) check() error {
	u, err := url.Parse(p.URL)
	switch {
	case err != nil:
		return fmt.Errorf("station: network profile: %w", err)
	case u.Scheme != "ws" && u.Scheme != "wss":
		return fmt.Errorf("station: network profile %s: the scheme must be ws or wss", u.Redacted())
	case u.Host == "":
		return fmt.Errorf("station: network profile %s: the host is missing", u.Redacted())
	case u.User != nil:
		return fmt.Errorf("station: network profile %s: the password belongs into Password", u.Redacted())
	case p.Password != nil && strings.Contains(p.User, ":"):
		return fmt.Errorf("station: network profile %s: a user of HTTP Basic has no colon", u.Redacted())
	case p.TLS != nil && p.TLS.MinVersion != 0 && p.TLS.MinVersion < tls.VersionTLS12:
		return fmt.Errorf("station: network profile %s: OCPP wants TLS 1.2 or newer", u.Redacted())
	}
	return nil
}

// connectionURL returns the endpoint, a slash and the percent-encoded identity (rule R1). A query of the endpoint
// stays behind the path.
func connectionURL(endpoint, identity string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", err
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/") + "/" + url.PathEscape(identity)
	if u.Path, err = url.PathUnescape(path); err != nil {
		return "", err
	}
	u.RawPath = path
	u.Fragment = ""
	return u.String(), nil
}

// ErrProfileLowered says that a network profile would lower the security profile (rule R64).
var ErrProfileLowered = errors.New("station: the security profile may be raised and never lowered")

func checkProfiles(list []NetworkProfile, identity string) error {
	if len(list) == 0 {
		return errors.New("station: Options.URL or Options.Profiles must say where the CSMS is")
	}
	for _, p := range list {
		if p.User == "" {
			p.User = identity
		}
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

// rotation walks through the network profiles (2.x B10): each gets its attempts, then the next has its turn, round
// and round. A round begins with the profile that worked last (B10.FR.07).
type rotation struct {
	list   []NetworkProfile
	floor  Profile // profiles below are passed over (rule R64)
	at     int
	failed int // attempts in a row of the current one
	turn   int // counts the changes of at and list: what an attempt was made with may be over when it ends
}

// current returns the profile to try next; false: none is at or above the floor.
func (r *rotation) current() (NetworkProfile, bool) {
	if !slices.ContainsFunc(r.list, r.allowed) {
		return NetworkProfile{}, false
	}
	for !r.allowed(r.list[r.at]) {
		r.advance()
	}
	return r.list[r.at], true
}

func (r *rotation) allowed(p NetworkProfile) bool { return p.SecurityProfile() >= r.floor }

func (r *rotation) advance() { r.begin((r.at + 1) % len(r.list)) }

// begin gives a profile its attempts.
func (r *rotation) begin(at int) {
	r.at, r.failed = at, 0
	r.turn++
}

// fail counts a failed attempt of the given turn.
func (r *rotation) fail(turn int) {
	if turn != r.turn {
		return
	}
	r.failed++
	if r.failed >= r.list[r.at].attempts() {
		r.advance()
	}
}

// succeed raises the floor to that of the profile that has now proved to work. It need not be the current one, nor be
// in the list any more.
func (r *rotation) succeed(p NetworkProfile) {
	r.failed = 0
	r.floor = max(r.floor, p.SecurityProfile())
}

// restart begins with the first profile, as after a power-on.
func (r *rotation) restart() { r.begin(0) }

// replace takes another list and begins with its first profile.
func (r *rotation) replace(list []NetworkProfile) {
	r.list = list
	r.restart()
}
