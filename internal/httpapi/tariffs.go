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

// Amount is an amount of money, or a percentage, with the digits as they were written: no binary fraction comes near it.
type Amount fleet.Decimal

// UnmarshalJSON takes a number.
func (a *Amount) UnmarshalJSON(b []byte) error {
	d, err := fleet.ParseDecimal(string(b))
	*a = Amount(d)
	return err
}

// Schema bounds it.
func (Amount) Schema(huma.Registry) *huma.Schema {
	low, high := 0.0, 1e6
	return &huma.Schema{Type: huma.TypeNumber, Minimum: &low, Maximum: &high, Examples: []any{0.49}}
}

// TariffTerms are what charging costs, and the words for it.
type TariffTerms struct {
	Currency     string       `json:"currency" minLength:"3" maxLength:"3" pattern:"^[A-Z]{3}$" patternDescription:"a code of ISO 4217" doc:"As in ISO 4217" example:"EUR"`
	Energy       Amount       `json:"energy,omitempty" doc:"For a kWh, as all amounts without taxes and with at most 6 digits after the point; left out: no price"`
	ChargingTime Amount       `json:"chargingTime,omitempty" doc:"For a minute in which the vehicle charges"`
	IdleTime     Amount       `json:"idleTime,omitempty" doc:"For a minute in which it is connected and does not charge any more"`
	FixedFee     Amount       `json:"fixedFee,omitempty" doc:"Once for a transaction in which anything was charged"`
	MinCost      Amount       `json:"minCost,omitempty" doc:"What a transaction costs at least, when anything was charged"`
	MaxCost      Amount       `json:"maxCost,omitempty" doc:"What a transaction costs at most"`
	TaxRates     []TaxRate    `json:"taxRates,omitempty" maxItems:"5" doc:"Taxes on all of it; left out: none"`
	Texts        []TariffText `json:"texts,omitempty" maxItems:"5" doc:"For drivers, at stations of OCPP 2.x that can show them; the first is for those whose language is not among them"`
	Note         string       `json:"note,omitempty" maxLength:"255" doc:"Your own words" example:"night"`
}

// TaxRate is a tax.
type TaxRate struct {
	Type  string `json:"type" minLength:"1" maxLength:"20" doc:"Which tax it is" example:"VAT"`
	Tax   Amount `json:"tax" doc:"Percent"`
	Stack int    `json:"stack,omitempty" minimum:"0" maximum:"9" doc:"0: on the price; 1: on the price with the taxes of stack 0; and so on"`
}

// TariffText is a tariff in words.
type TariffText struct {
	Language TokenLanguage `json:"language,omitempty" doc:"As in RFC 5646" example:"en"`
	Content  string        `json:"content" minLength:"1" maxLength:"512" doc:"The text" example:"0.49 EUR per kWh plus VAT"`
}

// Tariff is what charging costs. Amounts are without taxes; null is no price.
type Tariff struct {
	ID           string       `json:"id" example:"T-2026-11"`
	Currency     string       `json:"currency" doc:"ISO 4217" example:"EUR"`
	Energy       Number       `json:"energy" doc:"For a kWh" example:"0.49"`
	ChargingTime Number       `json:"chargingTime" doc:"For a minute in which the vehicle charges"`
	IdleTime     Number       `json:"idleTime" doc:"For a minute in which it is connected and does not charge any more"`
	FixedFee     Number       `json:"fixedFee" doc:"Once"`
	MinCost      Number       `json:"minCost"`
	MaxCost      Number       `json:"maxCost"`
	TaxRates     []TaxView    `json:"taxRates" nullable:"false" doc:"On all of it"`
	Texts        []TariffText `json:"texts" nullable:"false" doc:"For drivers"`
	Note         *string      `json:"note" doc:"Your own words"`
	AssignedAt   *time.Time   `json:"assignedAt" doc:"When somebody was first given it; it stays on record from then on. null: never"`
	CreatedAt    *time.Time   `json:"createdAt"`
	UpdatedAt    *time.Time   `json:"updatedAt" doc:"When texts or note were last put"`
}

