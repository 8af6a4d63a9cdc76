package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

const stationColumns = `id, known, profile, tariff, version, vendor, model, serial, firmware, iccid, imsi, meter_type, meter_serial,
	boot_status, boot_reason, booted_at, online, epoch, address, connected_at, disconnected_at, last_message_at, clock_offset, messages_waiting, messages_waiting_at, created_at, ` + bootPolicyColumns

func stationFields(s *fleet.Station) []any {
	return append([]any{
		&s.ID, &s.Known, &s.Profile, &s.Tariff, &s.Version, &s.Vendor, &s.Model, &s.Serial, &s.Firmware, &s.ICCID, &s.IMSI,
		&s.MeterType, &s.MeterSerial, &s.BootStatus, &s.BootReason, instant{&s.BootedAt}, &s.Online, &s.Epoch, &s.Address,
		instant{&s.ConnectedAt}, instant{&s.DisconnectedAt}, instant{&s.LastMessageAt}, offset{&s.ClockOffset},
		&s.MessagesWaiting, instant{&s.MessagesWaitingAt}, instant{&s.CreatedAt},
	}, bootPolicyFields(&s.BootPolicy)...)
}

// Station implements store.Stations.
func (db *DB) Station(ctx context.Context, station string) (d fleet.StationDetail, err error) {
	err = one(ctx, db.readers, "SELECT "+stationColumns+" FROM stations WHERE id = ?",
		[]any{station}, stationFields(&d.Station))
	if err != nil {
		return d, fmt.Errorf("station %q: %w", station, err)
	}
	connectors, err := db.connectors(ctx, station)
	d.EVSEs = fleet.GroupByEVSE(connectors)
	tagged := []fleet.StationDetail{d}
	err = errors.Join(err, db.addTags(ctx, tagged))
	return tagged[0], err
}

// CreateStation implements store.Stations.
func (db *DB) CreateStation(ctx context.Context, s store.NewStation) error {
	return db.change(ctx, func(w *writer) error {
		if s.ID == "" || s.Profile < 0 || s.Profile > 3 {
			return fmt.Errorf("%w: station %q with security profile %d", fleet.ErrInvalidEvent, s.ID, s.Profile)
		}
		if err := w.ensureStation(s.ID, s.At); err != nil {
			return err
		}
		n, err := w.execCount("UPDATE stations SET known = 1, profile = ?, salt = ?, hash = ?, offered_salt = NULL, offered_hash = NULL WHERE id = ? AND known = 0",
			s.Profile, s.Credential.Salt, s.Credential.Hash, s.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("station %q: %w", s.ID, store.ErrExists)
		}
		w.pending.identities = append(w.pending.identities, s.ID)
		return w.notice(s.At, fleet.NoticeStationCreated, s.ID, map[string]int{"profile": s.Profile})
	})
}

// DeleteStation implements store.Stations.
func (db *DB) DeleteStation(ctx context.Context, station string) error {
	return db.change(ctx, func(w *writer) error {
		if err := w.deleteStation(station); err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeStationDeleted, station, struct{}{})
	})
}

// Arrived implements store.Stations.
func (db *DB) Arrived(ctx context.Context, station string) error {
	return db.change(ctx, func(w *writer) error { return w.ensureStation(station, time.Now()) })
}

// changeStation runs an update that must meet the station's row.
func (w *writer) changeStation(station, update string, args ...any) error {
	n, err := w.execCount(update, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("station %q: %w", station, store.ErrNotFound)
	}
	w.pending.identities = append(w.pending.identities, station)
	return nil
}
