package fleet

import "time"

// reservationVerbs keep places free.
func reservationVerbs() []VerbKind {
	return []VerbKind{
		verb[ReserveRequest]("Keep a place free", `The station keeps the EVSE, or any of them, or one with a connector of this type, free for the token until then. The answer is
accepted, or rejected with the station's word: Occupied, Faulted, Unavailable, Rejected. What becomes of it is in the list of
reservations: used, expired, canceled, or removed because the station could not keep it. Without an EVSE a station of OCPP 1.6 must
know ReserveConnectorZeroSupported, one of 2.x ReservationCtrlr.NonEvseSpecific.`, `{"evse":1,"idToken":{"value":"CAFE0123","type":"ISO14443"},"minutes":30}`),
		verb[CancelReservationRequest]("Take a reservation back", `By the id that the station knows it by. Rejected means that the station does not know it: it is gone in any case. DELETE
/reservations/{number} does the same by the number of the list.`, `{"reservationId":7}`),
	}
}

// defaultReservation is how long a place is kept free when nobody says.
const defaultReservation = 30 * time.Minute

// ReserveRequest keeps a place free for somebody.
type ReserveRequest struct {
	IDToken       TokenArgument  `json:"idToken" doc:"For whom"`
	Group         *TokenArgument `json:"groupIdToken,omitempty" doc:"Whose tokens may use it, too"`
	EVSE          int            `json:"evse,omitempty" minimum:"1" maximum:"2147483647" doc:"In OCPP 1.6 the number of the connector. Left out: any" example:"1"`
	ConnectorType string         `json:"connectorType,omitempty" maxLength:"20" doc:"Any EVSE with such a connector, as in OCPP 2.x: cCCS2, sType2 ..." example:"cCCS2"`
	Minutes       int            `json:"minutes,omitempty" minimum:"1" maximum:"525600" doc:"For how long. Left out, and until, too: 30" example:"30"`
	Until         *time.Time     `json:"until,omitempty" doc:"Instead of minutes: until when" example:"2030-01-01T00:00:00Z"`

	ReservationID int64     `json:"-"`
	ExpiresAt     time.Time `json:"-"`
}

// VerbName is the verb's name in the API.
func (*ReserveRequest) VerbName() string { return "reserve" }

// Check demands a token, and at most one way to say where and for how long.
func (r *ReserveRequest) Check() error {
	switch {
	case r.IDToken.Value == "":
		return WrongArgument("/idToken/value", "say for whom")
	case r.EVSE != 0 && r.ConnectorType != "":
		return WrongArgument("/connectorType", "give the EVSE or the type of connector, not both")
	case r.Minutes != 0 && r.Until != nil:
		return WrongArgument("/until", "give minutes or until, not both")
	}
	return nil
}

// Period returns for how long the place is kept when until is not given.
func (r *ReserveRequest) Period() time.Duration {
	if r.Minutes == 0 {
		return defaultReservation
	}
	return time.Duration(r.Minutes) * time.Minute
}

// CancelReservationRequest takes a reservation back.
type CancelReservationRequest struct {
	ReservationID int64 `json:"reservationId" minimum:"0" maximum:"2147483647" doc:"As the station knows it" example:"7"`
}

// VerbName is the verb's name in the API.
func (*CancelReservationRequest) VerbName() string { return "cancel-reservation" }

// Check refuses nothing.
func (*CancelReservationRequest) Check() error { return nil }
