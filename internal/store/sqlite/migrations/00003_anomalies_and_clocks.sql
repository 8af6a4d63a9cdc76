-- What the events of a transaction contradict (fleet.Anomalies), and how far the clocks of stations are off.

-- +goose Up
-- microseconds to add to the station's times to get the server's
ALTER TABLE stations ADD COLUMN clock_offset BIGINT;
ALTER TABLE transactions ADD COLUMN clock_offset BIGINT;

ALTER TABLE transactions ADD COLUMN anomalies BIGINT NOT NULL DEFAULT 0;

-- Which event revealed an anomaly first: one row for each kind.
CREATE TABLE transaction_anomalies (
    transaction_ref BIGINT NOT NULL,
    kind            TEXT   NOT NULL,
    position        BIGINT NOT NULL,
    key             TEXT   NOT NULL,
    received        BIGINT NOT NULL,
    detail          TEXT   NOT NULL,
    PRIMARY KEY (transaction_ref, kind)
);
