package v201

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp201"
)

// learnReservations takes what a station answered to ReserveNow (H01) and CancelReservation (H02).
func learnReservations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp201.ReserveNowResponse:
		if asked, ok := Reserving(station, req); ok {
			return []fleet.Event{fleet.ReservationAnswered{Received: time.Now(), Reservation: asked, Status: string(resp.Status)}}
		}
	case *ocpp201.CancelReservationResponse:
		if req, ok := req.(*ocpp201.CancelReservationRequest); ok {
			return []fleet.Event{fleet.ReservationCancelAnswered{
				Station: station, Received: time.Now(), ID: int64(req.ReservationID), Status: string(resp.Status),
			}}
		}
	}
	return nil
}

// Reserving returns the reservation that a request asks for.
func Reserving(station string, req any) (fleet.Reservation, bool) {
	asked, ok := req.(*ocpp201.ReserveNowRequest)
	if !ok {
		return fleet.Reservation{}, false
	}
	r := fleet.Reservation{
		Station: station, ID: int64(asked.ID), EVSE: asked.EVSEID.Or(0), ConnectorType: string(asked.ConnectorType),
		ExpiresAt: asked.ExpiryDateTime.Time, Token: *idToken(&asked.IDToken),
	}
	if asked.GroupIDToken != nil {
		r.Group = *idToken(asked.GroupIDToken)
	}
	return r, true
}

// Starting returns what a remote start asks about its token, and where in the request that is.
func Starting(station string, req any) (q fleet.Question, pointer string, ok bool) {
	start, ok := req.(*ocpp201.RequestStartTransactionRequest)
	if !ok {
		return q, "", false
	}
	return fleet.Question{
		Token: *idToken(&start.IDToken), Station: station, EVSE: start.EVSEID.Or(0), At: time.Now(), Purpose: fleet.PurposeStart,
	}, "/idToken", true
}
