package sqlite

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// applyReservation stores what becomes of reservations.
func (w *writer) applyReservation(e fleet.Event) error {
	switch e := e.(type) {
	case fleet.ReservationAsked:
		return w.reservationAsked(e.Reservation, e.Received)
	case fleet.ReservationAnswered:
		return w.reservationAnswered(e)
	case fleet.ReservationFailed:
		_, err := w.withReservation(e.Station, e.ID, func(r fleet.Reservation) fleet.Reservation {
			if e.Refused {
				return r.Refused(e.Detail, e.Received)
			}
			return r.Failed(e.Sent, e.Detail, e.Received)
		})
		return err
	case fleet.ReservationCancelAnswered:
		_, err := w.withReservation(e.Station, e.ID, func(r fleet.Reservation) fleet.Reservation {
			return r.CancelAnswered(e.Status, e.Received)
		})
		return err
	}
	return nil
}

// reservationAsked notes a request. One of an id that is open asks the station to replace it (H01.FR.02): whether it has,
// the answer says.
func (w *writer) reservationAsked(r fleet.Reservation, now time.Time) error {
	if err := w.ensureStation(r.Station, now); err != nil {
		return err
	}
	_, open, err := w.openReservation(r.Station, r.ID)
	if err != nil || open {
		return err
	}
	r.State, r.RequestedAt, r.UpdatedAt = fleet.ReservationRequested, now, now
	return w.insertReservation(r)
}

func (w *writer) reservationAnswered(e fleet.ReservationAnswered) error {
	old, open, err := w.openReservation(e.Reservation.Station, e.Reservation.ID)
	if err != nil {
		return err
	}
	if open && old.State == fleet.ReservationRequested {
		return w.changeReservation(old, old.Answered(e.Status, e.Received))
	}
	asked := e.Reservation
	asked.State, asked.RequestedAt, asked.UpdatedAt = fleet.ReservationRequested, e.Received, e.Received
	asked = asked.Answered(e.Status, e.Received)
	switch {
	case open && !asked.State.Open():
		return nil // the station has kept the old one
	case open:
		replaced := old.CancelAnswered("Accepted", e.Received)
		replaced.Detail = "another one replaced it"
		if err := w.changeReservation(old, replaced); err != nil {
			return err
		}
	}
	if err := w.ensureStation(asked.Station, e.Received); err != nil {
		return err
	}
	return w.insertReservation(asked)
}

// openReservation finds the one of this id that the station may keep.
func (w *writer) openReservation(station string, id int64) (r fleet.Reservation, found bool, err error) {
	found, err = w.queryRow(selectReservation+" WHERE station = ? AND id = ? AND ended_at IS NULL", []any{station, id}, reservationFields(&r))
	return r, found, err
}

// withReservation changes the latest one of an id; without one nothing happens.
func (w *writer) withReservation(station string, id int64, change func(fleet.Reservation) fleet.Reservation) (found bool, err error) {
	var r fleet.Reservation
	found, err = w.queryRow(selectReservation+" WHERE station = ? AND id = ? ORDER BY number DESC LIMIT 1", []any{station, id}, reservationFields(&r))
	if err != nil || !found {
		return false, err
	}
	return true, w.changeReservation(r, change(r))
}

// reservationUpdated takes what a station says of a reservation. News of one that nobody asked for here contradicts the rest.
func (w *writer) reservationUpdated(e fleet.Told, update fleet.ReservationUpdate) error {
	found, err := w.withReservation(e.Station, update.ReservationID, func(r fleet.Reservation) fleet.Reservation {
		return r.Updated(update.Status, e.Received)
	})
	if err != nil || found {
		return err
	}
	return w.contradict(e.Station, e.Received, []fleet.Contradiction{fleet.UnknownReservation(update.ReservationID)})
}

// withOpenReservations changes those that a station may keep.
func (w *writer) withOpenReservations(station string, change func(fleet.Reservation) fleet.Reservation) error {
	open, err := w.reservations(selectReservation+" WHERE station = ? AND ended_at IS NULL ORDER BY number LIMIT ?", station, maxOpen)
	for _, r := range open {
		if err == nil {
			err = w.changeReservation(r, change(r))
		}
	}
	return err
}