// TaxView is TaxRate as it is shown.
type TaxView struct {
	Type  string `json:"type" example:"VAT"`
	Tax   Number `json:"tax" doc:"Percent" example:"19"`
	Stack int    `json:"stack"`
}

// DefaultTariff is the tariff that counts where no other does.
type DefaultTariff struct {
	Tariff *string `json:"tariff" doc:"Its id; null: there is none" example:"T-2026-11"`
}

// NewDefaultTariff is the tariff that shall count where no other does.
type NewDefaultTariff struct {
	Tariff string `json:"tariff" minLength:"1" maxLength:"60" doc:"Its id" example:"T-2026-11"`
}

type tariffsInput struct {
	PageQuery
	Currency string `query:"currency" maxLength:"3" doc:"Only those in this currency" example:"EUR"`
}

type tariffInput struct {
	ID string `path:"id" maxLength:"60" doc:"Id of the tariff"`
}

type putTariffInput struct {
	ID   string `path:"id" maxLength:"60" doc:"Id of the tariff: letters, digits and . _ - : @ * + ~, the first of them no sign"`
	Body TariffTerms
}

type putTariffOutput struct {
	Status int
	Body   Tariff
}

type putDefaultTariffInput struct{ Body NewDefaultTariff }

func (a *api) registerTariffs() {
	tags := []string{"tariff"}
	operate(a, huma.Operation{
		OperationID: "list-tariffs", Method: http.MethodGet, Path: "/tariffs", Tags: tags, Summary: "List tariffs in the order of their ids",
	}, a.listTariffs)
	operate(a, huma.Operation{
		OperationID: "get-tariff", Method: http.MethodGet, Path: "/tariffs/{id}", Tags: tags, Summary: "Get a tariff",
	}, a.getTariff)
	operate(a, huma.Operation{
		OperationID: "put-tariff", Method: http.MethodPut, Path: "/tariffs/{id}", Tags: tags, Summary: "Create a tariff, or change its texts and its note",
		Description: `The prices behind an id never change: 409 when there is a tariff of this id with others; take another id. Who charges hears of texts that have changed with the next message. 201: there was none.

The nearest tariff counts: that of the token, of its group, of the station, and then the default. A transaction keeps the tariff with which it began.`,
	}, a.putTariff)
	operate(a, huma.Operation{
		OperationID: "delete-tariff", Method: http.MethodDelete, Path: "/tariffs/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Delete a tariff that was never given to anybody", Description: "409: it was; what transactions have cost must stay explicable.",
	}, a.deleteTariff)
	operate(a, huma.Operation{
		OperationID: "get-default-tariff", Method: http.MethodGet, Path: "/default-tariff", Tags: tags, Summary: "Get the tariff that counts where no other does",
	}, a.getDefaultTariff)
	operate(a, huma.Operation{
		OperationID: "put-default-tariff", Method: http.MethodPut, Path: "/default-tariff", Tags: tags, Summary: "Say which tariff counts where no other does",
		Description: "For transactions that begin from now on.",
	}, a.putDefaultTariff)
	operate(a, huma.Operation{
		OperationID: "delete-default-tariff", Method: http.MethodDelete, Path: "/default-tariff", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Have no tariff where there is no other", Description: "What transactions cost is not known there, from the next one on.",
	}, a.deleteDefaultTariff)
}

func (a *api) listTariffs(ctx context.Context, in *tariffsInput) (*answer[List[Tariff]], error) {
	p, err := a.o.Store.ListTariffs(ctx, store.TariffQuery{Cursor: in.Cursor, Limit: in.Limit, Currency: in.Currency})
	if err != nil {
		return nil, err
	}
	return viewPage(p, viewTariff), nil
}

