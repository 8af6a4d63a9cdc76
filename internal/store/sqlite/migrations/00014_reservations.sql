-- Reservations through their life.

-- +goose Up

-- id is what the station calls it, and free again when it has ended; ended_at is NULL while it is requested or accepted.
CREATE TABLE reservations (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    station        TEXT   NOT NULL,
    id             BIGINT NOT NULL,
    evse           BIGINT NOT NULL,
    connector_type TEXT   NOT NULL,
    token          TEXT   NOT NULL,
    token_type     TEXT   NOT NULL,
    group_token    TEXT   NOT NULL,
    group_type     TEXT   NOT NULL,
    expires_at     BIGINT NOT NULL,
    state          TEXT   NOT NULL,
    answer         TEXT   NOT NULL,
    detail         TEXT   NOT NULL,
    transaction_id TEXT   NOT NULL,
    requested_at   BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    ended_at       BIGINT
);
CREATE UNIQUE INDEX reservations_open ON reservations (station, id) WHERE ended_at IS NULL;
CREATE INDEX reservations_by_id      ON reservations (station, id, number);
CREATE INDEX reservations_by_station ON reservations (station, number);
CREATE INDEX reservations_by_state   ON reservations (state, number);
CREATE INDEX reservations_by_token   ON reservations (lower(token), number);
CREATE INDEX reservations_expiry     ON reservations (expires_at) WHERE ended_at IS NULL;
INSERT INTO sequences (name, value) VALUES ('reservation', 0);
