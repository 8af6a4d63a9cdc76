-- Times are microseconds since 1970 in UTC; NULL is "not known". Booleans are 0 and 1.

-- +goose Up
CREATE TABLE sequences (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO sequences (name, value) VALUES ('transaction', 0), ('probe', 0);

CREATE TABLE stations (
    id              TEXT     NOT NULL PRIMARY KEY,
    known           SMALLINT NOT NULL DEFAULT 0,
    profile         SMALLINT NOT NULL DEFAULT 0,
    salt            BLOB,
    hash            BLOB,
    version         TEXT     NOT NULL DEFAULT '',
    vendor          TEXT     NOT NULL DEFAULT '',
    model           TEXT     NOT NULL DEFAULT '',
    serial          TEXT     NOT NULL DEFAULT '',
    firmware        TEXT     NOT NULL DEFAULT '',
    iccid           TEXT     NOT NULL DEFAULT '',
    imsi            TEXT     NOT NULL DEFAULT '',
    meter_type      TEXT     NOT NULL DEFAULT '',
    meter_serial    TEXT     NOT NULL DEFAULT '',
    boot_status     TEXT     NOT NULL DEFAULT '',
    boot_reason     TEXT     NOT NULL DEFAULT '',
    booted_at       BIGINT,
    online          SMALLINT NOT NULL DEFAULT 0,
    epoch           BIGINT   NOT NULL DEFAULT 0,
    address         TEXT     NOT NULL DEFAULT '',
    connected_at    BIGINT,
    disconnected_at BIGINT,
    last_message_at BIGINT,
    created_at      BIGINT   NOT NULL
);

-- connector 0 is a whole EVSE, evse 0 the station itself
CREATE TABLE connectors (
    station           TEXT   NOT NULL,
    evse              BIGINT NOT NULL,
    connector         BIGINT NOT NULL,
    status            TEXT   NOT NULL,
    since             BIGINT,
    received          BIGINT,
    error_code        TEXT   NOT NULL,
    info              TEXT   NOT NULL,
    vendor_id         TEXT   NOT NULL,
    vendor_error_code TEXT   NOT NULL,
    last_error        TEXT   NOT NULL DEFAULT '',
    last_error_at     BIGINT,
    PRIMARY KEY (station, evse, connector)
);

-- One row per transaction: what the set of its events says. history is fleet.History as JSON; the other columns
-- follow from it. start_key is fleet.TransactionEvent.StartKey (OCPP 1.6), NULL for others.
CREATE TABLE transactions (
    ref             INTEGER  PRIMARY KEY,
    station         TEXT     NOT NULL,
    id              TEXT     NOT NULL,
    number          BIGINT   NOT NULL,
    start_key       TEXT,
    sort_at         BIGINT   NOT NULL,
    evse            BIGINT   NOT NULL,
    connector       BIGINT   NOT NULL,
    token           TEXT     NOT NULL,
    token_type      TEXT     NOT NULL,
    stop_token      TEXT     NOT NULL,
    stop_token_type TEXT     NOT NULL,
    decision        TEXT     NOT NULL,
    begun           SMALLINT NOT NULL,
    active          SMALLINT NOT NULL,
    offline         SMALLINT NOT NULL,
    started_at      BIGINT,
    ended_at        BIGINT,
    meter_start     TEXT     NOT NULL,
    meter_stop      TEXT     NOT NULL,
    meter_last      TEXT     NOT NULL,
    stop_reason     TEXT     NOT NULL,
    charging_state  TEXT     NOT NULL,
    remote_start_id BIGINT,
    reservation_id  BIGINT,
    events          BIGINT   NOT NULL,
    missing         BIGINT   NOT NULL,
    conflicts       BIGINT   NOT NULL DEFAULT 0,
    first_received  BIGINT   NOT NULL,
    last_received   BIGINT   NOT NULL,
    history         TEXT     NOT NULL,
    UNIQUE (station, id),
    UNIQUE (station, start_key)
);
CREATE INDEX transactions_by_id      ON transactions (id);
CREATE INDEX transactions_by_start   ON transactions (sort_at, ref);
CREATE INDEX transactions_by_station ON transactions (station, sort_at, ref);
CREATE INDEX transactions_active     ON transactions (active, sort_at, ref);

-- position orders the events of a transaction by what they say; it follows from key. content is
-- fleet.TransactionEvent as JSON, samples included.
CREATE TABLE transaction_events (
    transaction_ref BIGINT   NOT NULL,
    position        BIGINT   NOT NULL,
    key             TEXT     NOT NULL,
    received        BIGINT   NOT NULL,
    offline         SMALLINT NOT NULL,
    content         TEXT     NOT NULL,
    PRIMARY KEY (transaction_ref, position, key)
);

-- Events whose key another event had before.
CREATE TABLE transaction_conflicts (
    transaction_ref BIGINT NOT NULL,
    position        BIGINT NOT NULL,
    key             TEXT   NOT NULL,
    digest          TEXT   NOT NULL,
    received        BIGINT NOT NULL,
    content         TEXT   NOT NULL,
    PRIMARY KEY (transaction_ref, position, key, digest)
);

-- Meter values that belong to no transaction; samples is a JSON list of fleet.Sample.
CREATE TABLE meter_values (
    station   TEXT   NOT NULL,
    evse      BIGINT NOT NULL,
    connector BIGINT NOT NULL,
    time      BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    received  BIGINT NOT NULL,
    samples   TEXT   NOT NULL,
    PRIMARY KEY (station, evse, connector, time, digest)
);

-- value and type in lower case are the key; shown_value and shown_type are as they were written first.
CREATE TABLE tokens (
    value       TEXT   NOT NULL,
    type        TEXT   NOT NULL,
    shown_value TEXT   NOT NULL,
    shown_type  TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    group_value TEXT   NOT NULL,
    expiry      BIGINT,
    created_at  BIGINT NOT NULL,
    seen_at     TEXT   NOT NULL,
    PRIMARY KEY (value, type)
);

CREATE TABLE api_tokens (
    id         TEXT   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    hash       BLOB   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- The outbox: what happened, numbered in the order of the commits.
CREATE TABLE notices (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    time    BIGINT  NOT NULL,
    kind    TEXT    NOT NULL,
    station TEXT    NOT NULL,
    data    TEXT    NOT NULL
);

CREATE TABLE refusals (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    time    BIGINT  NOT NULL,
    station TEXT    NOT NULL,
    address TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    detail  TEXT    NOT NULL
);
CREATE INDEX refusals_by_time ON refusals (time);