// reservationsShown takes the status of a connector: it may show that a reservation is lost.
func (w *writer) reservationsShown(e fleet.StatusReported) error {
	if e.EVSE == 0 || e.Status != "Available" && e.Status != "Reserved" {
		return nil
	}
	return w.withOpenReservations(e.Station, func(r fleet.Reservation) fleet.Reservation {
		if r.EVSE != e.EVSE {
			return r
		}
		return r.Shown(e.Status, e.Received)
	})
}

func (w *writer) insertReservation(r fleet.Reservation) error {
	r.ExpiresAt, r.RequestedAt = fleet.Instant(r.ExpiresAt), fleet.Instant(r.RequestedAt)
	err := w.exec(`INSERT INTO reservations (station, id, evse, connector_type, token, token_type, group_token, group_type, expires_at,
			state, answer, detail, transaction_id, requested_at, updated_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Station, r.ID, r.EVSE, r.ConnectorType, r.Token.Value, r.Token.Type, r.Group.Value, r.Group.Type, fleet.Micros(r.ExpiresAt),
		string(r.State), r.Answer, r.Detail, r.Transaction, fleet.Micros(r.RequestedAt), fleet.Micros(r.UpdatedAt), at(r.EndedAt))
	if err != nil {
		return err
	}
	return w.reservationNotice(r)
}

// changeReservation writes what may change of a reservation, and tells of it; what has not changed is not told.
func (w *writer) changeReservation(old, r fleet.Reservation) error {
	if old == r {
		return nil
	}
	err := w.exec("UPDATE reservations SET state = ?, answer = ?, detail = ?, transaction_id = ?, updated_at = ?, ended_at = ? WHERE number = ?",
		string(r.State), r.Answer, r.Detail, r.Transaction, fleet.Micros(r.UpdatedAt), at(r.EndedAt), r.Number)
	if err != nil {
		return err
	}
	return w.reservationNotice(r)
}

func (w *writer) reservationNotice(r fleet.Reservation) error {
	return w.notice(r.UpdatedAt, fleet.NoticeReservation, r.Station, struct {
		ID          int64                  `json:"reservationId"`
		State       fleet.ReservationState `json:"state"`
		Answer      string                 `json:"answer,omitempty"`
		Detail      string                 `json:"detail,omitempty"`
		EVSE        int                    `json:"evse,omitempty"`
		Token       fleet.IDToken          `json:"token"`
		ExpiresAt   time.Time              `json:"expiresAt"`
		Transaction string                 `json:"transaction,omitempty"`
	}{r.ID, r.State, r.Answer, r.Detail, r.EVSE, r.Token.Shown(), r.ExpiresAt, r.Transaction})
}

// useReservation ends the reservation that an event of a transaction uses: the one that it names (H01.FR.15), or one for
// its token that is open at its place.
func (w *writer) useReservation(e fleet.TransactionEvent, t known, group string) error {
	use := func(r fleet.Reservation) fleet.Reservation { return r.Used(t.id, e.Received) }
	if e.ReservationID != nil {
		_, err := w.withReservation(e.Station, *e.ReservationID, use)
		return err
	}
	if e.Token == nil || e.Ends() {
		return nil
	}
	open, err := w.reservations(selectReservation+" WHERE station = ? AND ended_at IS NULL ORDER BY number LIMIT ?", e.Station, maxOpen)
	if err != nil {
		return err
	}
	q := t.question(e)
	for _, r := range open {
		if r.For(q, group) {
			return w.changeReservation(r, use(r))
		}
	}
	return w.judgeReserved(e, t, open)
}

// judgeReserved keeps that a transaction begins at a place that is kept free for somebody else.
func (w *writer) judgeReserved(e fleet.TransactionEvent, t known, open []fleet.Reservation) error {
	if e.Kind != fleet.TransactionStarted || e.EVSE == 0 {
		return nil
	}
	for _, r := range open {
		if r.EVSE == e.EVSE && r.State == fleet.ReservationAccepted && !e.Time.Before(r.RequestedAt) && e.Time.Before(r.ExpiresAt) {
			return w.contradict(e.Station, e.Received, []fleet.Contradiction{r.Ignored(t.id)})
		}
	}
	return nil
}

// maxOpen bounds how many open reservations of a station are looked at.
const maxOpen = 100
