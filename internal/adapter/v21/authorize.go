package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp21"
)

func (h handlers) authorize(ctx context.Context, st *csms.Station, req *ocpp21.AuthorizeRequest) (*ocpp21.AuthorizeResponse, error) {
	if token := idToken(&req.IDToken); token.Value == "" && !token.Is(fleet.NoAuthorization) {
		return &ocpp21.AuthorizeResponse{IDTokenInfo: *tokenInfo(fleet.Decision{Status: fleet.TokenInvalid}, fleet.TariffText{})}, h.NobodyAsks(ctx, st)
	}
	result, err := h.Submit(ctx, fleet.AuthorizationAsked{
		Station: st.Identity(), Received: time.Now(), Token: *idToken(&req.IDToken),
	})
	if err != nil {
		return nil, err
	}
	if result.Tariff != nil { // it has the texts, too
		return &ocpp21.AuthorizeResponse{IDTokenInfo: *tokenInfo(result.Token, fleet.TariffText{}), Tariff: driverTariff(result.Tariff)}, nil
	}
	return &ocpp21.AuthorizeResponse{IDTokenInfo: *tokenInfo(result.Token, result.TariffText)}, nil
}

// idToken returns nil for no token.
func idToken(t *ocpp21.IDToken) *fleet.IDToken {
	if t == nil {
		return nil
	}
	return &fleet.IDToken{Value: t.IDToken, Type: t.Type}
}

// What fits into an IdTokenInfo, in characters.
const (
	maxLanguage = 8
	maxMessage  = 1024
)

// maxToken is the length of an idToken.
const maxToken = 255

// central is the type of a token that the CSMS made up.
const central = "Central"

// tokenInfo says a decision, and the tariff if there is a text, in the words of OCPP 2.1. The group of a token is known by its value only; its type is
// Central then, for this system made it up.
func tokenInfo(d fleet.Decision, text fleet.TariffText) *ocpp21.IDTokenInfo {
	info := &ocpp21.IDTokenInfo{Status: ocpp21.AuthorizationStatus(d.Status)}
	if info.Status == "" {
		info.Status = ocpp21.AuthorizationStatusAccepted
	}
	if d.Group != "" && len(d.Group) <= maxToken {
		info.GroupIDToken = &ocpp21.IDToken{IDToken: d.Group, Type: central}
	}
	if !d.Expiry.IsZero() {
		info.CacheExpiryDateTime = ocpp.At(d.Expiry)
	}
	info.EVSEID = d.EVSEs // C01.FR.20
	info.Language1 = adapter.Short(d.Language, maxLanguage)
	if d.Priority != 0 {
		info.ChargingPriority = ocpp.Some(d.Priority) // K03.FR.05
	}
	info.PersonalMessage = message(adapter.PersonalMessage(d.Message, text, maxMessage))
	return info
}

// message returns a text to show, nil when there is none.
func message(text fleet.TariffText) *ocpp21.MessageContent {
	if text.Content == "" {
		return nil
	}
	return &ocpp21.MessageContent{Format: ocpp21.MessageFormatUTF8, Content: text.Content, Language: adapter.Short(text.Language, maxLanguage)}
}
