package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// statusReported keeps the latest report of a place. Reports count in the order of their arrival: a station's
// messages are handled in order (rule R25), and 1.6 stations need not send a time.
func (w *writer) statusReported(e fleet.StatusReported) error {
	if err := w.ensureStation(e.Station, e.Received); err != nil {
		return err
	}
	contradictions := e.Contradictions()
	if far, err := w.isFar(e.Station, e.EVSE); err != nil {
		return err
	} else if far {
		contradictions = append(contradictions, fleet.FarPlace("StatusReported", e.EVSE))
	}
	since := e.Time
	if since.IsZero() {
		since = e.Received
	}
	fault, faultAt := "", time.Time{}
	if e.ErrorCode != "" && e.ErrorCode != "NoError" {
		fault, faultAt = e.ErrorCode, since
	}
	err := w.exec(`INSERT INTO connectors (station, evse, connector, status, since, received, error_code, info, vendor_id,
				vendor_error_code, last_error, last_error_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (station, evse, connector) DO UPDATE SET
			since = CASE WHEN connectors.status = excluded.status THEN connectors.since ELSE excluded.since END,
			status = excluded.status, received = excluded.received, error_code = excluded.error_code,
			info = excluded.info, vendor_id = excluded.vendor_id, vendor_error_code = excluded.vendor_error_code,
			last_error = CASE WHEN excluded.last_error = '' THEN connectors.last_error ELSE excluded.last_error END,
			last_error_at = COALESCE(excluded.last_error_at, connectors.last_error_at)`,
		e.Station, e.EVSE, e.Connector, e.Status, at(since), at(e.Received), e.ErrorCode, e.Info, e.VendorID,
		e.VendorErrorCode, fault, at(faultAt))
	if err != nil {
		return err
	}
	if err := w.contradict(e.Station, e.Received, contradictions); err != nil {
		return err
	}
	if err := w.reservationsShown(e); err != nil {
		return err
	}
	return w.notice(e.Received, fleet.NoticeStatus, e.Station, struct {
		EVSE      int    `json:"evse"`
		Connector int    `json:"connector"`
		Status    string `json:"status"`
		ErrorCode string `json:"errorCode,omitempty"`
	}{e.EVSE, e.Connector, e.Status, e.ErrorCode})
}

func (w *writer) statusesReported(e fleet.StatusesReported) error {
	for _, s := range e.List {
		if err := w.statusReported(s); err != nil {
			return err
		}
	}
	return nil
}
