package v21

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp21"
)

// learnReservations takes what a station answered to ReserveNow (H01) and CancelReservation (H02).
func learnReservations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp21.ReserveNowResponse:
		if asked, ok := Reserving(station, req); ok {
			return []fleet.Event{fleet.ReservationAnswered{Received: time.Now(), Reservation: asked, Status: string(resp.Status)}}
		}
	case *ocpp21.CancelReservationResponse:
		if req, ok := req.(*ocpp21.CancelReservationRequest); ok {
			return []fleet.Event{fleet.ReservationCancelAnswered{
				Station: station, Received: time.Now(), ID: int64(req.ReservationID), Status: string(resp.Status),
			}}
		}
	}
	return nil
}

// Reserving returns the reservation that a request asks for.
func Reserving(station string, req any) (fleet.Reservation, bool) {
	asked, ok := req.(*ocpp21.ReserveNowRequest)
	if !ok {
		return fleet.Reservation{}, false
	}
	r := fleet.Reservation{
		Station: station, ID: int64(asked.ID), EVSE: asked.EVSEID.Or(0), ConnectorType: asked.ConnectorType.Or(""),
		ExpiresAt: asked.ExpiryDateTime.Time, Token: *idToken(&asked.IDToken),
	}
	if asked.GroupIDToken != nil {
		r.Group = *idToken(asked.GroupIDToken)
	}
	return r, true
}

// Starting returns what a remote start asks about its token, and where in the request that is. A swap of batteries is begun for
// tokens that may charge, too (S02.FR.03).
func Starting(station string, req any) (q fleet.Question, pointer string, ok bool) {
	q = fleet.Question{Station: station, At: time.Now(), Purpose: fleet.PurposeStart}
	switch r := req.(type) {
	case *ocpp21.RequestStartTransactionRequest:
		q.Token, q.EVSE = *idToken(&r.IDToken), r.EVSEID.Or(0)
	case *ocpp21.RequestBatterySwapRequest:
		q.Token = *idToken(&r.IDToken)
	default:
		return q, "", false
	}
	return q, "/idToken", true
}
