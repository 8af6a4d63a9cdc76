-- What accepted tokens may do, and what is known of groups.

-- +goose Up

-- hours is a JSON list of fleet.Period, places one of fleet.Place: they are shown with the token, and read by who decides.
ALTER TABLE tokens ADD COLUMN valid_from BIGINT;
ALTER TABLE tokens ADD COLUMN zone       TEXT   NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN hours      TEXT   NOT NULL DEFAULT '[]';
ALTER TABLE tokens ADD COLUMN places     TEXT   NOT NULL DEFAULT '[]';
ALTER TABLE tokens ADD COLUMN concurrent BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN language   TEXT   NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN message    TEXT   NOT NULL DEFAULT '';

-- group_key is name in lower case.
CREATE TABLE token_groups (
    group_key   TEXT     NOT NULL PRIMARY KEY,
    name        TEXT     NOT NULL,
    concurrent  BIGINT   NOT NULL,
    master_pass SMALLINT NOT NULL,
    note        TEXT     NOT NULL,
    created_at  BIGINT   NOT NULL,
    updated_at  BIGINT
);

-- The group of the token that starts, when that was decided; token_group_key is token_group in lower case.
ALTER TABLE transactions ADD COLUMN token_group     TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN token_group_key TEXT NOT NULL DEFAULT '';
CREATE INDEX transactions_running_token ON transactions (lower(token)) WHERE active = 1;
CREATE INDEX transactions_running_group ON transactions (token_group_key) WHERE active = 1 AND token_group_key <> '';
