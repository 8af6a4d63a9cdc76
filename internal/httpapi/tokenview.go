package httpapi

import (
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Token is a token of a driver: a card, a code, an app.
type Token struct {
	ID        string     `json:"id" doc:"For the paths of this API: VALUE, or TYPE:VALUE when it has a type, both escaped" example:"ISO14443:04E91C5A123580"`
	Value     string     `json:"value" example:"04E91C5A123580"`
	Type      *string    `json:"type" doc:"As in OCPP 2.x; null: any, and OCPP 1.6, which has none" example:"ISO14443"`
	Status    string     `json:"status" enum:"Accepted,Blocked,Expired,Invalid,NoCredit,Unknown" doc:"What it may do now. Expired follows from expiry. Unknown: a station sent it, and it is not on record: accept it with a PATCH"`
	Expiry    *time.Time `json:"expiry" doc:"From then on it is Expired; null: never"`
	Group     *string    `json:"group" doc:"Value of the group's token (parentIdTag, groupIdToken): those of one group may end each other's transactions" example:"FAMILY"`
	Note      *string    `json:"note" doc:"Your own words" example:"Ann's card"`
	Tariff    *string    `json:"tariff" doc:"Id of the driver's own tariff" example:"T-2026-11"`
	CreatedAt *time.Time `json:"createdAt" doc:"When it was created or first seen"`
	UpdatedAt *time.Time `json:"updatedAt" doc:"When it was last changed here; null: never"`
	SeenAt    *string    `json:"seenAt" doc:"The station that sent it before it was on record" example:"CP-001"`
	TokenLimitsView
}

func viewToken(t fleet.Token, now time.Time) Token {
	return Token{
		ID: tokenID(t.IDToken), Value: t.Value, Type: orNull(t.Type), Status: string(t.StatusAt(now)), Expiry: instant(t.Expiry),
		Group: orNull(t.Group), Note: orNull(t.Note), Tariff: orNull(t.Tariff), CreatedAt: instant(t.CreatedAt), UpdatedAt: instant(t.UpdatedAt), SeenAt: orNull(t.SeenAt),
		TokenLimitsView: viewLimits(t),
	}
}

// tokenID makes the id of a token for paths. A value is unique only together with its type; both are escaped, so that the
// colon between them is the only one.
func tokenID(t fleet.IDToken) string {
	if t.Type == "" {
		return escapeID(t.Value)
	}
	return escapeID(t.Type) + ":" + escapeID(t.Value)
}

// parseTokenID takes apart what tokenID made.
func parseTokenID(id string) fleet.IDToken {
	if kind, value, ok := strings.Cut(id, ":"); ok {
		return fleet.IDToken{Value: unescapeID(value), Type: unescapeID(kind)}
	}
	return fleet.IDToken{Value: unescapeID(id)}
}
