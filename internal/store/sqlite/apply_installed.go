package sqlite

import (
	"slices"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// changeCertificates replaces what is installed in a station by what apply makes of it. New ones need room.
func (w *writer) changeCertificates(station string, apply func([]fleet.InstalledCertificate) []fleet.InstalledCertificate) error {
	have, err := w.installed(station)
	if err != nil {
		return err
	}
	now := apply(slices.Clone(have))
	for i := range have {
		stays := func(c fleet.InstalledCertificate) bool { return c.Number == have[i].Number }
		if slices.ContainsFunc(now, stays) {
			continue
		}
		if err := w.remove(station, fleet.KeptInstalled, "DELETE FROM installed_certificates WHERE station = ? AND number = ?", have[i].Number); err != nil {
			return err
		}
	}
	for i := range now {
		if err := w.putInstalled(&now[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) putInstalled(c *fleet.InstalledCertificate) error {
	args := []any{
		fleet.Clip(c.Use, maxWord), fleet.Clip(c.Algorithm, maxWord), fleet.Clip(c.IssuerNameHash, maxWord), fleet.Clip(c.IssuerKeyHash, maxWord),
		fleet.Clip(c.SerialNumber, maxWord), serialKey(c.SerialNumber), fleet.Clip(c.ParentSerial, maxWord), fleet.Clip(c.Subject, maxText),
		fleet.Clip(c.Fingerprint, maxWord), at(c.NotAfter), at(c.InstalledAt), at(c.Listed), c.Station,
	}
	if c.Number != 0 {
		return w.exec(`UPDATE installed_certificates SET certificate_use = ?, hash_algorithm = ?, issuer_name_hash = ?, issuer_key_hash = ?,
				serial_number = ?, serial_key = ?, parent_serial = ?, subject = ?, fingerprint = ?, not_after = ?, installed_at = ?, listed = ?
			WHERE station = ? AND number = ?`, append(args, c.Number)...)
	}
	if room, err := w.room(c.Station, fleet.KeptInstalled); err != nil || !room {
		return err
	}
	err := w.exec(`INSERT INTO installed_certificates (certificate_use, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number,
			serial_key, parent_serial, subject, fingerprint, not_after, installed_at, listed, station)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	if err != nil {
		return err
	}
	_, err = w.count(c.Station, fleet.KeptInstalled)
	return err
}

// installed reads what is installed as the open batch has it.
func (w *writer) installed(station string) ([]fleet.InstalledCertificate, error) {
	return queryRows(w, selectInstalled+" WHERE station = ? ORDER BY number", installedFields, station)
}
