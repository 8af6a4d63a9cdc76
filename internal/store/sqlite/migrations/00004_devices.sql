-- What stations say about themselves. Lists are bounded for each station, see kept. A column *_key has the text of the
-- column before it in lower case: names of components and variables are case-insensitive.

-- +goose Up

-- How many rows of a list a station has, and how many went or were left out because the list was full.
CREATE TABLE kept (
    station TEXT   NOT NULL,
    list    TEXT   NOT NULL,
    kept    BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    PRIMARY KEY (station, list)
);

-- digest identifies what a row says: the same message again brings no row.
CREATE TABLE security_events (
    number    INTEGER  PRIMARY KEY AUTOINCREMENT,
    station   TEXT     NOT NULL,
    digest    TEXT     NOT NULL,
    received  BIGINT   NOT NULL,
    time      BIGINT,
    type      TEXT     NOT NULL,
    tech_info TEXT     NOT NULL,
    critical  SMALLINT NOT NULL,
    UNIQUE (station, digest)
);
CREATE INDEX security_events_by_station ON security_events (station, number);
CREATE INDEX security_events_critical   ON security_events (critical, number);

-- locations is a list of texts as JSON; it is shown and never searched.
CREATE TABLE jobs (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    station     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    request_id  BIGINT,
    status      TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    reason_code TEXT    NOT NULL,
    info        TEXT    NOT NULL,
    locations   TEXT    NOT NULL,
    begun_at    BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    steps       BIGINT  NOT NULL
);
CREATE INDEX jobs_by_station ON jobs (station, kind, number);

CREATE TABLE job_steps (
    job         BIGINT NOT NULL,
    step        BIGINT NOT NULL,
    status      TEXT   NOT NULL,
    received    BIGINT NOT NULL,
    reason_code TEXT   NOT NULL,
    info        TEXT   NOT NULL,
    PRIMARY KEY (job, step)
);

CREATE TABLE monitoring_events (
    number             INTEGER PRIMARY KEY AUTOINCREMENT,
    station            TEXT    NOT NULL,
    digest             TEXT    NOT NULL,
    received           BIGINT  NOT NULL,
    time               BIGINT,
    event_id           BIGINT  NOT NULL,
    component          TEXT    NOT NULL,
    component_key      TEXT    NOT NULL,
    component_instance TEXT    NOT NULL,
    evse               BIGINT  NOT NULL,
    connector          BIGINT  NOT NULL,
    variable           TEXT    NOT NULL,
    variable_key       TEXT    NOT NULL,
    variable_instance  TEXT    NOT NULL,
    trigger_kind       TEXT    NOT NULL,
    kind               TEXT    NOT NULL,
    value              TEXT    NOT NULL,
    cleared            SMALLINT,
    cause              BIGINT,
    monitor_id         BIGINT,
    severity           BIGINT,
    transaction_id     TEXT    NOT NULL,
    tech_code          TEXT    NOT NULL,
    tech_info          TEXT    NOT NULL,
    UNIQUE (station, digest)
);
CREATE INDEX monitoring_events_by_station ON monitoring_events (station, number);

CREATE TABLE monitors (
    station            TEXT     NOT NULL,
    id                 BIGINT   NOT NULL,
    component          TEXT     NOT NULL,
    component_key      TEXT     NOT NULL,
    component_instance TEXT     NOT NULL,
    evse               BIGINT   NOT NULL,
    connector          BIGINT   NOT NULL,
    variable           TEXT     NOT NULL,
    variable_key       TEXT     NOT NULL,
    variable_instance  TEXT     NOT NULL,
    type               TEXT     NOT NULL,
    value              TEXT     NOT NULL,
    severity           BIGINT   NOT NULL,
    in_transaction     SMALLINT NOT NULL,
    kind               TEXT     NOT NULL,
    received           BIGINT   NOT NULL,
    PRIMARY KEY (station, id)
);

