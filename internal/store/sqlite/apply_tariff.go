package sqlite

import "github.com/chargeyard/chargeyard/internal/fleet"

// changeTariffs makes one change of the tariffs at a station: those that do not stay count no more, and new ones come.
func (w *writer) changeTariffs(e fleet.DeviceAnswered, stays func(fleet.InstalledTariff) bool, come ...fleet.InstalledTariff) error {
	type row struct {
		number int64
		fleet.InstalledTariff
	}
	have, err := queryRows(w, "SELECT number, evse, tariff_id, is_default, valid_from, accepted FROM installed_tariffs WHERE station = ? AND latest = 1",
		func(r *row) []any { return append([]any{&r.number}, installedTariffFields(&r.InstalledTariff)...) }, e.Station)
	if err != nil {
		return err
	}
	for _, r := range have {
		if stays(r.InstalledTariff) {
			continue
		}
		if err := w.exec("UPDATE installed_tariffs SET latest = 0 WHERE number = ?", r.number); err != nil {
			return err
		}
	}
	told := fleet.Told{Station: e.Station, Received: e.Received}
	for _, t := range come {
		t.TariffID = fleet.Clip(t.TariffID, maxWord)
		told.Records = append(told.Records, t)
	}
	_, err = w.told(told)
	return err
}
