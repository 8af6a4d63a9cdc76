-- What operators want the boots of a station to be answered, and what stations report beyond their transactions.
-- '' and 0 leave it to the server's defaults; intervals are seconds.

-- +goose Up
ALTER TABLE stations ADD COLUMN boot_policy TEXT NOT NULL DEFAULT '';
ALTER TABLE stations ADD COLUMN boot_retry BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stations ADD COLUMN boot_heartbeat BIGINT NOT NULL DEFAULT 0;
