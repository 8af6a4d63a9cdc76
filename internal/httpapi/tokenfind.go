package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// findToken takes an id of the list, or a value that only one token has. A value may have colons itself: somebody pasted
// it into a path as it is.
func (a *api) findToken(ctx context.Context, id string) (fleet.Token, error) {
	for _, t := range []fleet.IDToken{parseTokenID(id), {Value: unescapeID(id)}} {
		if t.Value == "" {
			continue
		}
		p, err := a.o.Store.ListTokens(ctx, store.TokenQuery{Value: t.Value, Limit: store.MaxLimit})
		if err != nil {
			return fleet.Token{}, err
		}
		if found, ok, err := chooseToken(p.Items, t.Fold()); ok || err != nil {
			return found, err
		}
	}
	return fleet.Token{}, store.ErrNotFound
}

// chooseToken finds a token among those of one value.
func chooseToken(list []fleet.Token, id fleet.IDToken) (t fleet.Token, found bool, err error) {
	i := slices.IndexFunc(list, func(t fleet.Token) bool { return t.Fold() == id })
	switch {
	case i >= 0:
		return list[i], true, nil
	case id.Type != "" || len(list) == 0:
		return fleet.Token{}, false, nil
	case len(list) > 1:
		return fleet.Token{}, false, problem(http.StatusConflict, "several tokens have this value; use the id of the list, TYPE:VALUE")
	}
	return list[0], true, nil
}

// checkToken refuses a token that nobody could show to a station; value and kind say where it is in the request.
func checkToken(t fleet.IDToken, value, kind Fault) error {
	switch {
	case t.Value == "":
		value.Detail = "it is empty"
	case len([]rune(t.Value)) > fleet.MaxToken:
		value.Detail = "it is longer than any version of OCPP allows"
	case strings.ContainsFunc(t.Value, unprintable) || strings.TrimSpace(t.Value) != t.Value:
		value.Detail = "it has a character that cannot be printed, or a space at an end"
	case len([]rune(t.Type)) > maxTokenType || strings.ContainsFunc(t.Type, notInType):
		value, value.Detail = kind, "a type is at most 20 letters and digits"
	case t.Is(fleet.NoAuthorization):
		value, value.Detail = kind, "a station that asks for no token needs no record: it is accepted always"
	default:
		return nil
	}
	return problem(http.StatusUnprocessableEntity, "this cannot be a token", value)
}

// maxTokenType is how long a type may be (2.1, IdTokenType).
const maxTokenType = 20

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func notInType(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
}
