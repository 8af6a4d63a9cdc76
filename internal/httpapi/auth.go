package httpapi

import (
	"context"
	"net/http"
	"strings"
)

// TokenVerifier says whether an API token is valid. It must not take longer for a token that is nearly right, and
// is called from many goroutines.
type TokenVerifier interface {
	VerifyToken(ctx context.Context, token string) (bool, error)
}

// requireToken lets requests with a valid bearer token pass (RFC 6750). Everything else is answered 401, before a
// byte of the body is read.
func (a *api) requireToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, given := bearer(r.Header.Get("Authorization"))
		if !given {
			unauthorized(w, `Bearer realm="chargeyard"`,
				"this needs the header Authorization: Bearer TOKEN; the first start printed a token, and `chargeyard token new` makes one")
			return
		}
		ok, err := a.o.Tokens.VerifyToken(r.Context(), token)
		switch {
		case err != nil:
			a.o.Log.Error("cannot check an API token", "error", err)
			writeProblem(w, problem(http.StatusServiceUnavailable, "API tokens cannot be read just now"))
		case !ok:
			a.o.Log.Warn("API token refused", "remote", r.RemoteAddr, "path", r.URL.Path)
			unauthorized(w, `Bearer realm="chargeyard", error="invalid_token"`, "this token is not valid here")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// bearer reads the token in a header Authorization. The scheme is case-insensitive (RFC 9110, 11.1).
func bearer(header string) (string, bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

func unauthorized(w http.ResponseWriter, challenge, detail string) {
	w.Header().Set("WWW-Authenticate", challenge)
	writeProblem(w, problem(http.StatusUnauthorized, detail))
}
