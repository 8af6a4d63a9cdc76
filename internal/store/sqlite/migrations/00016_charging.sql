-- Charging profiles that are kept under a name, and sites whose stations share a limit.

-- +goose Up

-- schedules is a list of fleet.ChargingSchedule. Numbers are never used again: stations know profiles by them.
CREATE TABLE library_profiles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    purpose TEXT NOT NULL,
    kind TEXT NOT NULL,
    recurrency TEXT NOT NULL,
    stack_level INTEGER NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT,
    schedules TEXT NOT NULL,
    max_offline BIGINT,
    ends_offline SMALLINT NOT NULL,
    update_interval BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Limits are in tenths of the unit, durations in seconds. times is a list of fleet.SiteTime.
CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    note TEXT NOT NULL,
    unit TEXT NOT NULL,
    max_limit BIGINT NOT NULL,
    times TEXT NOT NULL,
    zone TEXT NOT NULL,
    policy TEXT NOT NULL,
    minimum BIGINT NOT NULL,
    fallback BIGINT NOT NULL,
    fallback_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- acked and pending are a fleet.Grant each: what the station acknowledged, and what may have arrived.
CREATE TABLE site_members (
    station TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    max_limit BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    acked_share BIGINT,
    acked_at BIGINT,
    acked_for BIGINT,
    acked_fallback BIGINT,
    acked_before BIGINT,
    pending_share BIGINT,
    pending_at BIGINT,
    pending_for BIGINT,
    pending_fallback BIGINT,
    pending_before BIGINT,
    command_key TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX site_members_by_site ON site_members (site, station);

CREATE TABLE allocations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    unit TEXT NOT NULL,
    max_limit BIGINT NOT NULL,
    reserved BIGINT NOT NULL
);
CREATE INDEX allocations_by_site ON allocations (site, number);

CREATE TABLE allocation_shares (
    allocation BIGINT NOT NULL,
    station TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    online SMALLINT NOT NULL,
    target BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    acked BIGINT,
    sent BIGINT,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (allocation, station)
);
