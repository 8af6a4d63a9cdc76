package v21

import (
	"fmt"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// askLocalListVersion makes a GetLocalListVersion (D02).
func askLocalListVersion() (adapter.Instruction, error) {
	return &ocpp21.GetLocalListVersionRequest{}, nil
}

// askSendLocalList makes a SendLocalList (D01). What is to go from the list is there without information.
func askSendLocalList(v *fleet.SendLocalListRequest) (adapter.Instruction, error) {
	req := &ocpp21.SendLocalListRequest{VersionNumber: v.ListVersion, UpdateType: ocpp21.UpdateTypeFull}
	if v.Update == fleet.LocalListDifferential {
		req.UpdateType = ocpp21.UpdateTypeDifferential
	}
	for i := range v.Tokens {
		entry, err := listEntry(fmt.Sprintf("/tokens/%d", i), &v.Tokens[i])
		switch {
		case err == nil:
			req.LocalAuthorizationList = append(req.LocalAuthorizationList, entry)
		case !v.FromRecord:
			return nil, err
		}
	}
	for i, gone := range v.Remove {
		token, err := typedToken(fmt.Sprintf("/remove/%d", i), gone)
		if err != nil {
			return nil, err
		}
		req.LocalAuthorizationList = append(req.LocalAuthorizationList, ocpp21.AuthorizationData{IDToken: *token})
	}
	return req, nil
}

// listEntry returns a token of a list.
func listEntry(pointer string, t *fleet.ListedToken) (entry ocpp21.AuthorizationData, err error) {
	token, err := typedToken(pointer, t.TokenArgument)
	if err != nil {
		return entry, err
	}
	entry.IDToken = *token
	entry.IDTokenInfo = &ocpp21.IDTokenInfo{Status: ocpp21.AuthorizationStatusAccepted, CacheExpiryDateTime: adapter.At(t.Expiry)}
	if t.Status != "" {
		entry.IDTokenInfo.Status = ocpp21.AuthorizationStatus(t.Status)
	}
	if t.Group != nil {
		if entry.IDTokenInfo.GroupIDToken, err = typedToken(pointer+"/groupIdToken", *t.Group); err != nil {
			return entry, err
		}
	}
	return entry, nil
}

// typedToken returns a token that has a type: a driver's card is compared with it, and there is nobody to ask.
func typedToken(pointer string, t fleet.TokenArgument) (*ocpp21.IDToken, error) {
	if t.Type == "" {
		return nil, fleet.NotInVersion(pointer+"/type", "OCPP 2.1 compares the types of tokens, too: say which it has")
	}
	return tokenOf(t), nil
}
