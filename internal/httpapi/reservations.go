package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// ReservationStore keeps reservations; it is the part of store.Reservations that the API shows.
type ReservationStore interface {
	Reservation(ctx context.Context, number int64) (fleet.Reservation, error)
	ListReservations(ctx context.Context, q store.ReservationQuery) (store.Page[fleet.Reservation], error)
}

// Reservation is a place that a station keeps free for somebody.
type Reservation struct {
	Number        int64      `json:"number" doc:"For the paths of this API" example:"12"`
	Station       string     `json:"station" example:"CP-001"`
	ReservationID int64      `json:"reservationId" doc:"As the station knows it; free again when the reservation has ended" example:"7"`
	State         string     `json:"state" enum:"requested,accepted,refused,unsent,used,expired,canceled,removed" doc:"requested: the station was asked, and has not answered. accepted: it keeps a place free. refused: it does not, see answer. unsent: it was not asked. used: somebody has come. expired: nobody came. canceled: it was taken back. removed: the station could not keep it"`
	Answer        *string    `json:"answer" doc:"The station's answer: Accepted, Faulted, Occupied, Rejected, Unavailable" example:"Accepted"`
	Detail        *string    `json:"detail" doc:"Why it is in its state, when that is not plain"`
	EVSE          *int       `json:"evse" doc:"In OCPP 1.6 the connector; null: any"`
	ConnectorType *string    `json:"connectorType" doc:"OCPP 2.x; null: any" example:"cCCS2"`
	IDToken       string     `json:"idToken" doc:"For whom" example:"04E91C5A123580"`
	IDTokenType   *string    `json:"idTokenType" doc:"OCPP 2.x"`
	GroupIDToken  *string    `json:"groupIdToken" doc:"Whose tokens may use it, too"`
	Expires       *time.Time `json:"expires"`
	TransactionID *string    `json:"transactionId" doc:"Of who has come"`
	Requested     *time.Time `json:"requested"`
	Updated       *time.Time `json:"updated"`
	Ended         *time.Time `json:"ended" doc:"null: it is requested or accepted"`
}

type reservationsInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only those at this station"`
	State   string `query:"state" enum:"requested,accepted,refused,unsent,used,expired,canceled,removed" doc:"Only those in this state"`
	Open    string `query:"open" enum:"true,false" doc:"Only those that are requested or accepted, or only the others"`
	Token   string `query:"token" maxLength:"255" doc:"Only those for this idToken; A and a are one"`
}

type reservationInput struct {
	Number int64 `path:"number" minimum:"1" doc:"Number of the list"`
}

func (a *api) registerReservations() {
	tags := []string{"reservation"}
	operate(a, huma.Operation{
		OperationID: "list-reservations", Method: http.MethodGet, Path: "/reservations", Tags: tags,
		Summary:     "List reservations, the latest first",
		Description: "Those that were asked for here, by POST /stations/{id}/reserve or as a command of OCPP.",
	}, a.listReservations)
	operate(a, huma.Operation{
		OperationID: "get-reservation", Method: http.MethodGet, Path: "/reservations/{number}", Tags: tags, Summary: "Get a reservation",
	}, a.getReservation)
	operate(a, huma.Operation{
		OperationID: "cancel-reservation", Method: http.MethodDelete, Path: "/reservations/{number}", Tags: tags,
		Summary:     "Take a reservation back",
		Description: "Asks the station, and answers with what became of the reservation. 409: it has ended already, or the station is not connected; POST /stations/{id}/cancel-reservation with expires waits for it.",
	}, a.cancelReservation)
}

func (a *api) listReservations(ctx context.Context, in *reservationsInput) (*answer[List[Reservation]], error) {
	p, err := a.o.Store.ListReservations(ctx, store.ReservationQuery{
		Cursor: in.Cursor, Limit: in.Limit, Station: in.Station, State: fleet.ReservationState(in.State), Open: flag(in.Open), Token: in.Token,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewReservation), nil
}

func (a *api) getReservation(ctx context.Context, in *reservationInput) (*answer[Reservation], error) {
	r, err := a.o.Store.Reservation(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	return &answer[Reservation]{viewReservation(r)}, nil
}

func (a *api) cancelReservation(ctx context.Context, in *reservationInput) (*answer[Reservation], error) {
	r, err := a.o.Store.Reservation(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if !r.State.Open() {
		return nil, problem(http.StatusConflict, "this reservation has ended: it is "+string(r.State))
	}
	allowTime(ctx, defaultTimeout)
	if r, err = a.o.Fleet.CancelReservation(ctx, r, defaultTimeout); err != nil {
		return nil, verbProblem(err)
	}
	return &answer[Reservation]{viewReservation(r)}, nil
}

func viewReservation(r fleet.Reservation) Reservation {
	return Reservation{
		Number: r.Number, Station: r.Station, ReservationID: r.ID, State: string(r.State), Answer: orNull(r.Answer), Detail: orNull(r.Detail),
		EVSE: orNull(r.EVSE), ConnectorType: orNull(r.ConnectorType), IDToken: r.Token.Value, IDTokenType: orNull(r.Token.Type),
		GroupIDToken: orNull(r.Group.Value), Expires: instant(r.ExpiresAt), TransactionID: orNull(r.Transaction),
		Requested: instant(r.RequestedAt), Updated: instant(r.UpdatedAt), Ended: instant(r.EndedAt),
	}
}
