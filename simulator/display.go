package simulator

import (
	"context"
	"slices"

	"github.com/chargeyard/chargeyard/ocpp21"
)

func (s *Station) setDisplayMessage2(_ context.Context, req *ocpp21.SetDisplayMessageRequest) (*ocpp21.SetDisplayMessageResponse, error) {
	return &ocpp21.SetDisplayMessageResponse{Status: ocpp21.DisplayMessageStatus(s.setMessage(req.Message))}, nil
}

// setMessage keeps a message in the place of one of its id (O06.FR.01), and of the one that is always in front (O01.FR.16).
func (s *Station) setMessage(m ocpp21.MessageInfo) string {
	if f := string(m.Message.Format); f != "ASCII" && f != "UTF8" {
		return "NotSupportedMessageFormat"
	}
	if id, given := m.TransactionID.Get(); given && !slices.ContainsFunc(s.outlets, func(o *outlet) bool {
		tx := o.running()
		return tx != nil && tx.id == id
	}) {
		return "UnknownTransaction" // O02.FR.01
	}
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	if m.Priority == ocpp21.MessagePriorityAlwaysFront {
		drop(&s.messages, func(o ocpp21.MessageInfo) bool { return o.Priority == m.Priority })
	}
	ok := put(&s.messages, m, maxDisplayMessages, func(o ocpp21.MessageInfo) bool { return o.ID == m.ID })
	return word(ok, "Accepted", "Rejected") // O01.FR.11
}

func (s *Station) getDisplayMessages2(_ context.Context, req *ocpp21.GetDisplayMessagesRequest) (*ocpp21.GetDisplayMessagesResponse, error) {
	var list []any
	s.keepMu.Lock()
	for _, m := range s.messages {
		if (len(req.ID) == 0 || slices.Contains(req.ID, m.ID)) && (req.Priority == "" || req.Priority == m.Priority) && (req.State == "" || req.State == m.State) {
			list = append(list, m)
		}
	}
	s.keepMu.Unlock()
	if len(list) == 0 {
		return &ocpp21.GetDisplayMessagesResponse{Status: "Unknown"}, nil // O03.FR.06
	}
	s.after(func(ctx context.Context) {
		s.tell2(ctx, "NotifyDisplayMessages", map[string]any{"requestId": req.RequestID, "messageInfo": list, "tbc": false})
	})
	return &ocpp21.GetDisplayMessagesResponse{Status: "Accepted"}, nil
}

func (s *Station) clearDisplayMessage2(_ context.Context, req *ocpp21.ClearDisplayMessageRequest) (*ocpp21.ClearDisplayMessageResponse, error) {
	s.keepMu.Lock()
	defer s.keepMu.Unlock()
	n := drop(&s.messages, func(m ocpp21.MessageInfo) bool { return m.ID == req.ID })
	return &ocpp21.ClearDisplayMessageResponse{Status: word[ocpp21.ClearMessageStatus](n > 0, "Accepted", "Unknown")}, nil
}

func (s *Station) costUpdated2(context.Context, *ocpp21.CostUpdatedRequest) (*ocpp21.CostUpdatedResponse, error) {
	return &ocpp21.CostUpdatedResponse{}, nil
}
