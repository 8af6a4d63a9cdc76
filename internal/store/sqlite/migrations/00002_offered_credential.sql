-- A key that was sent to a station, which has not said yet whether it took it: either works until that is known.

-- +goose Up
ALTER TABLE stations ADD COLUMN offered_salt BLOB;
ALTER TABLE stations ADD COLUMN offered_hash BLOB;
