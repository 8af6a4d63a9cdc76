package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/chargeyard/chargeyard/internal/fleet"
	"github.com/chargeyard/chargeyard/internal/store"
)

// selectIdentity reads the row of Identity.
const selectIdentity = "SELECT id, known, profile, salt, hash, offered_salt, offered_hash, serial, boot_status, key_seen_at, " +
	bootPolicyColumns + " FROM stations WHERE id = ?"

// Identity implements store.Stations.
func (db *DB) Identity(ctx context.Context, station string) (fleet.Identity, error) {
	id, drops, ok := db.identities.get(station)
	if ok {
		return id, nil
	}
	err := scanOne(db.identity.QueryRowContext(ctx, station), append([]any{
		&id.ID, &id.Known, &id.Profile, &id.Credential.Salt, &id.Credential.Hash, &id.Offered.Salt, &id.Offered.Hash,
		&id.Serial, &id.BootStatus, instant{&id.KeySeen},
	}, bootPolicyFields(&id.BootPolicy)...))
	if err != nil {
		return fleet.Identity{}, fmt.Errorf("station %q: %w", station, err)
	}
	db.identities.put(station, id, drops)
	return id, nil
}

// SetCredential implements store.Stations.
func (db *DB) SetCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.change(ctx, func(w *writer) error {
		return w.changeStation(station, `UPDATE stations SET salt = ?, hash = ?, offered_salt = NULL, offered_hash = NULL, offered_at = NULL,
			key_at = CASE WHEN hash = ? THEN key_at ELSE ? END, key_seen_at = CASE WHEN hash = ? THEN key_seen_at ELSE NULL END
			WHERE id = ? AND known = 1`, c.Salt, c.Hash, c.Hash, fleet.Micros(time.Now()), c.Hash, station)
	})
}

// OfferCredential implements store.Stations.
func (db *DB) OfferCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.change(ctx, func(w *writer) error {
		return w.changeStation(station, "UPDATE stations SET offered_salt = ?, offered_hash = ?, offered_at = ? WHERE id = ? AND known = 1",
			c.Salt, c.Hash, fleet.Micros(time.Now()), station)
	})
}

// PromoteCredential implements store.Stations.
func (db *DB) PromoteCredential(ctx context.Context, station string, c fleet.Credential) error {
	now := fleet.Micros(time.Now())
	return db.change(ctx, func(w *writer) error {
		w.pending.identities = append(w.pending.identities, station)
		err := w.exec(`UPDATE stations SET key_at = ?, salt = offered_salt, hash = offered_hash, key_seen_at = NULL, offered_salt = NULL,
			offered_hash = NULL, offered_at = NULL WHERE id = ? AND offered_hash = ?`, now, station, c.Hash)
		if err != nil {
			return err
		}
		return w.exec(seeCredential, now, station, c.Hash)
	})
}

const seeCredential = "UPDATE stations SET key_seen_at = ? WHERE id = ? AND hash = ? AND key_seen_at IS NULL"

// WithdrawCredential implements store.Stations.
func (db *DB) WithdrawCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.changeOffer(ctx, `UPDATE stations SET offered_salt = NULL, offered_hash = NULL, offered_at = NULL
		WHERE id = ? AND offered_hash = ?`, station, station, c.Hash)
}

// SeeCredential implements store.Stations.
func (db *DB) SeeCredential(ctx context.Context, station string, c fleet.Credential, at time.Time) error {
	return db.changeOffer(ctx, seeCredential, station, fleet.Micros(at), station, c.Hash)
}

// RaiseProfile implements store.Stations.
func (db *DB) RaiseProfile(ctx context.Context, station string, profile int) error {
	return db.change(ctx, func(w *writer) error {
		var now, keys int
		found, err := w.queryRow("SELECT profile, CASE WHEN hash IS NULL THEN 0 ELSE 1 END FROM stations WHERE id = ? AND known = 1", []any{station}, []any{&now, &keys})
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("station %q: %w", station, store.ErrNotFound)
		case profile < now:
			return store.ErrLowerProfile
		case profile < 3 && keys == 0:
			return store.ErrNoKey
		case profile == now:
			return nil
		}
		if err := w.changeStation(station, "UPDATE stations SET profile = ? WHERE id = ?", profile, station); err != nil {
			return err
		}
		return w.notice(time.Now(), fleet.NoticeStationChanged, station, map[string]int{"securityProfile": profile})
	})
}

// CredentialState implements store.Stations.
func (db *DB) CredentialState(ctx context.Context, station string) (s fleet.CredentialState, err error) {
	err = one(ctx, db.readers, `SELECT CASE WHEN hash IS NULL THEN 0 ELSE 1 END, key_at, key_seen_at, CASE WHEN offered_hash IS NULL THEN 0 ELSE 1 END,
		offered_at FROM stations WHERE id = ? AND known = 1`, []any{station},
		[]any{&s.Set, instant{&s.Since}, instant{&s.Seen}, &s.Offered, instant{&s.OfferedAt}})
	return s, err
}

// changeOffer runs an update of a station that changes something only while its credential is the one that is meant. Hashes
// are salted: no two are the same.
func (db *DB) changeOffer(ctx context.Context, update, station string, args ...any) error {
	return db.change(ctx, func(w *writer) error {
		w.pending.identities = append(w.pending.identities, station)
		return w.exec(update, args...)
	})
}
