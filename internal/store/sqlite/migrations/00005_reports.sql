-- What operators want the boots of a station to be answered, and what stations report beyond their transactions.
-- '' and 0 leave it to the server's defaults; intervals are seconds.

-- +goose Up
ALTER TABLE stations ADD COLUMN boot_policy TEXT NOT NULL DEFAULT '';
ALTER TABLE stations ADD COLUMN boot_retry BIGINT NOT NULL DEFAULT 0;
ALTER TABLE stations ADD COLUMN boot_heartbeat BIGINT NOT NULL DEFAULT 0;

-- Records, one table for each kind of fleet.Record. subject is what a row is about, digest says what it says, at is when
-- that was by the station's clock if it says so; latest marks the row of the subject that counts now. Schedules and
-- lists of ids are JSON: they are shown with the row and never searched.

CREATE TABLE reservation_updates (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    reservation_id BIGINT NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX reservation_updates_by_subject ON reservation_updates (station, subject, number);
CREATE INDEX reservation_updates_by_digest ON reservation_updates (station, digest);
CREATE INDEX reservation_updates_by_station ON reservation_updates (station, latest, number);

CREATE TABLE charging_needs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    evse BIGINT NOT NULL,
    time BIGINT,
    energy_transfer TEXT NOT NULL,
    available_transfers TEXT NOT NULL,
    departure_time BIGINT,
    max_schedule_tuples BIGINT,
    control_mode TEXT NOT NULL,
    mobility_needs_mode TEXT NOT NULL,
    energy_amount TEXT NOT NULL,
    min_current TEXT NOT NULL,
    max_current TEXT NOT NULL,
    max_voltage TEXT NOT NULL,
    max_power TEXT NOT NULL,
    energy_capacity TEXT NOT NULL,
    state_of_charge BIGINT,
    full_soc BIGINT,
    bulk_soc BIGINT,
    details TEXT,
    answer TEXT NOT NULL
);
CREATE INDEX charging_needs_by_subject ON charging_needs (station, subject, number);
CREATE INDEX charging_needs_by_digest ON charging_needs (station, digest);
CREATE INDEX charging_needs_by_station ON charging_needs (station, latest, number);

CREATE TABLE ev_schedules (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    evse BIGINT NOT NULL,
    time_base BIGINT,
    selected_schedule BIGINT,
    tolerance_accepted SMALLINT,
    schedules TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX ev_schedules_by_subject ON ev_schedules (station, subject, number);
CREATE INDEX ev_schedules_by_digest ON ev_schedules (station, digest);
CREATE INDEX ev_schedules_by_station ON ev_schedules (station, latest, number);

CREATE TABLE charging_limits (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    evse BIGINT NOT NULL,
    source TEXT NOT NULL,
    cleared SMALLINT NOT NULL,
    grid_critical SMALLINT,
    local_generation SMALLINT NOT NULL,
    schedules TEXT NOT NULL
);
CREATE INDEX charging_limits_by_subject ON charging_limits (station, subject, number);
CREATE INDEX charging_limits_by_digest ON charging_limits (station, digest);
CREATE INDEX charging_limits_by_station ON charging_limits (station, latest, number);

CREATE TABLE installed_profiles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    evse BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    stack_level BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    type TEXT NOT NULL,
    recurrency TEXT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT,
    transaction_id TEXT NOT NULL,
    schedules TEXT NOT NULL,
    request_id BIGINT NOT NULL
);
CREATE INDEX installed_profiles_by_subject ON installed_profiles (station, subject, number);
CREATE INDEX installed_profiles_by_digest ON installed_profiles (station, digest);
CREATE INDEX installed_profiles_by_station ON installed_profiles (station, latest, number);

CREATE TABLE priority_charging (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    transaction_id TEXT NOT NULL,
    activated SMALLINT NOT NULL
);
CREATE INDEX priority_charging_by_subject ON priority_charging (station, subject, number);
CREATE INDEX priority_charging_by_digest ON priority_charging (station, digest);
CREATE INDEX priority_charging_by_station ON priority_charging (station, latest, number);

CREATE TABLE schedule_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    profile_id BIGINT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX schedule_requests_by_subject ON schedule_requests (station, subject, number);
CREATE INDEX schedule_requests_by_digest ON schedule_requests (station, digest);
CREATE INDEX schedule_requests_by_station ON schedule_requests (station, latest, number);

CREATE TABLE der_alarms (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    control_type TEXT NOT NULL,
    time BIGINT,
    ended SMALLINT NOT NULL,
    fault TEXT NOT NULL,
    extra_info TEXT NOT NULL
);
CREATE INDEX der_alarms_by_subject ON der_alarms (station, subject, number);
CREATE INDEX der_alarms_by_digest ON der_alarms (station, digest);
CREATE INDEX der_alarms_by_station ON der_alarms (station, latest, number);

