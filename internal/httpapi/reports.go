package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// Report is what is known of the parts of a report of a station. What they say is in the list of its kind.
type Report struct {
	Number    int64      `json:"number" doc:"Rising in the order in which they began" example:"17"`
	Kind      string     `json:"kind" enum:"variables,monitors,messages,customer" doc:"What it is about"`
	RequestID int64      `json:"requestId" doc:"Of the request that asked for it"`
	Complete  bool       `json:"complete" doc:"All parts came"`
	Ended     bool       `json:"ended" doc:"The last part came"`
	Parts     int64      `json:"parts" doc:"Parts that came"`
	Missing   int64      `json:"missing" doc:"Parts that were sent before those that came, and did not come"`
	BegunAt   *time.Time `json:"begunAt" doc:"When the first part came"`
	UpdatedAt *time.Time `json:"updatedAt" doc:"When the latest part came"`
}

// CustomerInformation is what a station told of a person.
type CustomerInformation struct {
	Report
	Text string `json:"text" doc:"In the order of the parts; empty when there was nothing to tell, or it is deleted"`
}

type reportsInput struct {
	DeviceQuery
	Kind      string `query:"kind" enum:"variables,monitors,messages,customer" doc:"Only those of one kind"`
	RequestID string `query:"requestId" pattern:"^-?[0-9]{1,18}$" patternDescription:"number" doc:"Only those that were asked for by the request of this number"`
}

type customerInput struct {
	ID     string `path:"id" maxLength:"255" doc:"Identity of the station"`
	Number int64  `path:"number" minimum:"1" doc:"Number of the report"`
}

func (a *api) registerReports() {
	operate(a, ofStation("reports", "List the reports of a station, the latest begun first",
		"Which parts of a report came: a report goes over several messages, and can be interrupted (OCPP 2.x). The latest 50 are kept."), a.listReports)
	operate(a, ofStation("customer-information", "List what a station told of persons, the latest first",
		"Answers to CustomerInformation (OCPP 2.x). These are personal data: they are deleted 30 days after they came, and appear in no event and no log."), a.listCustomers)
	operate(a, huma.Operation{
		OperationID: "delete-customer-information", Method: http.MethodDelete, Path: "/stations/{id}/customer-information/{number}",
		Tags: []string{"station"}, DefaultStatus: http.StatusNoContent,
		Summary: "Delete what a station told of a person", Description: "The text is deleted at once; that there was a report stays.",
	}, a.deleteCustomer)
}

func (a *api) listReports(ctx context.Context, in *reportsInput) (*answer[List[Report]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListReports(ctx, store.ReportQuery{Station: in.ID, Cursor: in.Cursor, Limit: in.Limit, Kind: fleet.ReportKind(in.Kind), RequestID: requestNumber(in.RequestID)})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewReport), nil
}

func (a *api) listCustomers(ctx context.Context, in *DeviceQuery) (*answer[List[CustomerInformation]], error) {
	if err := a.knows(ctx, in.ID); err != nil {
		return nil, err
	}
	p, err := a.o.Store.ListCustomerInformation(ctx, store.CustomerQuery{Station: in.ID, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return viewPage(p, func(c fleet.CustomerInformation) CustomerInformation {
		return CustomerInformation{Report: viewReport(c.Report), Text: c.Text}
	}), nil
}

func (a *api) deleteCustomer(ctx context.Context, in *customerInput) (*struct{}, error) {
	err := a.o.Store.DeleteCustomerInformation(ctx, in.ID, in.Number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(http.StatusNotFound, "this station has no customer information of this number")
	}
	return nil, err
}

func viewReport(r fleet.Report) Report {
	return Report{
		Number: r.Number, Kind: string(r.Kind), RequestID: r.RequestID, Complete: r.Complete(), Ended: r.Ended, Parts: r.Parts,
		Missing: r.Missing, BegunAt: instant(r.BegunAt), UpdatedAt: instant(r.UpdatedAt),
	}
}
