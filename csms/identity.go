package csms

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chargeyard/chargeyard/ocpp"
)

// The longest identities, in characters (rule R2).
const (
	maxIdentity16 = 255
	maxIdentity2x = 48
)

// pathIdentity returns the identity that the request's path names, percent-decoded: the wildcard {identity} of
// the pattern, or else the last segment.
func pathIdentity(r *http.Request) string {
	if id := r.PathValue("identity"); id != "" {
		return id
	}
	path := r.URL.EscapedPath()
	id, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil {
		return ""
	}
	return id
}

// checkIdentity applies the rule of the version: identifierString of at most 48 characters without a colon in
// 2.x (OCPP-J 2.1 Part 4, 3.1.1), anything printable in 1.6 and where the version is not known.
func checkIdentity(id string, v ocpp.Version) error {
	limit, allowed := maxIdentity16, unicode.IsPrint
	if v == ocpp.V201 || v == ocpp.V21 {
		limit, allowed = maxIdentity2x, identifierRune
	}
	if id == "" || !utf8.ValidString(id) || utf8.RuneCountInString(id) > limit {
		return fmt.Errorf("%w: empty, not UTF-8 or longer than %d characters", ErrBadIdentity, limit)
	}
	if id == "." || id == ".." { // clients and proxies take such a segment away (RFC 3986, 5.2.4): no path of an API could name it
		return fmt.Errorf("%w: %q names a directory in a URL, not a station", ErrBadIdentity, id)
	}
	for _, c := range id {
		if !allowed(c) {
			return fmt.Errorf("%w: it has the character %q", ErrBadIdentity, c)
		}
	}
	return nil
}

// identifierRune reports whether c may be in an identity of 2.x: identifierString without the colon.
func identifierRune(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.ContainsRune("*-_=+|@.", c)
}
