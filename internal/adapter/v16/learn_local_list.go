package v16

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnLocalList takes which local list a station has accepted (1.6 5.15), and which version it says that its list has (5.10).
func learnLocalList(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.SendLocalListResponse:
		if c, ok := Listing(req); ok {
			return adapter.ListAnswered(station, c, fleet.DeviceAnswer{Status: string(resp.Status)})
		}
	case *ocpp16.GetLocalListVersionResponse:
		return adapter.ListVersionTold(station, resp.ListVersion)
	}
	return nil
}

// Listing returns what a request makes of a local list.
func Listing(req any) (c fleet.LocalListChange, ok bool) {
	sent, ok := req.(*ocpp16.SendLocalListRequest)
	if !ok {
		return c, false
	}
	c.Version, c.Full = int64(sent.ListVersion), sent.UpdateType == ocpp16.UpdateTypeFull
	for i := range sent.LocalAuthorizationList {
		entry := &sent.LocalAuthorizationList[i]
		token := fleet.TokenArgument{Value: entry.IDTag}
		if entry.IDTagInfo == nil {
			c.Remove = append(c.Remove, token)
			continue
		}
		t := fleet.ListedToken{TokenArgument: token, Status: fleet.TokenStatus(entry.IDTagInfo.Status), Expiry: adapter.ExpiryOf(entry.IDTagInfo.ExpiryDate.Time)}
		if parent, ok := entry.IDTagInfo.ParentIDTag.Get(); ok {
			t.Group = &fleet.TokenArgument{Value: parent}
		}
		c.Put = append(c.Put, t)
	}
	return c, true
}
