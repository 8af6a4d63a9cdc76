package sqlite

import (
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// tariffBook is what the writer knows of tariffs without looking: all of them, and who has which but for tokens and groups,
// whose records are read anyway.
type tariffBook struct {
	tariffs  map[string]*pricedTariff
	stations map[string]string // tariffs of stations that have one
	server   string            // "": none
}

type pricedTariff struct {
	fleet.Tariff
	rates     *fleet.Rates
	isDefault bool
}

// book returns the tariffs as the open batch has them.
func (w *writer) book() (*tariffBook, error) {
	if w.tariffs != nil {
		return w.tariffs, nil
	}
	b := &tariffBook{tariffs: map[string]*pricedTariff{}, stations: map[string]string{}}
	tariffs, err := queryRows(w, strings.Replace(selectTariff, " FROM", ", is_default FROM", 1), func(t *pricedTariff) []any {
		return append(tariffFields(&t.Tariff), &t.isDefault)
	})
	if err != nil {
		return nil, err
	}
	for i := range tariffs {
		t := &tariffs[i]
		t.rates = fleet.NewRates(t.TariffPrices)
		b.tariffs[t.ID] = t
		if t.isDefault {
			b.server = t.ID
		}
	}
	type assigned struct{ station, tariff string }
	stations, err := queryRows(w, "SELECT id, tariff FROM stations WHERE tariff <> ''", func(a *assigned) []any { return []any{&a.station, &a.tariff} })
	if err != nil {
		return nil, err
	}
	for _, a := range stations {
		b.stations[a.station] = a.tariff
	}
	w.tariffs = b
	return b, nil
}

// stationTariff notes that a station has another tariff; "" is none. The book is not read again for that: thousands of stations may get
// one while messages wait.
func (w *writer) stationTariff(station, id string) {
	switch {
	case w.tariffs == nil:
	case id == "":
		delete(w.tariffs.stations, station)
	default:
		w.tariffs.stations[station] = id
	}
}

// forgetTariffs has the book read again.
func (w *writer) forgetTariffs() { w.tariffs = nil }

// forgetFacts forgets what was read in a batch that is undone, or part of one.
func (w *writer) forgetFacts() {
	w.forgetTariffs()
	clear(w.supports)
}

// choose returns which tariff counts for the driver that a decision is about: the nearest one.
func (b *tariffBook) choose(station string, d fleet.Decision) (*pricedTariff, fleet.TariffSource) {
	for _, c := range [...]struct {
		id     string
		source fleet.TariffSource
	}{{d.Tariff, d.TariffSource}, {b.stations[station], fleet.TariffOfStation}, {b.server, fleet.TariffOfServer}} {
		if t := b.tariffs[c.id]; t != nil {
			return t, c.source
		}
	}
	return nil, ""
}

// support is what a station has told that it can do with tariffs, and with limits of transactions.
type support struct {
	text    bool // show what charging costs in words (I01.FR.02)
	tariffs bool // go by a tariff of a driver (I08)
	limits  fleet.LimitSupport
}

// support returns what a station can do. It is read once, and again when the station tells of it.
func (w *writer) support(station string) (support, error) {
	if s, ok := w.supports[station]; ok {
		return s, nil
	}
	type told struct{ component, variable, instance, value string }
	list, err := queryRows(w, `SELECT component_key, variable_key, lower(variable_instance), lower(COALESCE(value, '')) FROM variables
		WHERE station = ? AND attribute = 'Actual' AND component_key IN ('tariffcostctrlr', 'displaymessagectrlr', 'txctrlr') AND variable_key IN ('available', 'enabled', 'supportedlimits')`,
		func(t *told) []any { return []any{&t.component, &t.variable, &t.instance, &t.value} }, station)
	if err != nil {
		return support{}, err
	}
	var s support
	var tariff, display toggle
	for _, t := range list {
		switch {
		case t.component == "displaymessagectrlr" && t.instance == "":
			display.note(t.variable, t.value)
		case t.component == "txctrlr" && t.variable == "supportedlimits":
			s.limits = fleet.ParseLimitSupport(t.value)
		case t.component == "tariffcostctrlr" && t.instance == "tariff":
			tariff.note(t.variable, t.value)
		}
	}
	s.text = tariff.on() || display.on()
	s.tariffs = tariff.enabled == "true"
	w.supports[station] = s
	return s, nil
}

// toggle is something that a station can do, and may have switched off.
type toggle struct{ available, enabled string }

func (t *toggle) note(variable, value string) {
	if variable == "enabled" {
		t.enabled = value
		return
	}
	t.available = value
}

func (t *toggle) on() bool { return t.enabled == "true" || t.enabled == "" && t.available == "true" }

// supportChanges forgets what a station can do when a variable tells of it.
func (w *writer) supportChanges(v fleet.Variable) {
	switch strings.ToLower(v.Setting.Component) {
	case "tariffcostctrlr", "displaymessagectrlr", "txctrlr":
		delete(w.supports, v.Station)
	}
}