-- The device model of 2.x and the configuration keys of 1.6; key is fleet.Variable.Key. NULL and '' are "not told";
-- a value that is a secret is '***'.
CREATE TABLE variables (
    station             TEXT   NOT NULL,
    key                 TEXT   NOT NULL,
    component           TEXT   NOT NULL,
    component_key       TEXT   NOT NULL,
    component_instance  TEXT   NOT NULL,
    evse                BIGINT NOT NULL,
    connector           BIGINT NOT NULL,
    variable            TEXT   NOT NULL,
    variable_key        TEXT   NOT NULL,
    variable_instance   TEXT   NOT NULL,
    attribute           TEXT   NOT NULL,
    value               TEXT,
    mutability          TEXT   NOT NULL,
    persistent          SMALLINT,
    constant            SMALLINT,
    data_type           TEXT   NOT NULL,
    unit                TEXT   NOT NULL,
    min_limit           TEXT   NOT NULL,
    max_limit           TEXT   NOT NULL,
    max_elements        BIGINT,
    values_list         TEXT   NOT NULL,
    supports_monitoring SMALLINT,
    source              TEXT   NOT NULL,
    time                BIGINT,
    received            BIGINT NOT NULL,
    PRIMARY KEY (station, key)
);

-- The parts of reports that arrived. A report is the latest of its station, kind and request id. last_seq is the number of
-- the last part, NULL until it arrives.
CREATE TABLE reports (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    station    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    request_id BIGINT  NOT NULL,
    begun_at   BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    parts      BIGINT  NOT NULL,
    high_seq   BIGINT  NOT NULL,
    last_seq   BIGINT,
    missing    BIGINT  NOT NULL
);
CREATE INDEX reports_by_station ON reports (station, kind, request_id, number);

CREATE TABLE report_parts (
    report BIGINT NOT NULL,
    seq_no BIGINT NOT NULL,
    digest TEXT   NOT NULL,
    PRIMARY KEY (report, seq_no)
);

-- Personal data, which is deleted after a time or when somebody asks for it; the report stays.
CREATE TABLE customer_texts (
    report   BIGINT NOT NULL,
    seq_no   BIGINT NOT NULL,
    received BIGINT NOT NULL,
    text     TEXT   NOT NULL,
    PRIMARY KEY (report, seq_no)
);
CREATE INDEX customer_texts_by_time ON customer_texts (received);

CREATE TABLE certificate_requests (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    station          TEXT    NOT NULL,
    digest           TEXT    NOT NULL,
    wish             TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    request_id       BIGINT,
    certificate_use  TEXT    NOT NULL,
    subject          TEXT    NOT NULL,
    key_algorithm    TEXT    NOT NULL,
    key_bits         BIGINT  NOT NULL,
    fingerprint      TEXT    NOT NULL,
    fault            TEXT    NOT NULL,
    hash_algorithm   TEXT    NOT NULL,
    issuer_name_hash TEXT    NOT NULL,
    issuer_key_hash  TEXT    NOT NULL,
    serial_number    TEXT    NOT NULL,
    source           TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    schema_version   TEXT    NOT NULL,
    action           TEXT    NOT NULL,
    first_asked      BIGINT  NOT NULL,
    last_asked       BIGINT  NOT NULL,
    times            BIGINT  NOT NULL,
    UNIQUE (station, digest)
);
CREATE INDEX certificate_requests_by_station ON certificate_requests (station, number);

-- texts is a list of format, language and content as JSON; it is shown and never searched.
CREATE TABLE display_messages (
    station            TEXT   NOT NULL,
    id                 BIGINT NOT NULL,
    priority           TEXT   NOT NULL,
    state              TEXT   NOT NULL,
    component          TEXT   NOT NULL,
    component_instance TEXT   NOT NULL,
    evse               BIGINT NOT NULL,
    connector          BIGINT NOT NULL,
    texts              TEXT   NOT NULL,
    starts_at          BIGINT,
    ends_at            BIGINT,
    transaction_id     TEXT   NOT NULL,
    received           BIGINT NOT NULL,
    PRIMARY KEY (station, id)
);
