package v16

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp"
	"github.com/chargeyard/chargeyard/ocpp16"
)

func (h handlers) authorize(ctx context.Context, st *csms.Station, req *ocpp16.AuthorizeRequest) (*ocpp16.AuthorizeResponse, error) {
	token := idToken(req.IDTag)
	if token == nil { // a start without a token is free vending; asking for nobody is none
		return &ocpp16.AuthorizeResponse{IDTagInfo: tagInfo(fleet.Decision{Status: fleet.TokenUnknown})}, h.NobodyAsks(ctx, st)
	}
	result, err := h.Submit(ctx, fleet.AuthorizationAsked{Station: st.Identity(), Received: time.Now(), Token: *token})
	if err != nil {
		return nil, err
	}
	return &ocpp16.AuthorizeResponse{IDTagInfo: tagInfo(result.Token)}, nil
}

// idToken returns nil for the empty idTag that stations with free vending send.
func idToken(tag string) *fleet.IDToken {
	if tag == "" {
		return nil
	}
	return &fleet.IDToken{Value: tag}
}

// maxTag is the length of an idTag (1.6, CiString20Type).
const maxTag = 20

// tagInfo says a decision in the words of OCPP 1.6, which calls an unknown tag Invalid and has one word for what may not
// charge here, now, or without credit. No tag at all is free vending.
func tagInfo(d fleet.Decision) ocpp16.IDTagInfo {
	info := ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatus(d.Status), ParentIDTag: adapter.Short(d.Group, maxTag)}
	switch d.Status {
	case "":
		info.Status = ocpp16.AuthorizationStatusAccepted
	case fleet.TokenUnknown:
		info.Status = ocpp16.AuthorizationStatusInvalid
	case fleet.TokenNoCredit, fleet.TokenElsewhere, fleet.TokenNotNow, fleet.TokenWrongEVSE:
		info.Status = ocpp16.AuthorizationStatusBlocked
	}
	if !d.Expiry.IsZero() {
		info.ExpiryDate = ocpp.At(d.Expiry)
	}
	return info
}
