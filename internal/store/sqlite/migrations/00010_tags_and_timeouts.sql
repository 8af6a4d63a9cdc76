-- Stations have tags; commands have a time for their answer, and the status that was answered.

-- +goose Up
CREATE TABLE station_tags (
    station TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (station, tag)
);
CREATE INDEX station_tags_by_tag ON station_tags (tag, station);

-- timeout is in microseconds; commands that were kept before had a minute. status is that of the answer.
ALTER TABLE commands ADD COLUMN timeout BIGINT NOT NULL DEFAULT 60000000;
ALTER TABLE commands ADD COLUMN status TEXT NOT NULL DEFAULT '';
