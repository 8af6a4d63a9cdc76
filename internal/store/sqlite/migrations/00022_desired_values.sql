-- What somebody wants variables and configuration keys to be; key is fleet.Variable.Key. actual is what the station told last:
-- NULL when it told none, or it is hidden. Secrets are never among it.

-- +goose Up
CREATE TABLE desired_values (
    station            TEXT     NOT NULL,
    key                TEXT     NOT NULL,
    attribute          TEXT     NOT NULL,
    component          TEXT     NOT NULL,
    component_key      TEXT     NOT NULL,
    component_instance TEXT     NOT NULL,
    evse               BIGINT   NOT NULL,
    connector          BIGINT   NOT NULL,
    variable           TEXT     NOT NULL,
    variable_key       TEXT     NOT NULL,
    variable_instance  TEXT     NOT NULL,
    value              TEXT     NOT NULL,
    apply              SMALLINT NOT NULL,
    since              BIGINT   NOT NULL,
    state              TEXT     NOT NULL,
    actual             TEXT,
    tried              BIGINT,
    status             TEXT     NOT NULL,
    reason             TEXT     NOT NULL,
    info               TEXT     NOT NULL,
    answered           BIGINT,
    PRIMARY KEY (station, key)
);
CREATE INDEX desired_values_by_state ON desired_values (state, station, key);
CREATE INDEX desired_values_by_variable ON desired_values (variable_key, state);
