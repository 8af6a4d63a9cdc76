-- Transactions are found by their token, and those that contradict themselves among all others.

-- +goose Up
CREATE INDEX transactions_by_token ON transactions (lower(token), sort_at, ref);
CREATE INDEX transactions_in_trouble ON transactions (sort_at, ref) WHERE missing > 0 OR begun = 0 OR conflicts > 0 OR anomalies <> 0;
