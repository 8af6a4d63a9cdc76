package sqlite

import (
	"context"
	"fmt"

	"github.com/chargeyard/chargeyard/internal/fleet"
)

// Identity implements store.Stations.
func (db *DB) Identity(ctx context.Context, station string) (fleet.Identity, error) {
	id, generation, ok := db.identities.get(station)
	if ok {
		return id, nil
	}
	err := one(ctx, db.readers, `SELECT id, known, profile, salt, hash, offered_salt, offered_hash, serial, boot_status, `+bootPolicyColumns+`
		FROM stations WHERE id = ?`, []any{station}, append([]any{
		&id.ID, &id.Known, &id.Profile, &id.Credential.Salt, &id.Credential.Hash, &id.Offered.Salt, &id.Offered.Hash,
		&id.Serial, &id.BootStatus,
	}, bootPolicyFields(&id.BootPolicy)...))
	if err != nil {
		return fleet.Identity{}, fmt.Errorf("station %q: %w", station, err)
	}
	db.identities.put(station, id, generation)
	return id, nil
}

// SetCredential implements store.Stations.
func (db *DB) SetCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.change(ctx, func(w *writer) error {
		return w.changeStation(station, `UPDATE stations SET salt = ?, hash = ?, offered_salt = NULL, offered_hash = NULL
			WHERE id = ? AND known = 1`, c.Salt, c.Hash, station)
	})
}

// OfferCredential implements store.Stations.
func (db *DB) OfferCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.change(ctx, func(w *writer) error {
		return w.changeStation(station, "UPDATE stations SET offered_salt = ?, offered_hash = ? WHERE id = ? AND known = 1", c.Salt, c.Hash, station)
	})
}

// PromoteCredential implements store.Stations.
func (db *DB) PromoteCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.changeOffer(ctx, `UPDATE stations SET salt = offered_salt, hash = offered_hash, offered_salt = NULL, offered_hash = NULL
		WHERE id = ? AND offered_hash = ?`, station, c)
}

// WithdrawCredential implements store.Stations.
func (db *DB) WithdrawCredential(ctx context.Context, station string, c fleet.Credential) error {
	return db.changeOffer(ctx, "UPDATE stations SET offered_salt = NULL, offered_hash = NULL WHERE id = ? AND offered_hash = ?", station, c)
}

// changeOffer runs an update of the station whose offered credential is c. Hashes are salted: no two are the same.
func (db *DB) changeOffer(ctx context.Context, update, station string, c fleet.Credential) error {
	return db.change(ctx, func(w *writer) error {
		w.pending.identities = append(w.pending.identities, station)
		return w.exec(update, station, c.Hash)
	})
}