func (a *api) getTariff(ctx context.Context, in *tariffInput) (*answer[Tariff], error) {
	t, err := a.o.Store.Tariff(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &answer[Tariff]{viewTariff(t)}, nil
}

func (a *api) putTariff(ctx context.Context, in *putTariffInput) (*putTariffOutput, error) {
	t := in.Body.tariff(in.ID)
	if !fleet.IsTariffID(in.ID) {
		return nil, problem(http.StatusUnprocessableEntity, "validation failed",
			Fault{Detail: "it has 1 to 60 letters, digits and . _ - : @ * + ~, and begins with a letter or digit", Parameter: "id"})
	}
	if err := faultsProblem(t.Check()); err != nil {
		return nil, err
	}
	put, created, err := a.o.Store.PutTariff(ctx, t)
	switch {
	case errors.Is(err, store.ErrOtherTariff):
		return nil, problem(http.StatusConflict, "there is a tariff of this id with other prices, and what is behind an id never changes: take another id")
	case errors.Is(err, store.ErrTooMany):
		return nil, problem(http.StatusConflict, "there are 10000 tariffs already")
	case err != nil:
		return nil, err
	}
	out := &putTariffOutput{Status: http.StatusOK, Body: viewTariff(put)}
	if created {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (a *api) deleteTariff(ctx context.Context, in *tariffInput) (*struct{}, error) {
	err := a.o.Store.DeleteTariff(ctx, in.ID)
	if errors.Is(err, store.ErrTariffUsed) {
		return nil, problem(http.StatusConflict, "somebody was given this tariff, and it stays on record; take it away where it is")
	}
	return nil, err
}

func (a *api) getDefaultTariff(ctx context.Context, _ *struct{}) (*answer[DefaultTariff], error) {
	id, err := a.o.Store.DefaultTariff(ctx)
	if err != nil {
		return nil, err
	}
	return &answer[DefaultTariff]{DefaultTariff{orNull(id)}}, nil
}

func (a *api) putDefaultTariff(ctx context.Context, in *putDefaultTariffInput) (*answer[DefaultTariff], error) {
	if err := a.o.Store.SetDefaultTariff(ctx, in.Body.Tariff); err != nil {
		return nil, err
	}
	return &answer[DefaultTariff]{DefaultTariff{&in.Body.Tariff}}, nil
}

func (a *api) deleteDefaultTariff(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, a.o.Store.SetDefaultTariff(ctx, "")
}

func (c *TariffTerms) tariff(id string) fleet.Tariff {
	t := fleet.Tariff{ID: id, Note: c.Note, TariffPrices: fleet.TariffPrices{
		Currency: c.Currency, Energy: fleet.Decimal(c.Energy), ChargingTime: fleet.Decimal(c.ChargingTime), IdleTime: fleet.Decimal(c.IdleTime),
		FixedFee: fleet.Decimal(c.FixedFee), MinCost: fleet.Decimal(c.MinCost), MaxCost: fleet.Decimal(c.MaxCost),
	}}
	for _, r := range c.TaxRates {
		t.TaxRates = append(t.TaxRates, fleet.TaxRate{Type: r.Type, Tax: fleet.Decimal(r.Tax), Stack: r.Stack})
	}
	for _, text := range c.Texts {
		t.Texts = append(t.Texts, fleet.TariffText{Language: string(text.Language), Content: text.Content})
	}
	return t
}

func viewTariff(t fleet.Tariff) Tariff {
	v := Tariff{
		ID: t.ID, Currency: t.Currency, Energy: number(t.Energy), ChargingTime: number(t.ChargingTime), IdleTime: number(t.IdleTime),
		FixedFee: number(t.FixedFee), MinCost: number(t.MinCost), MaxCost: number(t.MaxCost), TaxRates: []TaxView{}, Texts: []TariffText{},
		Note: orNull(t.Note), AssignedAt: instant(t.AssignedAt), CreatedAt: instant(t.CreatedAt), UpdatedAt: instant(t.UpdatedAt),
	}
	for _, r := range t.TaxRates {
		v.TaxRates = append(v.TaxRates, TaxView{r.Type, number(r.Tax), r.Stack})
	}
	for _, text := range t.Texts {
		v.Texts = append(v.Texts, TariffText{TokenLanguage(text.Language), text.Content})
	}
	return v
}
