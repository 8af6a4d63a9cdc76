package sqlite

import (
	"encoding/json"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// begun is what was decided about the tariff of a transaction when it began.
type begun struct {
	tariff   string
	source   fleet.TariffSource
	language string // of the driver; "" not known

	// Which version of the texts the driver was told, and with the answer to which event when that was in the middle.
	textVersion int64
	textKey     string
}

func (b *begun) forEverybody() bool {
	return b.source == fleet.TariffOfStation || b.source == fleet.TariffOfServer
}

const begunColumns = "begun_tariff, begun_source, tariff_language, text_version, text_key"

func (b *begun) fields() []any {
	return []any{&b.tariff, &b.source, &b.language, &b.textVersion, &b.textKey}
}

// begin chooses the tariff of a transaction, for the driver that d is about. One that has begun before its driver was known
// keeps the tariff of everybody, unless the driver has another.
func (w *writer) begin(t *known, station string, d fleet.Decision) error {
	if t.begun.forEverybody() && d.Tariff == "" {
		t.begun.language = d.Language
		return nil
	}
	b, err := w.book()
	if err != nil {
		return err
	}
	tariff, source := b.choose(station, d)
	if tariff == nil {
		t.begun = begun{}
		return nil
	}
	t.begun = begun{tariff: tariff.ID, source: source, language: d.Language, textVersion: tariff.TextVersion}
	return nil
}

// tariffOf returns the tariff of a transaction, nil when it has none.
func (w *writer) tariffOf(t *known) (*pricedTariff, error) {
	if t.begun.tariff == "" {
		return nil, nil
	}
	b, err := w.book()
	if err != nil {
		return nil, err
	}
	return b.tariffs[t.begun.tariff], nil
}

// costOf returns what a transaction has cost so far, nil when nobody knows.
func (w *writer) costOf(t *known) (*fleet.Cost, error) {
	tariff, err := w.tariffOf(t)
	if err != nil || tariff == nil {
		return t.history.Cost(nil), err
	}
	return t.history.Cost(tariff.rates), nil
}

// costDetail is what a cost is made of and for, as the column has it.
type costDetail struct {
	fleet.CostParts
	Used         fleet.Decimal `json:"used,omitempty"`
	UsedCharging int64         `json:"usedCharging,omitempty"`
	UsedIdle     int64         `json:"usedIdle,omitempty"`
	Charged      bool          `json:"charged,omitempty"`
}

// tariff returns by which tariff the transaction costs, and why; "" none.
func (t *known) tariff() (string, fleet.TariffSource) {
	if t.history.CostTold.V.Cost() != nil {
		return t.history.TariffTold.V, fleet.TariffTold
	}
	return t.begun.tariff, t.begun.source
}

// costValues are the columns that say what a transaction costs.
func (w *writer) costValues(t *known) ([]any, error) {
	cost, err := w.costOf(t)
	t.cost = cost
	if err != nil || cost == nil {
		return []any{"", "", "", "", "", nil}, err
	}
	u := cost.Usage
	return []any{
		cost.Currency, string(cost.Total.InclTax), string(cost.Total.ExclTax), string(cost.Kind), string(cost.By),
		asJSON{costDetail{cost.CostParts, u.Energy, u.ChargingTime, u.IdleTime, u.Charged}},
	}, nil
}

// stationCost is what the station computed last, as a column has it.
func (t *known) stationCost() any {
	if !t.history.CostTold.Set {
		return nil
	}
	return asJSON{t.history.CostTold.V}
}

const costColumns = "tariff, tariff_source, currency, cost, cost_excl_tax, cost_kind, cost_by, cost_detail, station_tariff, station_cost"

// costRow is a cost, or none, in columns.
type costRow struct {
	fleet.Cost
	detail, station json.RawMessage
}

func (c *costRow) fields(t *fleet.Transaction) []any {
	return []any{
		&t.Tariff, &t.TariffSource, &c.Currency, &c.Total.InclTax, &c.Total.ExclTax, &c.Kind, &c.By, rawJSON{&c.detail}, &t.StationTariff, rawJSON{&c.station},
	}
}

// read puts what the columns say into t.
func (c *costRow) read(t *fleet.Transaction) error {
	if len(c.station) > 0 {
		t.StationCost = &fleet.StationCost{}
		if err := json.Unmarshal(c.station, t.StationCost); err != nil {
			return err
		}
	}
	if c.By == "" {
		return nil
	}
	var d costDetail
	if err := json.Unmarshal(c.detail, &d); err != nil {
		return err
	}
	cost := c.Cost
	cost.CostParts = d.CostParts
	cost.Usage = fleet.Usage{Energy: d.Used, ChargingTime: d.UsedCharging, IdleTime: d.UsedIdle, Charged: d.Charged}
	t.Cost = &cost
	return nil
}

// tell fills in what the answer to an event of a transaction says about money. It is the same for a repeated event.
func (w *writer) tell(t *known, e fleet.TransactionEvent, content []byte, r *fleet.Result) error {
	cost := t.cost
	if cost == nil {
		var err error
		if cost, err = w.costOf(t); err != nil {
			return err
		}
	}
	if cost != nil && cost.By == fleet.CostByServer {
		r.Cost = cost.Total.InclTax
	}
	tariff, err := w.tariffOf(t)
	if err != nil || tariff == nil || len(tariff.Texts) == 0 {
		return err
	}
	s, err := w.support(e.Station)
	if err != nil || !s.text {
		return err
	}
	if e.Token != nil && !e.Ends() && r.Token.Accepted() {
		r.TariffText = tariff.Text(t.begun.language)
	}
	if e.Kind == fleet.TransactionUpdated && t.begun.textKey != "" && t.begun.textKey == e.Key(content) {
		r.NewText = tariff.Text(t.begun.language)
	}
	return nil
}

// renew notes that the driver is told new texts of the tariff with the answer to an event (I06).
func (w *writer) renew(t *known, e fleet.TransactionEvent, content []byte) error {
	tariff, err := w.tariffOf(t)
	if err != nil || tariff == nil || e.Kind != fleet.TransactionUpdated || tariff.TextVersion == t.begun.textVersion {
		return err
	}
	s, err := w.support(e.Station)
	if err == nil && s.text && len(tariff.Texts) > 0 {
		t.begun.textVersion, t.begun.textKey = tariff.TextVersion, e.Key(content)
	}
	return err
}

// tellDriver fills in what the answer to an Authorize says about the tariff.
func (w *writer) tellDriver(e fleet.AuthorizationAsked, r *fleet.Result) error {
	if !r.Token.Accepted() {
		return nil
	}
	b, err := w.book()
	if err != nil {
		return err
	}
	tariff, source := b.choose(e.Station, r.Token)
	if tariff == nil {
		return nil
	}
	s, err := w.support(e.Station)
	if err != nil {
		return err
	}
	if s.text {
		r.TariffText = tariff.Text(r.Token.Language)
	}
	if s.tariffs && (source == fleet.TariffOfToken || source == fleet.TariffOfGroup) {
		own := tariff.Tariff
		r.Tariff = &own
	}
	return nil
}
