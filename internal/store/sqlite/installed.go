package sqlite

import (
	"context"
	"errors"
	"strings"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// serialKey is how serial numbers are compared.
func serialKey(serial string) string {
	return strings.TrimLeft(strings.ToLower(fleet.Clip(serial, maxWord)), "0")
}

const selectInstalled = `SELECT number, station, certificate_use, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number,
	parent_serial, subject, fingerprint, not_after, installed_at, listed FROM installed_certificates`

func installedFields(c *fleet.InstalledCertificate) []any {
	return []any{
		&c.Number, &c.Station, &c.Use, &c.Algorithm, &c.IssuerNameHash, &c.IssuerKeyHash, &c.SerialNumber,
		&c.ParentSerial, &c.Subject, &c.Fingerprint, instant{&c.NotAfter}, instant{&c.InstalledAt}, instant{&c.Listed},
	}
}

// ListInstalledCertificates implements store.Devices.
func (db *DB) ListInstalledCertificates(ctx context.Context, cq store.InstalledCertificateQuery) (store.Page[fleet.InstalledCertificate], error) {
	q := selectFrom(selectInstalled)
	var station string
	var number int64
	if ok, err := readCursor(cq.Cursor, &station, &number); err != nil {
		return store.Page[fleet.InstalledCertificate]{}, err
	} else if ok {
		q.where("(station > ? OR station = ? AND number > ?)", station, station, number)
	}
	q.is("station", cq.Station)
	q.is("certificate_use", cq.Use)
	q.is("fingerprint", strings.ToLower(cq.Fingerprint))
	if cq.Serial != "" {
		q.where("serial_key = ?", serialKey(cq.Serial))
	}
	limit := store.Limit(cq.Limit)
	q.order("station, number", limit)
	items, err := list(ctx, db.readers, q, installedFields)
	return page(items, limit, func(c fleet.InstalledCertificate) string { return makeCursor(c.Station, c.Number) }), err
}

// ListDeviceAnswers implements store.Devices.
func (db *DB) ListDeviceAnswers(ctx context.Context, aq store.DeviceAnswerQuery) (store.Page[fleet.DeviceAnswer], error) {
	q := selectFrom(`SELECT number, station, action, ` + shownSetting + `, attribute, object, value, status, reason, info, received FROM device_answers`)
	if err := q.arrived(aq.Arrival); err != nil {
		return store.Page[fleet.DeviceAnswer]{}, err
	}
	q.about(aq.SettingQuery)
	q.is("action", aq.Action)
	q.is("status", aq.Status)
	if aq.Took != nil {
		q.where("took = ?", flag(*aq.Took))
	}
	return newestFirst(ctx, db, q, aq.Limit, func(a *fleet.DeviceAnswer) []any {
		dest := append([]any{&a.Number, &a.Station, &a.Action}, settingFields(&a.Setting)...)
		return append(dest, &a.Attribute, &a.Object, &a.Value, &a.Status, &a.Reason, &a.Info, instant{&a.Received})
	}, func(a fleet.DeviceAnswer) int64 { return a.Number })
}

// NetworkProfiles implements store.Devices.
func (db *DB) NetworkProfiles(ctx context.Context, station string) ([]fleet.NetworkProfile, error) {
	q := selectFrom(`SELECT station, slot, version, transport, url, message_timeout, security_profile, interface, identity, password,
		apn, apn_user, vpn, vpn_type, vpn_user, set_at FROM network_profiles`)
	q.where("station = ?", station)
	q.order("slot", store.MaxLimit)
	return list(ctx, db.readers, q, func(p *fleet.NetworkProfile) []any {
		return []any{
			&p.Station, &p.Slot, &p.Version, &p.Transport, &p.URL, &p.MessageTimeout, &p.SecurityProfile, &p.Interface, &p.Identity,
			&p.Password, &p.APN, &p.APNUser, &p.VPN, &p.VPNType, &p.VPNUser, instant{&p.Set},
		}
	})
}

// Monitoring implements store.Devices.
func (db *DB) Monitoring(ctx context.Context, station string) (m fleet.Monitoring, err error) {
	err = one(ctx, db.readers, "SELECT base, base_at, level, level_at FROM monitoring WHERE station = ?", []any{station},
		[]any{&m.Base, instant{&m.BaseAt}, &m.Level, instant{&m.LevelAt}})
	if errors.Is(err, store.ErrNotFound) {
		return fleet.Monitoring{}, nil
	}
	return m, err
}
