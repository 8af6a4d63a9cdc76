-- What a station was asked to do when a job began with our request: where the file is or goes, and when it may.

-- +goose Up
ALTER TABLE jobs ADD COLUMN location TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN retrieve_at BIGINT;
ALTER TABLE jobs ADD COLUMN install_at BIGINT;
ALTER TABLE jobs ADD COLUMN asked_at BIGINT;
