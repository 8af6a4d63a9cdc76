package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Limits of texts that stations choose, in bytes: room for what the schemas allow, and some.
const (
	maxWord = 255
	maxText = 4 << 10
)

func (w *writer) securityReported(e fleet.SecurityReported) (fleet.Result, error) {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return fleet.Result{}, err
	}
	kind, info := fleet.Clip(e.Type, maxWord), fleet.Clip(e.TechInfo, maxText)
	n, err := w.execCount(`INSERT INTO security_events (station, digest, received, time, type, tech_info, critical)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.Station, e.Digest(), fleet.Micros(e.Received), at(e.Time), kind, info, flag(e.Critical))
	if err != nil || n == 0 {
		return fleet.Result{Duplicate: n == 0}, err
	}
	if err := w.keepLatest(e.Station, fleet.KeptSecurityEvents, w.removeSecurityEvent); err != nil {
		return fleet.Result{}, err
	}
	return fleet.Result{}, w.notice(e.Received, fleet.NoticeSecurityEvent, e.Station, struct {
		Type     string    `json:"type"`
		Time     time.Time `json:"time,omitzero"`
		Critical bool      `json:"critical"`
		TechInfo string    `json:"techInfo,omitempty"`
	}{kind, fleet.Instant(e.Time), e.Critical, info})
}

func (w *writer) removeSecurityEvent(station string) error {
	return w.exec("DELETE FROM security_events WHERE number = (SELECT MIN(number) FROM security_events WHERE station = ?)", station)
}
