package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

func (w *writer) messagesReported(e fleet.MessagesReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	now := fleet.Micros(e.Received)
	content := make([]fleet.DisplayMessage, len(e.List))
	for i, m := range e.List {
		m.Received = time.Time{}
		content[i] = m
	}
	number, fresh, err := w.reportPart(e.Station, fleet.ReportMessages, now, e.Part, content)
	if err != nil || !fresh {
		return fleet.Result{Duplicate: !fresh}, err
	}
	for _, m := range e.List {
		if err := w.putDisplayMessage(m); err != nil {
			return fleet.Result{}, err
		}
	}
	return fleet.Result{}, w.reportNotice(e, fleet.ReportMessages, number, e.Part, len(e.List), now)
}

// maxTexts bounds the languages of a display message: one, and four more (2.1).
const maxTexts = 5

// putDisplayMessage replaces what is known of a message (O06). A new one needs room.
func (w *writer) putDisplayMessage(m fleet.DisplayMessage) error {
	var list []fleet.DisplayText
	for _, t := range m.Texts[:min(len(m.Texts), maxTexts)] {
		list = append(list, fleet.DisplayText{
			Format: fleet.Clip(t.Format, maxWord), Language: fleet.Clip(t.Language, maxWord), Content: fleet.Clip(t.Content, maxText),
		})
	}
	texts, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("%w: %w", fleet.ErrInvalidEvent, err)
	}
	display := m.Display.Tidy()
	args := []any{
		fleet.Clip(m.Priority, maxWord), fleet.Clip(m.State, maxWord), display.Component, display.ComponentInstance, display.EVSE, display.Connector,
		string(texts), at(m.StartsAt), at(m.EndsAt), fleet.Clip(m.TransactionID, maxWord), fleet.Micros(m.Received), m.Station, m.ID,
	}
	n, err := w.execCount(`UPDATE display_messages SET priority = ?, state = ?, component = ?, component_instance = ?, evse = ?,
			connector = ?, texts = ?, starts_at = ?, ends_at = ?, transaction_id = ?, received = ? WHERE station = ? AND id = ?`, args...)
	if err != nil || n > 0 {
		return err
	}
	if room, err := w.room(m.Station, fleet.KeptDisplayMessages); err != nil || !room {
		return err
	}
	err = w.exec(`INSERT INTO display_messages (priority, state, component, component_instance, evse, connector, texts, starts_at,
			ends_at, transaction_id, received, station, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil {
		return err
	}
	_, err = w.count(m.Station, fleet.KeptDisplayMessages)
	return err
}