CREATE TABLE der_control_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    control_id TEXT NOT NULL,
    started SMALLINT NOT NULL,
    time BIGINT,
    superseded TEXT NOT NULL
);
CREATE INDEX der_control_events_by_subject ON der_control_events (station, subject, number);
CREATE INDEX der_control_events_by_digest ON der_control_events (station, digest);
CREATE INDEX der_control_events_by_station ON der_control_events (station, latest, number);

CREATE TABLE der_controls (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    control_id TEXT NOT NULL,
    control_type TEXT NOT NULL,
    is_default SMALLINT NOT NULL,
    is_superseded SMALLINT NOT NULL,
    priority BIGINT NOT NULL,
    start_time BIGINT,
    duration TEXT NOT NULL,
    settings TEXT,
    request_id BIGINT NOT NULL
);
CREATE INDEX der_controls_by_subject ON der_controls (station, subject, number);
CREATE INDEX der_controls_by_digest ON der_controls (station, digest);
CREATE INDEX der_controls_by_station ON der_controls (station, latest, number);

CREATE TABLE battery_swaps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    request_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    id_token TEXT NOT NULL,
    id_token_type TEXT NOT NULL,
    evse BIGINT NOT NULL,
    serial_number TEXT NOT NULL,
    state_of_charge TEXT NOT NULL,
    state_of_health TEXT NOT NULL,
    production_date BIGINT,
    vendor_info TEXT NOT NULL
);
CREATE INDEX battery_swaps_by_subject ON battery_swaps (station, subject, number);
CREATE INDEX battery_swaps_by_digest ON battery_swaps (station, digest);
CREATE INDEX battery_swaps_by_station ON battery_swaps (station, latest, number);

CREATE TABLE settlements (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    psp_ref TEXT NOT NULL,
    status TEXT NOT NULL,
    status_info TEXT NOT NULL,
    amount TEXT NOT NULL,
    time BIGINT,
    transaction_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    receipt_url TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    company TEXT NOT NULL,
    address TEXT NOT NULL,
    city TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL
);
CREATE INDEX settlements_by_subject ON settlements (station, subject, number);
CREATE INDEX settlements_by_digest ON settlements (station, digest);
CREATE INDEX settlements_by_station ON settlements (station, latest, number);

CREATE TABLE vat_checks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    vat_number TEXT NOT NULL,
    evse BIGINT,
    answer TEXT NOT NULL
);
CREATE INDEX vat_checks_by_subject ON vat_checks (station, subject, number);
CREATE INDEX vat_checks_by_digest ON vat_checks (station, digest);
CREATE INDEX vat_checks_by_station ON vat_checks (station, latest, number);

CREATE TABLE event_streams (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    stream_id BIGINT NOT NULL,
    is_open SMALLINT NOT NULL,
    monitor_id BIGINT,
    max_interval BIGINT,
    max_values BIGINT
);
CREATE INDEX event_streams_by_subject ON event_streams (station, subject, number);
CREATE INDEX event_streams_by_digest ON event_streams (station, digest);
CREATE INDEX event_streams_by_station ON event_streams (station, latest, number);

CREATE TABLE stream_values (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    stream_id BIGINT NOT NULL,
    time BIGINT,
    value TEXT,
    pending BIGINT NOT NULL
);
CREATE INDEX stream_values_by_subject ON stream_values (station, subject, number);
CREATE INDEX stream_values_by_digest ON stream_values (station, digest);
CREATE INDEX stream_values_by_station ON stream_values (station, latest, number);

CREATE TABLE data_transfers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    vendor_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    data TEXT,
    answer TEXT NOT NULL,
    reply TEXT
);
CREATE INDEX data_transfers_by_subject ON data_transfers (station, subject, number);
CREATE INDEX data_transfers_by_digest ON data_transfers (station, digest);
CREATE INDEX data_transfers_by_station ON data_transfers (station, latest, number);

CREATE TABLE contradictions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    station TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    received BIGINT NOT NULL,
    latest SMALLINT NOT NULL,
    message TEXT NOT NULL,
    contradiction TEXT NOT NULL,
    evse BIGINT,
    time BIGINT,
    detail TEXT NOT NULL
);
CREATE INDEX contradictions_by_subject ON contradictions (station, subject, number);
CREATE INDEX contradictions_by_digest ON contradictions (station, digest);
CREATE INDEX contradictions_by_station ON contradictions (station, latest, number);
