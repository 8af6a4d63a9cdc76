-- What vehicles want that charge, and what became of the charging profile that was promised for each: one row for each EVSE. The
-- row stays when its transaction has ended, with transaction_id '', for its round is never the same again. needs is
-- fleet.ChargingNeeds as JSON. And the least power that a vehicle needs, which ISO 15118-20 has.

-- +goose Up
CREATE TABLE vehicle_plans (
    station        TEXT   NOT NULL,
    evse           BIGINT NOT NULL,
    transaction_id TEXT   NOT NULL,
    needs          TEXT   NOT NULL,
    needs_at       BIGINT,
    round          BIGINT NOT NULL,
    reason         TEXT   NOT NULL,
    outcome        TEXT   NOT NULL,
    detail         TEXT   NOT NULL,
    refusals       BIGINT NOT NULL,
    changed_at     BIGINT,
    PRIMARY KEY (station, evse)
);

ALTER TABLE charging_needs ADD COLUMN min_power TEXT NOT NULL DEFAULT '';
