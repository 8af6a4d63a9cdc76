-- What follows from the answers of stations.

-- +goose Up

-- 1: as the station accepted it in SetDERControl; 0: as it reported it.
ALTER TABLE der_controls ADD COLUMN accepted SMALLINT NOT NULL DEFAULT 0;

-- What stations answered last to GetTransactionStatus; NULL: nobody asked.
ALTER TABLE transactions ADD COLUMN messages_waiting SMALLINT;
ALTER TABLE transactions ADD COLUMN ongoing SMALLINT;
ALTER TABLE transactions ADD COLUMN told_at BIGINT;
ALTER TABLE stations ADD COLUMN messages_waiting SMALLINT;
ALTER TABLE stations ADD COLUMN messages_waiting_at BIGINT;

-- Records of fleet.InstalledTariff, as those of 00005_reports.sql: latest is 0 when the station has it no more.
CREATE TABLE installed_tariffs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    evse BIGINT NOT NULL,
    tariff_id TEXT NOT NULL,
    is_default SMALLINT NOT NULL,
    valid_from BIGINT,
    accepted SMALLINT NOT NULL
);
CREATE INDEX installed_tariffs_by_subject ON installed_tariffs (station, subject, number);
CREATE INDEX installed_tariffs_by_digest ON installed_tariffs (station, digest);
CREATE INDEX installed_tariffs_by_station ON installed_tariffs (station, latest, number);
