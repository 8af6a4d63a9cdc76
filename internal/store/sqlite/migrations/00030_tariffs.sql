-- Tariffs, who has which, and what transactions cost.

-- +goose Up

-- prices is fleet.TariffPrices as JSON and never changes; texts is a list of fleet.TariffText.
CREATE TABLE tariffs (
    id           TEXT     NOT NULL PRIMARY KEY,
    prices       TEXT     NOT NULL,
    texts        TEXT     NOT NULL,
    text_version BIGINT   NOT NULL,
    note         TEXT     NOT NULL,
    is_default   SMALLINT NOT NULL,
    created_at   BIGINT   NOT NULL,
    updated_at   BIGINT   NOT NULL,
    assigned_at  BIGINT
);

ALTER TABLE tokens       ADD COLUMN tariff TEXT NOT NULL DEFAULT '';
ALTER TABLE token_groups ADD COLUMN tariff TEXT NOT NULL DEFAULT '';
ALTER TABLE stations     ADD COLUMN tariff TEXT NOT NULL DEFAULT '';
CREATE INDEX stations_with_tariff ON stations (id) WHERE tariff <> '';

-- What was decided when the transaction began: the tariff, why, for a driver of which language, and which version of its
-- texts the driver was told with the answer to which event.
ALTER TABLE transactions ADD COLUMN begun_tariff    TEXT   NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN begun_source    TEXT   NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN tariff_language TEXT   NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN text_version    BIGINT NOT NULL DEFAULT 0;
ALTER TABLE transactions ADD COLUMN text_key        TEXT   NOT NULL DEFAULT '';

-- What follows from that and from the history. cost is with taxes. cost_detail is fleet.CostParts with fleet.Usage, and
-- station_cost fleet.StationCost, both as JSON.
ALTER TABLE transactions ADD COLUMN tariff         TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN tariff_source  TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN currency       TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN cost           TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN cost_excl_tax  TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN cost_kind      TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN cost_by        TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN cost_detail    TEXT;
ALTER TABLE transactions ADD COLUMN station_tariff TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN station_cost   TEXT;
CREATE INDEX transactions_by_tariff ON transactions (tariff, sort_at, ref) WHERE tariff <> '';
