package v16

import (
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/ocpp16"
)

// learnReservations takes what a station answered to ReserveNow and CancelReservation (1.6 5.13, 5.2).
func learnReservations(station string, req, resp any) []fleet.Event {
	switch resp := resp.(type) {
	case *ocpp16.ReserveNowResponse:
		if asked, ok := Reserving(station, req); ok {
			return []fleet.Event{fleet.ReservationAnswered{Received: time.Now(), Reservation: asked, Status: string(resp.Status)}}
		}
	case *ocpp16.CancelReservationResponse:
		if req, ok := req.(*ocpp16.CancelReservationRequest); ok {
			return []fleet.Event{fleet.ReservationCancelAnswered{
				Station: station, Received: time.Now(), ID: int64(req.ReservationID), Status: string(resp.Status),
			}}
		}
	}
	return nil
}

// Reserving returns the reservation that a request asks for.
func Reserving(station string, req any) (fleet.Reservation, bool) {
	asked, ok := req.(*ocpp16.ReserveNowRequest)
	if !ok {
		return fleet.Reservation{}, false
	}
	return fleet.Reservation{
		Station: station, ID: int64(asked.ReservationID), EVSE: asked.ConnectorID, ExpiresAt: asked.ExpiryDate.Time,
		Token: fleet.IDToken{Value: asked.IDTag}, Group: fleet.IDToken{Value: asked.ParentIDTag.Or("")},
	}, true
}

// Starting returns what a remote start asks about its token, and where in the request that is.
func Starting(station string, req any) (q fleet.Question, pointer string, ok bool) {
	start, ok := req.(*ocpp16.RemoteStartTransactionRequest)
	if !ok {
		return q, "", false
	}
	return fleet.Question{
		Token: fleet.IDToken{Value: start.IDTag}, Station: station, EVSE: start.ConnectorID.Or(0), At: time.Now(), Purpose: fleet.PurposeStart,
	}, "/idTag", true
}
