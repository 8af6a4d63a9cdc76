-- Commands that are kept until they have been dealt with.

-- +goose Up

-- No payload here has a secret. rank orders the lanes; ended_at is NULL while a command is queued or sent.
CREATE TABLE commands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    caller_key TEXT NOT NULL,
    station TEXT NOT NULL,
    version TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    lane TEXT NOT NULL,
    rank SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts SMALLINT NOT NULL,
    epoch BIGINT NOT NULL,
    message_id TEXT NOT NULL,
    sent_at BIGINT,
    ended_at BIGINT,
    response TEXT,
    error_code TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE UNIQUE INDEX commands_by_key ON commands (caller_key) WHERE caller_key <> '';
CREATE INDEX commands_queued ON commands (station, rank, number) WHERE state = 'queued';
CREATE INDEX commands_expiry ON commands (expires_at) WHERE state = 'queued';
CREATE INDEX commands_sent ON commands (number) WHERE state = 'sent';
CREATE INDEX commands_by_station ON commands (station, number);
CREATE INDEX commands_by_state ON commands (state, number);
