package fleet

import (
	"strings"
	"testing"
	"time"
)

func TestDecide(t *testing.T) {
	now := time.Now()
	token := IDToken{Value: "x"}
	for _, test := range []struct {
		name   string
		policy TokenPolicy
		token  IDToken
		record *Token
		want   Decision
	}{
		{"unknown", TokenPolicy{}, token, nil, Decision{Status: TokenAccepted, Unknown: true}},
		{"unknown, refused", TokenPolicy{RefuseUnknown: true}, token, nil, Decision{Status: TokenUnknown, Unknown: true}},
		{"too long", TokenPolicy{}, IDToken{Value: strings.Repeat("ü", MaxToken+1)}, nil, Decision{Status: TokenInvalid}},
		{"as long as it may be", TokenPolicy{}, IDToken{Value: strings.Repeat("ü", MaxToken)}, nil, Decision{Status: TokenAccepted, Unknown: true}},
		{"seen", TokenPolicy{RefuseUnknown: true}, token, &Token{Status: TokenUnknown}, Decision{Status: TokenUnknown, Unknown: true}},
		{"accepted", TokenPolicy{RefuseUnknown: true}, token, &Token{Status: TokenAccepted, Group: "g"}, Decision{Status: TokenAccepted, Group: "g"}},
		{"blocked", TokenPolicy{}, token, &Token{Status: TokenBlocked}, Decision{Status: TokenBlocked}},
		{"invalid", TokenPolicy{}, token, &Token{Status: TokenInvalid}, Decision{Status: TokenInvalid}},
		{"expires now", TokenPolicy{}, token, &Token{Status: TokenAccepted, Expiry: now}, Decision{Status: TokenExpired, Expiry: now}},
		{"expires soon", TokenPolicy{}, token, &Token{Status: TokenAccepted, Expiry: now.Add(1)}, Decision{Status: TokenAccepted, Expiry: now.Add(1)}},
		{"blocked and expired", TokenPolicy{}, token, &Token{Status: TokenBlocked, Expiry: now}, Decision{Status: TokenBlocked, Expiry: now}},
		{"none needed", TokenPolicy{RefuseUnknown: true}, IDToken{Type: "noauthorization"}, nil, Decision{Status: TokenAccepted}},
	} {
		if got := test.policy.Decide(test.token, test.record, now); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}
