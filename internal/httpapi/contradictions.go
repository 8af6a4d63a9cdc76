package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Conflict is a message of a transaction that contradicts the one that came first.
type Conflict struct {
	Key        string     `json:"key" doc:"What both say they are: the sequence number in OCPP 2.x, start or stop in 1.6" example:"3"`
	ReceivedAt *time.Time `json:"receivedAt" doc:"When the second one came"`
	First      AnyJSON    `json:"first" doc:"The one that counts"`
	Second     AnyJSON    `json:"second" doc:"The one that is kept beside it"`
}

// Anomaly is a way in which a transaction contradicts itself, or what can be.
type Anomaly struct {
	Anomaly    string     `json:"anomaly" enum:"unknown,after-end,stop-before-start,place,meter-negative,meter-backwards,time,sequence" doc:"As in the transaction's anomalies"`
	Key        string     `json:"key" doc:"Of the message that revealed it: the sequence number in OCPP 2.x, start or stop in 1.6"`
	ReceivedAt *time.Time `json:"receivedAt" doc:"When that message came"`
	Detail     string     `json:"detail" doc:"In words" example:"the energy register falls from 2000 Wh to 1500 Wh"`
	Message    AnyJSON    `json:"message" doc:"What that message says. It counts as it came"`
}

// registerContradictions adds what transactions contradict. The rest is among the records, see registerRecords.
func (a *api) registerContradictions() {
	tags := []string{"transaction"}
	operate(a, huma.Operation{
		OperationID: "list-conflicts", Method: http.MethodGet, Path: "/transactions/{id}/conflicts", Tags: tags,
		Summary:     "List the messages of a transaction that contradict an earlier one",
		Description: "A station that repeats a message must repeat what it says. Of two that differ the first one counts. At most 1000, on one page.",
	}, a.listConflicts)
	operate(a, huma.Operation{
		OperationID: "list-anomalies", Method: http.MethodGet, Path: "/transactions/{id}/anomalies", Tags: tags,
		Summary:     "List what a transaction contradicts, with the messages that revealed it",
		Description: "All messages count as they came: what to make of a meter that falls is for people to decide. Each kind of anomaly is listed once.",
	}, a.listAnomalies)
}

func (a *api) listConflicts(ctx context.Context, in *transactionInput) (*answer[List[Conflict]], error) {
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.o.Store.Conflicts(ctx, t.Station, t.ID)
	if err != nil {
		return nil, err
	}
	return viewPage(store.Page[fleet.Conflict]{Items: list}, func(c fleet.Conflict) Conflict {
		return Conflict{Key: c.Key, ReceivedAt: instant(c.Received), First: AnyJSON(c.First), Second: AnyJSON(c.Second)}
	}), nil
}

func (a *api) listAnomalies(ctx context.Context, in *transactionInput) (*answer[List[Anomaly]], error) {
	t, err := a.findTransaction(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.o.Store.Anomalies(ctx, t.Station, t.ID)
	if err != nil {
		return nil, err
	}
	return viewPage(store.Page[fleet.Anomaly]{Items: list}, func(x fleet.Anomaly) Anomaly {
		return Anomaly{Anomaly: string(x.Kind), Key: x.Key, ReceivedAt: instant(x.Received), Detail: x.Detail, Message: AnyJSON(x.Content)}
	}), nil
}
