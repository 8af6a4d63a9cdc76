-- One request to many stations: a bulk, and a command for each station.

-- +goose Up
CREATE TABLE bulks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    caller_key TEXT NOT NULL,
    request TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    named SMALLINT NOT NULL,
    every_station SMALLINT NOT NULL,
    online SMALLINT NOT NULL,
    version TEXT NOT NULL,
    vendor TEXT NOT NULL,
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    tag TEXT NOT NULL,
    concurrency BIGINT NOT NULL,
    pace DOUBLE PRECISION NOT NULL,
    timeout BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    stations BIGINT NOT NULL,
    stopped_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX bulks_by_key ON bulks (caller_key) WHERE caller_key <> '';
CREATE INDEX bulks_by_state ON bulks (state, number);

-- A payload that several commands of a bulk have is here once.
CREATE TABLE bulk_payloads (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    bulk TEXT NOT NULL,
    digest TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (bulk, digest)
);

-- bulk is the id of a bulk, '' of none; shared is a row of bulk_payloads.
ALTER TABLE commands ADD COLUMN bulk TEXT NOT NULL DEFAULT '';
ALTER TABLE commands ADD COLUMN shared BIGINT;
CREATE INDEX commands_of_bulk ON commands (bulk, number) WHERE bulk <> '';
CREATE INDEX commands_of_bulk_by_state ON commands (bulk, state, number, status) WHERE bulk <> '';
CREATE INDEX commands_of_none ON commands (number) WHERE bulk = '';
