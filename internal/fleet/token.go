package fleet

import (
	"slices"
	"strings"
	"time"
)

// IDToken identifies a driver: value and type. Two are the same when both are equal without regard to case
// (C01.FR.25). Type is "" in OCPP 1.6, which has none; that matches every type.
type IDToken struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// The types of tokens that are not cards which somebody may have found, in the spelling of OCPP 2.x.
const (
	NoAuthorization = "NoAuthorization" // of a station that needs no token (C02.FR.01); always accepted
	KeyCode         = "KeyCode"         // a PIN that a driver typed (C04)
	CentralToken    = "Central"         // the management system made it up for a remote start (C05)
	DirectPayment   = "DirectPayment"   // a payment terminal has the driver's money (C18)
)

// Fold returns the token with both parts in lower case, as the key of tables.
func (t IDToken) Fold() IDToken {
	return IDToken{strings.ToLower(t.Value), strings.ToLower(t.Type)}
}

// Is reports whether the type is kind, without regard to case.
func (t IDToken) Is(kind string) bool { return strings.EqualFold(t.Type, kind) }

// IsZero reports whether there is no token at all.
func (t IDToken) IsZero() bool { return t == IDToken{} }

// Shown returns the token as records of what happened may show it: shortened, for a station can send anything, and
// without a code that a driver typed, which is a secret (C04.FR.04).
func (t IDToken) Shown() IDToken {
	shown := IDToken{Clip(t.Value, maxShown), Clip(t.Type, maxShown)}
	if t.Is(KeyCode) {
		shown.Value = hiddenCode
	}
	return shown
}

// maxShown is how many bytes of a token are shown: room for every token that is allowed.
const maxShown = 4 * MaxToken

// hiddenCode stands for a code that a driver typed.
const hiddenCode = "****"

// TokenStatus says what a token may do. The statuses have the 2.x spelling, which 1.6 shares.
type TokenStatus string

// The token statuses.
const (
	TokenAccepted TokenStatus = "Accepted"
	TokenBlocked  TokenStatus = "Blocked"
	TokenExpired  TokenStatus = "Expired" // follows from Expiry; never stored
	TokenInvalid  TokenStatus = "Invalid"
	TokenUnknown  TokenStatus = "Unknown" // seen at a station, never created by the operator
	TokenNoCredit TokenStatus = "NoCredit"
)

// The token statuses that are in no record: they follow from its terms, and from what goes on.
const (
	TokenConcurrent TokenStatus = "ConcurrentTx"
	TokenElsewhere  TokenStatus = "NotAtThisLocation"
	TokenNotNow     TokenStatus = "NotAtThisTime"
	TokenWrongEVSE  TokenStatus = "NotAllowedTypeEVSE" // it may charge at the station, but not at this EVSE
)

// TokenStatuses are those that a decision may have.
func TokenStatuses() []TokenStatus {
	return []TokenStatus{
		TokenAccepted, TokenBlocked, TokenExpired, TokenInvalid, TokenUnknown, TokenNoCredit,
		TokenConcurrent, TokenElsewhere, TokenNotNow, TokenWrongEVSE,
	}
}

// Token is a token that the system has on record.
type Token struct {
	IDToken
	Status    TokenStatus
	Group     string    // value of the group's token; "" none
	Expiry    time.Time // zero: never
	Note      string    // the operator's own words
	CreatedAt time.Time // or first seen
	UpdatedAt time.Time // when the operator last changed it; zero: never
	SeenAt    string    // the station that used it before the operator knew it; "" otherwise

	// What an accepted token may do.
	ValidFrom  time.Time // it may not charge before; zero: at once
	Hours      Hours     // when it may charge
	Places     []Place   // where it may charge; empty: everywhere
	Concurrent int       // transactions that it may have at once; 0: any number, and one if it is prepaid

	// What its transactions may cost, take and last (2.1).
	Credit Decimal          // what is left of a prepaid account, in the currency of the tariffs (C17); "": it is not prepaid
	Limit  TransactionLimit // of each transaction

	// What a station of OCPP 2.x shows its driver.
	Language string // as in RFC 5646; "" not known
	Message  string // a personal message; "" none

	// Priority is how much the business prefers its transactions when power is short, from -MaxPriority to MaxPriority; 0 is as any
	// other (2.x IdTokenInfoType.chargingPriority, K03.FR.05).
	Priority int

	Tariff string // id of the driver's tariff; "" none
}

