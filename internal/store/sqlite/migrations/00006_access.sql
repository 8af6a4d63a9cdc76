-- Tokens that operators manage, why a token was accepted or refused, and refusals that can be counted.

-- +goose Up

-- group_key is group_value in lower case; updated_at is when the operator last changed the token.
ALTER TABLE tokens ADD COLUMN note       TEXT   NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN group_key  TEXT   NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN updated_at BIGINT;
UPDATE tokens SET group_key = lower(group_value) WHERE group_value <> '';
CREATE INDEX tokens_by_group  ON tokens (group_key, value, type);
CREATE INDEX tokens_by_status ON tokens (status, value, type);
CREATE INDEX tokens_seen      ON tokens (created_at) WHERE status = 'Unknown';

-- The reasons are fleet.DecisionReason; decision is about the token that starts, stop_decision about the one that ends.
ALTER TABLE transactions ADD COLUMN decision_reason      TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN decision_detail      TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN stop_decision        TEXT NOT NULL DEFAULT '';
ALTER TABLE transactions ADD COLUMN stop_decision_reason TEXT NOT NULL DEFAULT '';

-- host is the address without the port; times is how many attempts a row stands for.
ALTER TABLE refusals ADD COLUMN host  TEXT   NOT NULL DEFAULT '';
ALTER TABLE refusals ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
CREATE INDEX refusals_by_station ON refusals (station, number);
