-- What transactions may cost, take and last. limits_asked is fleet.AskedLimits as JSON, limits_told what the history says of
-- limits; transaction_limit is fleet.TransactionLimit; '' is none. credit is a decimal number; '' is a token that is not prepaid.
-- credit_taken is what the transaction has taken off it; '' is nothing.

-- +goose Up
ALTER TABLE transactions ADD COLUMN limits_asked TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN limits_told  TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN credit_taken TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN credit            TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN transaction_limit TEXT NOT NULL DEFAULT '';

-- Limits of remote starts whose transactions have not begun.
CREATE TABLE start_limits (
    station         TEXT   NOT NULL,
    remote_start_id BIGINT NOT NULL,
    limits          TEXT   NOT NULL,
    asked_at        BIGINT NOT NULL,
    PRIMARY KEY (station, remote_start_id)
);
CREATE INDEX start_limits_by_time ON start_limits (asked_at);
