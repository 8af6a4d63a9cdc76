package simulator

import (
	"context"
	"encoding/json"

	"github.com/chargeyard/chargeyard/ocpp"
)

// tell2 sends a message of OCPP 2.x that is not on the way of every session, from plain data. A message that the version
// of the station does not have is left out.
func (s *Station) tell2(ctx context.Context, action string, payload any) {
	info, known := s.speech.protocol().Action(action)
	if !known || info.SentBy&ocpp.StationEnd == 0 || s.version() == ocpp.V16 {
		return
	}
	text, err := json.Marshal(payload)
	if err == nil {
		_, err = s.client.Invoke(ctx, action, text)
	}
	s.mishap("send "+action, err)
}
