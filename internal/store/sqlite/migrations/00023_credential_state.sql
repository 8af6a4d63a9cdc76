-- Since when a key is offered, since when the one that counts does, and when the station was first seen with that one. NULL: not
-- known, or not yet.

-- +goose Up
ALTER TABLE stations ADD COLUMN offered_at BIGINT;
ALTER TABLE stations ADD COLUMN key_at BIGINT;
ALTER TABLE stations ADD COLUMN key_seen_at BIGINT;
