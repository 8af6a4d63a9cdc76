package httpapi

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

type transactionsInput struct {
	PageQuery
	Station string `query:"station" maxLength:"255" doc:"Only those of one station"`
	Active  string `query:"active" enum:"true,false" doc:"Only those that go on, or only those that have ended"`

	Since   time.Time `query:"since" doc:"Only those that started then or later, by the station's clock; one without a time counts as of its arrival" example:"2026-05-01T00:00:00Z"`
	Until   time.Time `query:"until" doc:"Only those that started before" example:"2026-06-01T00:00:00Z"`
	Token   string    `query:"token" maxLength:"255" doc:"Only those that this idToken started; A and a are one"`
	Trouble string    `query:"trouble" enum:"true,false" doc:"Only those whose messages are not whole or contradict each other (startSeen, missingEvents, conflicts, anomalies), or only the others"`

	Authorization string `query:"authorization" enum:"Accepted,Blocked,Expired,Invalid,Unknown,NoCredit,ConcurrentTx,NotAtThisLocation,NotAtThisTime,NotAllowedTypeEVSE" doc:"Only those where this was decided about idToken"`
	Tariff        string `query:"tariff" maxLength:"60" doc:"Only those that cost by this tariff"`
}

type transactionInput struct {
	ID string `path:"id" maxLength:"1024" doc:"The id of the list; the station's own transactionId does, too, when no other station has the same"`
}

type stopTransactionInput struct {
	ID   string    `path:"id" maxLength:"1024" doc:"As for the transaction"`
	Body *Delivery // nil: there is none
}

type samplesInput struct {
	PageQuery
	ID string `path:"id" maxLength:"1024" doc:"As for the transaction"`
}

func (a *api) registerTransactions() {
	tags := []string{"transaction"}
	operate(a, huma.Operation{
		OperationID: "list-transactions", Method: http.MethodGet, Path: "/transactions", Tags: tags,
		Summary: "List transactions, the latest start first",
	}, a.listTransactions)
	operate(a, huma.Operation{
		OperationID: "get-transaction", Method: http.MethodGet, Path: "/transactions/{id}", Tags: tags,
		Summary: "Get a transaction",
	}, a.getTransaction)
	schemas := a.huma.OpenAPI().Components.Schemas
	operate(a, huma.Operation{
		OperationID: "stop-transaction", Method: http.MethodPost, Path: "/transactions/{id}/stop", Tags: tags,
		Summary: "Stop a transaction", Description: stopHelp,
		Responses: map[string]*huma.Response{
			"200": jsonResponse("What the station answered", schemas.Schema(reflect.TypeFor[VerbResult](), true, "VerbResult")),
			"202": jsonResponse("It is kept, and has not been answered yet; the header Location says where to look", schemas.Schema(reflect.TypeFor[KeptCommand](), true, "KeptCommand")),
		},
	}, a.stopTransaction)
	operate(a, huma.Operation{
		OperationID: "list-samples", Method: http.MethodGet, Path: "/transactions/{id}/samples", Tags: tags,
		Summary:     "List the measured values of a transaction in order",
		Description: "The limit counts messages of the station; all values of one message are on one page.",
	}, a.listSamples)
}

func (a *api) listTransactions(ctx context.Context, in *transactionsInput) (*answer[List[Transaction]], error) {
	p, err := a.o.Store.ListTransactions(ctx, store.TransactionQuery{
		Cursor: in.Cursor, Limit: in.Limit, Station: in.Station, Active: flag(in.Active),
		Since: in.Since, Until: in.Until, Token: in.Token, Trouble: flag(in.Trouble), Decision: fleet.TokenStatus(in.Authorization), Tariff: in.Tariff,
	})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewTransaction), nil
}

func (a *api) getTransaction(ctx context.Context, in *transactionInput) (*answer[Transaction], error) {
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Transaction]{viewTransaction(t)}, nil
}

const stopHelp = `Asks the station where it goes on to stop it, under the id that it has there: the same as the verb stop of that station, with
the same answers. Accepted means that the station will; it has ended when the station says so. 404: there is no such
transaction. 409: it has ended already, or the station is not connected. Nothing was sent then.`

// stopTransaction asks the station of a transaction for the verb stop.
func (a *api) stopTransaction(ctx context.Context, in *stopTransactionInput) (*commandOutput, error) {
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if !t.Active {
		p := problem(http.StatusConflict, "the transaction has ended already; nothing was sent")
		p.Reason = CommandTooLate.reason()
		return nil, p
	}
	if in.Body == nil {
		in.Body = &Delivery{}
	}
	out, err := a.doVerb(ctx, t.Station, &fleet.StopRequest{Transaction: t.Station + ":" + t.ID}, in.Body)
	if p, ok := errors.AsType[*Problem](err); ok {
		for i := range p.Errors {
			if p.Errors[i].Pointer == "/transaction" { // which is no part of the body here
				p.Errors[i] = Fault{Detail: p.Errors[i].Detail, Parameter: "id"}
			}
		}
	}
	return out, err
}

func (a *api) listSamples(ctx context.Context, in *samplesInput) (*answer[List[Sample]], error) {
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := a.o.Store.Samples(ctx, store.SampleQuery{Station: t.Station, ID: t.ID, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	numbered := t.Number == 0 // OCPP 1.6 numbers transactions, and 2.x their messages
	return viewPage(p, func(s fleet.TransactionSample) Sample { return viewSample(s, numbered) }), nil
}

// findTransaction takes an id of the list, or a station's own id.
func (a *api) findTransaction(ctx context.Context, id string) (fleet.Transaction, error) {
	if station, own, ok := parseTransactionID(id); ok {
		t, err := a.o.Store.Transaction(ctx, station, own)
		if !errors.Is(err, store.ErrNotFound) {
			return t, err
		}
	}
	t, err := a.o.Store.Transaction(ctx, "", id)
	if errors.Is(err, store.ErrAmbiguous) {
		return t, problem(http.StatusConflict, "several stations have a transaction of this id; use the id of the list, STATION:TRANSACTION")
	}
	return t, err
}
