package fleet

import (
	"strings"
	"time"
	"unicode/utf8"
)

// IDToken identifies a driver: value and type. Two are the same when both are equal without regard to case
// (C01.FR.25). Type is "" in OCPP 1.6, which has none; that matches every type.
type IDToken struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// NoAuthorization is the type of the token of a station that needs none (C02.FR.01). It is always accepted.
const NoAuthorization = "NoAuthorization"

// Fold returns the token with both parts in lower case, as the key of tables.
func (t IDToken) Fold() IDToken {
	return IDToken{strings.ToLower(t.Value), strings.ToLower(t.Type)}
}

// IsZero reports whether there is no token at all.
func (t IDToken) IsZero() bool { return t == IDToken{} }

// TokenStatus says what a token may do. The statuses have the 2.x spelling, which 1.6 shares.
type TokenStatus string

// The token statuses.
const (
	TokenAccepted TokenStatus = "Accepted"
	TokenBlocked  TokenStatus = "Blocked"
	TokenExpired  TokenStatus = "Expired" // follows from Expiry; never stored
	TokenInvalid  TokenStatus = "Invalid"
	TokenUnknown  TokenStatus = "Unknown" // seen at a station, never created by the operator
)

// Token is a token that the system has on record.
type Token struct {
	IDToken
	Status    TokenStatus
	Group     string    // value of the group's token; "" none
	Expiry    time.Time // zero: never
	CreatedAt time.Time
	SeenAt    string // the station that used an unknown token first; "" otherwise
}

// TokenPolicy decides what becomes of tokens that are not on record. The zero TokenPolicy accepts them.
type TokenPolicy struct {
	RefuseUnknown bool // answer Invalid (1.6) or Unknown (2.x)
}

// Decision is the answer to the question whether a token may charge. The zero Decision belongs to an event
// without a token.
type Decision struct {
	Status  TokenStatus
	Unknown bool      // the token was not on record
	Group   string    // value of the group's token
	Expiry  time.Time // zero: none
}

// Accepted reports whether the token may charge.
func (d Decision) Accepted() bool { return d.Status == TokenAccepted }

// MaxToken is how many characters the value of a token may have, the most that any version allows.
const MaxToken = 255

// Decide answers for a token at a time. record is nil for one that is not on record. A token that no version allows to
// be so long is invalid, and not even an unknown one.
func (p TokenPolicy) Decide(t IDToken, record *Token, now time.Time) Decision {
	if strings.EqualFold(t.Type, NoAuthorization) {
		return Decision{Status: TokenAccepted}
	}
	if utf8.RuneCountInString(t.Value) > MaxToken || utf8.RuneCountInString(t.Type) > MaxToken {
		return Decision{Status: TokenInvalid}
	}
	if record == nil || record.Status == TokenUnknown {
		return Decision{Status: p.unknown(), Unknown: true}
	}
	d := Decision{Status: record.Status, Group: record.Group, Expiry: record.Expiry}
	if d.Status == TokenAccepted && !d.Expiry.IsZero() && !now.Before(d.Expiry) {
		d.Status = TokenExpired
	}
	return d
}

func (p TokenPolicy) unknown() TokenStatus {
	if p.RefuseUnknown {
		return TokenUnknown
	}
	return TokenAccepted
}
