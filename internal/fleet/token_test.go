package fleet

import (
	"reflect"
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
		{"unknown", TokenPolicy{}, token, nil, Decision{Status: TokenAccepted, Reason: ReasonUnknownTaken, Unknown: true}},
		{"unknown, refused", TokenPolicy{RefuseUnknown: true}, token, nil, Decision{Status: TokenUnknown, Reason: ReasonUnknownRefused, Unknown: true}},
		{"too long", TokenPolicy{}, IDToken{Value: strings.Repeat("ü", MaxToken+1)}, nil, Decision{Status: TokenInvalid, Reason: ReasonMalformed}},
		{"as long as it may be", TokenPolicy{}, IDToken{Value: strings.Repeat("ü", MaxToken)}, nil, Decision{Status: TokenAccepted, Reason: ReasonUnknownTaken, Unknown: true}},
		{"seen", TokenPolicy{RefuseUnknown: true}, token, &Token{Status: TokenUnknown}, Decision{Status: TokenUnknown, Reason: ReasonUnknownRefused, Unknown: true}},
		{"accepted", TokenPolicy{RefuseUnknown: true}, token, &Token{Status: TokenAccepted, Group: "g"}, Decision{Status: TokenAccepted, Reason: ReasonOnRecord, Group: "g"}},
		{"blocked", TokenPolicy{}, token, &Token{Status: TokenBlocked}, Decision{Status: TokenBlocked, Reason: ReasonBlocked}},
		{"invalid", TokenPolicy{}, token, &Token{Status: TokenInvalid}, Decision{Status: TokenInvalid, Reason: ReasonInvalid}},
		{"expires now", TokenPolicy{}, token, &Token{Status: TokenAccepted, Expiry: now}, Decision{Status: TokenExpired, Reason: ReasonExpired, Expiry: now}},
		{"expires soon", TokenPolicy{}, token, &Token{Status: TokenAccepted, Expiry: now.Add(1)}, Decision{Status: TokenAccepted, Reason: ReasonOnRecord, Expiry: now.Add(1)}},
		{"blocked and expired", TokenPolicy{}, token, &Token{Status: TokenBlocked, Expiry: now}, Decision{Status: TokenBlocked, Reason: ReasonBlocked, Expiry: now}},
		{"none needed", TokenPolicy{RefuseUnknown: true}, IDToken{Type: "noauthorization"}, nil, Decision{Status: TokenAccepted, Reason: ReasonNoneNeeded}},
		{"made up for a remote start", TokenPolicy{RefuseUnknown: true}, IDToken{"x", "central"}, nil, Decision{Status: TokenAccepted, Reason: ReasonVouched}},
		{"and blocked since", TokenPolicy{}, IDToken{"x", "central"}, &Token{Status: TokenBlocked}, Decision{Status: TokenBlocked, Reason: ReasonBlocked}},
		{"paid for", TokenPolicy{RefuseUnknown: true}, IDToken{"x", "DirectPayment"}, nil, Decision{Status: TokenAccepted, Reason: ReasonVouched}},
		{"a code that nobody has", TokenPolicy{}, IDToken{"1234", "KeyCode"}, nil, Decision{Status: TokenInvalid, Reason: ReasonWrongCode}},
		{"a code", TokenPolicy{RefuseUnknown: true}, IDToken{"1234", "KeyCode"}, &Token{Status: TokenAccepted}, Decision{Status: TokenAccepted, Reason: ReasonOnRecord}},
	} {
		got := test.policy.Decide(Question{Token: test.token, At: now}, Facts{Record: test.record})
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

// Every decision can say why in words, and in one word.
func TestEveryDecisionHasWords(t *testing.T) {
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	seen := map[DecisionReason]string{}
	note := func(d Decision) {
		if d.Reason == ReasonNone || d.Words() == "" || d.Words() == string(d.Reason) {
			t.Errorf("%+v says %q", d, d.Words())
		}
		seen[d.Reason] = d.Words()
	}
	for _, policy := range []TokenPolicy{{}, {RefuseUnknown: true}} {
		for _, kind := range []string{"", "ISO14443", KeyCode, CentralToken, NoAuthorization, strings.Repeat("x", 300)} {
			for _, record := range []*Token{nil, {Status: TokenAccepted}, {Status: TokenAccepted, Expiry: now}, {Status: TokenBlocked}, {Status: TokenInvalid}, {Status: TokenUnknown}, {Status: TokenNoCredit}} {
				note(policy.Decide(Question{Token: IDToken{"x", kind}, At: now}, Facts{Record: record}))
			}
		}
	}
	for _, test := range limits(now) {
		note(TokenPolicy{}.Decide(test.q, test.f))
	}
	if len(seen) != len(DecisionReasons()) || !strings.HasSuffix(seen[ReasonExpired], "2026-05-01T00:00:00Z") {
		t.Errorf("%d reasons: %v", len(seen), seen)
	}
	if none := (Decision{}).Words(); none != "" {
		t.Errorf("without a token: %q", none)
	}
}

func TestACodeIsNeverShown(t *testing.T) {
	if got := (IDToken{"1234", "keycode"}).Shown(); got.Value != "****" || got.Type != "keycode" {
		t.Errorf("shown: %+v", got)
	}
	if got := (IDToken{strings.Repeat("x", 5000), "eMAID"}).Shown(); len(got.Value) != 4*MaxToken {
		t.Errorf("%d bytes are shown", len(got.Value))
	}
}
