package v21

import (
	"context"
	"time"

	"github.com/chargeyard/chargeyard/csms"
	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// notifyDisplayMessages keeps a part of the messages that a station has to show (O03, O04).
func (h handlers) notifyDisplayMessages(ctx context.Context, st *csms.Station, req *ocpp21.NotifyDisplayMessagesRequest) (*ocpp21.NotifyDisplayMessagesResponse, error) {
	report := fleet.MessagesReported{
		Station: st.Identity(), Received: time.Now(), Part: fleet.ReportPart{RequestID: int64(req.RequestID), More: req.TBC.Or(false)},
	}
	for i := range req.MessageInfo {
		report.List = append(report.List, displayMessage(report.Station, &req.MessageInfo[i]))
	}
	if _, err := h.Submit(ctx, report); err != nil {
		return nil, err
	}
	return &ocpp21.NotifyDisplayMessagesResponse{}, nil
}

func displayMessage(station string, m *ocpp21.MessageInfo) fleet.DisplayMessage {
	shown := fleet.DisplayMessage{
		Station: station, Received: time.Now(), ID: int64(m.ID), Priority: string(m.Priority), State: string(m.State),
		StartsAt: m.StartDateTime.Time, EndsAt: m.EndDateTime.Time, TransactionID: m.TransactionID.Or(""),
		Texts: []fleet.DisplayText{displayText(&m.Message)},
	}
	for i := range m.MessageExtra {
		shown.Texts = append(shown.Texts, displayText(&m.MessageExtra[i]))
	}
	if m.Display != nil {
		shown.Display = setting(m.Display, nil)
	}
	return shown
}

func displayText(c *ocpp21.MessageContent) fleet.DisplayText {
	return fleet.DisplayText{Format: string(c.Format), Language: c.Language.Or(""), Content: c.Content}
}
