-- What stations answered to requests that change something at them, and what has changed. subject is
-- fleet.DeviceAnswer.Subject; took says that the station did as asked. Secrets are not among it.

-- +goose Up
CREATE TABLE device_answers (
    number             INTEGER  PRIMARY KEY AUTOINCREMENT,
    station            TEXT     NOT NULL,
    action             TEXT     NOT NULL,
    subject            TEXT     NOT NULL,
    component          TEXT     NOT NULL,
    component_key      TEXT     NOT NULL,
    component_instance TEXT     NOT NULL,
    evse               BIGINT   NOT NULL,
    connector          BIGINT   NOT NULL,
    variable           TEXT     NOT NULL,
    variable_key       TEXT     NOT NULL,
    variable_instance  TEXT     NOT NULL,
    attribute          TEXT     NOT NULL,
    object             TEXT     NOT NULL,
    value              TEXT     NOT NULL,
    status             TEXT     NOT NULL,
    took               SMALLINT NOT NULL,
    reason             TEXT     NOT NULL,
    info               TEXT     NOT NULL,
    received           BIGINT   NOT NULL,
    UNIQUE (station, action, subject)
);
CREATE INDEX device_answers_by_station ON device_answers (station, number);
CREATE INDEX device_answers_by_action ON device_answers (action, took, number);

-- serial_key is the serial number in lower case without zeros before it.
CREATE TABLE installed_certificates (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    station          TEXT    NOT NULL,
    certificate_use  TEXT    NOT NULL,
    hash_algorithm   TEXT    NOT NULL,
    issuer_name_hash TEXT    NOT NULL,
    issuer_key_hash  TEXT    NOT NULL,
    serial_number    TEXT    NOT NULL,
    serial_key       TEXT    NOT NULL,
    parent_serial    TEXT    NOT NULL,
    subject          TEXT    NOT NULL,
    fingerprint      TEXT    NOT NULL,
    not_after        BIGINT,
    installed_at     BIGINT,
    listed           BIGINT
);
CREATE INDEX installed_certificates_by_station ON installed_certificates (station, number);
CREATE INDEX installed_certificates_by_serial ON installed_certificates (serial_key);
CREATE INDEX installed_certificates_by_fingerprint ON installed_certificates (fingerprint);

CREATE TABLE network_profiles (
    station          TEXT     NOT NULL,
    slot             BIGINT   NOT NULL,
    version          TEXT     NOT NULL,
    transport        TEXT     NOT NULL,
    url              TEXT     NOT NULL,
    message_timeout  BIGINT   NOT NULL,
    security_profile BIGINT   NOT NULL,
    interface        TEXT     NOT NULL,
    identity         TEXT     NOT NULL,
    password         SMALLINT NOT NULL,
    apn              TEXT     NOT NULL,
    apn_user         TEXT     NOT NULL,
    vpn              TEXT     NOT NULL,
    vpn_type         TEXT     NOT NULL,
    vpn_user         TEXT     NOT NULL,
    set_at           BIGINT   NOT NULL,
    PRIMARY KEY (station, slot)
);

-- '' and NULL: the station was not told.
CREATE TABLE monitoring (
    station  TEXT NOT NULL PRIMARY KEY,
    base     TEXT NOT NULL DEFAULT '',
    base_at  BIGINT,
    level    BIGINT,
    level_at BIGINT
);