// MaxPriority is the highest charging priority, and its negative the lowest.
const MaxPriority = 9

// Place is a station where a token may charge, or all those with a tag, or some of their EVSEs.
type Place struct {
	Station string `json:"station,omitempty"`
	Tag     string `json:"tag,omitempty"`   // instead of Station
	EVSEs   []int  `json:"evses,omitempty"` // connectors in OCPP 1.6; empty: all
}

// StatusAt returns what the token may do at a time: TokenExpired is in no record, it follows from Expiry, and TokenNoCredit
// follows from Credit, too.
func (t Token) StatusAt(now time.Time) TokenStatus {
	if status := t.validAt(now); status != TokenAccepted || !t.spent() {
		return status
	}
	return TokenNoCredit
}

// spent reports whether it is prepaid, and nothing is left.
func (t Token) spent() bool { return t.Credit != "" && t.Credit.Compare("0") <= 0 }

// validAt is StatusAt without a look at the credit.
func (t Token) validAt(now time.Time) TokenStatus {
	if t.Status == TokenAccepted && !t.Expiry.IsZero() && !now.Before(t.Expiry) {
		return TokenExpired
	}
	return t.Status
}

// AtOnce returns how many transactions it may have at once; 0 is any number. Each transaction of a prepaid token may cost what
// is left, so that it has one at a time unless its record allows more.
func (t Token) AtOnce() int {
	if t.Credit != "" && t.Concurrent == 0 {
		return 1
	}
	return t.Concurrent
}

// TransactionLimit returns what bounds one transaction: its limit, and its credit.
func (t Token) TransactionLimit() TransactionLimit {
	if t.Credit == "" {
		return t.Limit
	}
	return TransactionLimit{LimitCost: t.Credit}.Lowest(t.Limit)
}

// ChangedAt returns when the operator last changed it, or made it.
func (t Token) ChangedAt() time.Time {
	if t.UpdatedAt.IsZero() {
		return t.CreatedAt
	}
	return t.UpdatedAt
}

// Listable reports whether a station can decide about the token by itself: a local list has neither hours nor places, nor
// limits, nor credit. A token that has some is not on it, so that the station asks.
func (t Token) Listable(now time.Time) bool {
	return t.Status != TokenUnknown && !now.Before(t.ValidFrom) && t.Hours.Always() && len(t.Places) == 0 && t.AtOnce() == 0 && len(t.Limit) == 0
}

// Listed returns the token as it is on a local list, which has no word for a lack of credit.
func (t Token) Listed(now time.Time) ListedToken {
	l := ListedToken{TokenArgument: TokenArgument(t.IDToken), Status: t.StatusAt(now)}
	if l.Status == TokenNoCredit {
		l.Status = TokenBlocked
	}
	if t.Group != "" {
		l.Group = &TokenArgument{Value: t.Group, Type: CentralToken}
	}
	if !t.Expiry.IsZero() {
		l.Expiry = &t.Expiry
	}
	return l
}

// AllowedAt returns whether a token may charge at a station with these tags, and at which of its EVSEs; none: at all of
// them.
func (t Token) AllowedAt(station string, tags []string) (evses []int, allowed bool) {
	if len(t.Places) == 0 {
		return nil, true
	}
	for _, p := range t.Places {
		if p.Tag == "" && p.Station != station || p.Tag != "" && !slices.Contains(tags, p.Tag) {
			continue
		}
		if len(p.EVSEs) == 0 {
			return nil, true
		}
		evses = append(evses, p.EVSEs...)
	}
	slices.Sort(evses)
	return slices.Compact(evses), len(evses) > 0
}

// MaxToken is how many characters the value of a token may have, the most that any version allows.
const MaxToken = 255
