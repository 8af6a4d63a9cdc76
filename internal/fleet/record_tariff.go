package fleet

import (
	"slices"
	"time"
)

// InstalledTariff is a tariff that is installed at a station, at one EVSE: as the station accepted it, or told that it has it (I07,
// I09). Of several for the same place that one counts that became valid last.
type InstalledTariff struct {
	TariffID  string    `json:"tariffId"`
	Default   bool      `json:"default"`            // for all drivers who have none of their own; false: of a driver
	EVSE      int64     `json:"evse"`               // 0: every EVSE
	ValidFrom time.Time `json:"validFrom,omitzero"` // zero: at once
	Accepted  bool      `json:"accepted,omitempty"` // it is as the station accepted it, and the station has not told of it since
}

// Kind returns RecordTariff.
func (InstalledTariff) Kind() RecordKind { return RecordTariff }

// Subject returns what it is about.
func (r InstalledTariff) Subject() string { return subject(r.Default, r.EVSE, r.TariffID) }

// Moment returns the zero time: the message has none.
func (InstalledTariff) Moment() time.Time { return time.Time{} }

// Alike returns AlikeInARow.
func (InstalledTariff) Alike() Alike { return AlikeInARow }

// Check demands an EVSE that can be.
func (r InstalledTariff) Check() error { return checkEVSE(r.EVSE) }

// TariffsListed are the tariffs that a station has at an EVSE, or with EVSE 0 all of them (I09).
type TariffsListed struct {
	EVSE int64
	List []InstalledTariff
}

// DefaultTariffSet is a tariff for all drivers that a station accepted (I07).
type DefaultTariffSet struct{ Tariff InstalledTariff }

// TariffsCleared are tariffs that are not at a station any more: those of the ids, without ids all; at an EVSE, or with nil
// wherever they were (I10).
type TariffsCleared struct {
	IDs  []string
	EVSE *int64
}

func (c TariffsListed) check(string) error {
	for _, t := range c.List {
		if err := t.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (c DefaultTariffSet) check(string) error { return c.Tariff.Check() }

func (TariffsCleared) check(string) error { return nil }

// Stays reports whether a station still has a tariff after it told which ones it has. Of one that was accepted for every EVSE it
// tells by EVSE.
func (c TariffsListed) Stays(have InstalledTariff) bool {
	if c.EVSE != 0 && have.EVSE != c.EVSE {
		return have.EVSE != 0 || len(c.List) > 0
	}
	return slices.ContainsFunc(c.List, func(t InstalledTariff) bool { return t.Subject() == have.Subject() })
}

// Stays reports whether a tariff is still there when a default tariff came. The new one takes its place where both are, unless one
// of them is for later (I07.FR.20 to FR.23).
func (c DefaultTariffSet) Stays(have InstalledTariff) bool {
	elsewhere := c.Tariff.EVSE != 0 && have.EVSE != c.Tariff.EVSE
	return !have.Default || elsewhere || have.Subject() == c.Tariff.Subject() || !have.ValidFrom.Equal(c.Tariff.ValidFrom)
}

// Stays reports whether a tariff is not among those that were cleared.
func (c TariffsCleared) Stays(have InstalledTariff) bool {
	another := len(c.IDs) > 0 && !slices.Contains(c.IDs, have.TariffID)
	elsewhere := c.EVSE != nil && *c.EVSE != have.EVSE
	return another || elsewhere
}
