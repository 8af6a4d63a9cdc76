package v201

import (
	"github.com/chargeyard/chargeyard/internal/adapter"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnLocalList takes which local list a station has accepted (D01), and which version it says that its list has (D02).
func learnLocalList(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.SendLocalListResponse:
		if c, ok := Listing(req); ok {
			return adapter.ListAnswered(station, c, answer(string(resp.Status), resp.StatusInfo))
		}
	case *ocpp201.GetLocalListVersionResponse:
		return adapter.ListVersionTold(station, resp.VersionNumber)
	}
	return nil
}

// Listing returns what a request makes of a local list.
func Listing(req any) (c fleet.LocalListChange, ok bool) {
	sent, ok := req.(*ocpp201.SendLocalListRequest)
	if !ok {
		return c, false
	}
	c.Version, c.Full = int64(sent.VersionNumber), sent.UpdateType == ocpp201.UpdateTypeFull
	for i := range sent.LocalAuthorizationList {
		entry := &sent.LocalAuthorizationList[i]
		token := fleet.TokenArgument(*idToken(&entry.IDToken))
		if entry.IDTokenInfo == nil {
			c.Remove = append(c.Remove, token)
			continue
		}
		t := fleet.ListedToken{TokenArgument: token, Status: fleet.TokenStatus(entry.IDTokenInfo.Status), Expiry: adapter.ExpiryOf(entry.IDTokenInfo.CacheExpiryDateTime.Time)}
		if entry.IDTokenInfo.GroupIDToken != nil {
			t.Group = new(fleet.TokenArgument(*idToken(entry.IDTokenInfo.GroupIDToken)))
		}
		c.Put = append(c.Put, t)
	}
	return c, true
}
