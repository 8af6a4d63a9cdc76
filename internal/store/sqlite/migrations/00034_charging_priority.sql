-- priority is how much the business prefers the transactions of a token, from -9 to 9.

-- +goose Up
ALTER TABLE tokens ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
