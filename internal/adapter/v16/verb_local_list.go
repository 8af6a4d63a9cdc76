package v16

import (
	"fmt"

	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// askLocalListVersion makes a GetLocalListVersion (1.6 5.10).
func askLocalListVersion() (adapter.Instruction, error) {
	return &ocpp16.GetLocalListVersionRequest{}, nil
}

// askSendLocalList makes a SendLocalList (1.6 5.15). What is to go from the list is there without information.
func askSendLocalList(v *fleet.SendLocalListRequest) (adapter.Instruction, error) {
	req := &ocpp16.SendLocalListRequest{ListVersion: v.ListVersion, UpdateType: ocpp16.UpdateTypeFull}
	if v.Update == fleet.LocalListDifferential {
		req.UpdateType = ocpp16.UpdateTypeDifferential
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
		tag, err := idTag(fmt.Sprintf("/remove/%d/value", i), gone.Value)
		if err != nil {
			return nil, err
		}
		req.LocalAuthorizationList = append(req.LocalAuthorizationList, ocpp16.AuthorizationData{IDTag: tag})
	}
	return req, nil
}

// listEntry returns a token of a list.
func listEntry(pointer string, t *fleet.ListedToken) (entry ocpp16.AuthorizationData, err error) {
	if entry.IDTag, err = idTag(pointer+"/value", t.Value); err != nil {
		return entry, err
	}
	entry.IDTagInfo = &ocpp16.IDTagInfo{Status: ocpp16.AuthorizationStatusAccepted, ExpiryDate: adapter.At(t.Expiry)}
	if t.Status != "" {
		entry.IDTagInfo.Status = ocpp16.AuthorizationStatus(t.Status)
	}
	if t.Group != nil {
		group, err := idTag(pointer+"/groupIdToken/value", t.Group.Value)
		if err != nil {
			return entry, err
		}
		entry.IDTagInfo.ParentIDTag = adapter.OptString(group)
	}
	return entry, nil
}
