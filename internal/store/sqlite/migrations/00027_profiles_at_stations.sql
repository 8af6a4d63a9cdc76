-- Charging profiles that are installed at stations, as far as the stations told, the questions for them whose reports have not
-- come to an end, and what limit results from them. Lists are JSON.

-- +goose Up
CREATE TABLE profiles_at_stations (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    station        TEXT    NOT NULL,
    evse           BIGINT  NOT NULL,
    profile_id     BIGINT  NOT NULL,
    source         TEXT    NOT NULL,
    stack_level    BIGINT  NOT NULL,
    purpose        TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    recurrency     TEXT    NOT NULL,
    valid_from     BIGINT,
    valid_to       BIGINT,
    transaction_id TEXT    NOT NULL,
    schedules      TEXT    NOT NULL,
    request_id     BIGINT  NOT NULL,
    accepted_at    BIGINT,
    reported_at    BIGINT,
    known_from     TEXT    NOT NULL
);
CREATE INDEX profiles_at_stations_by_station ON profiles_at_stations (station, number);
CREATE INDEX profiles_at_stations_by_id ON profiles_at_stations (profile_id, station, number);
CREATE INDEX profiles_at_stations_by_purpose ON profiles_at_stations (purpose, station, number);

CREATE TABLE profile_questions (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    station     TEXT    NOT NULL,
    request_id  BIGINT  NOT NULL,
    asked_at    BIGINT  NOT NULL,
    ids         TEXT    NOT NULL,
    evse        BIGINT,
    purpose     TEXT    NOT NULL,
    stack_level BIGINT,
    sources     TEXT    NOT NULL,
    UNIQUE (station, request_id)
);

CREATE TABLE composite_schedules (
    station    TEXT   NOT NULL,
    evse       BIGINT NOT NULL,
    starts_at  BIGINT,
    seconds    BIGINT NOT NULL,
    unit       TEXT   NOT NULL,
    periods    TEXT   NOT NULL,
    received   BIGINT NOT NULL,
    PRIMARY KEY (station, evse)
);
