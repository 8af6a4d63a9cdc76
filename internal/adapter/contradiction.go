package adapter

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
)

// NobodyAsks keeps that a station asked for the authorization of an empty token.
func (b Backend) NobodyAsks(ctx context.Context, st *csms.Station) error {
	return b.Told(ctx, st, fleet.Contradiction{
		Message: "AuthorizationAsked", What: fleet.ContradictsToken, Detail: "somebody without a token asks for authorization",
	})
}

// keepImpossible keeps that a message said what cannot be, and returns what. The station is refused in any case: an error
// changes nothing.
func (b Backend) keepImpossible(ctx context.Context, e fleet.Event, why error) (detail string) {
	detail = fleet.Clip(strings.TrimPrefix(why.Error(), fleet.ErrInvalidEvent.Error()+": "), maxDetail)
	_, _ = b.Store.Submit(ctx, fleet.Told{Station: e.About(), Received: time.Now(), Records: []fleet.Record{fleet.Contradiction{
		Message: strings.TrimPrefix(fmt.Sprintf("%T", e), "fleet."), What: fleet.ContradictsImpossible, Detail: detail,
	}}})
	return detail
}

// maxDetail bounds what is kept of an error, in bytes: it may repeat what the station sent.
const maxDetail = 200
