-- A command that goes in several messages: how many of them the station has accepted, how many there are, and how often it was begun
-- again. A list of which a station has a part only: whose it is, and which part. What OCPP 2.1 adds to charging profiles: upkeep is a
-- fleet.ProfileUpkeep as JSON.

-- +goose Up
ALTER TABLE commands ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
ALTER TABLE commands ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE commands ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
ALTER TABLE local_lists ADD COLUMN sending TEXT NOT NULL DEFAULT '';
ALTER TABLE local_lists ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
ALTER TABLE local_lists ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE profiles_at_stations ADD COLUMN upkeep TEXT NOT NULL DEFAULT '{}';
ALTER TABLE installed_profiles ADD COLUMN upkeep TEXT NOT NULL DEFAULT '{}';
