-- What is known of the local lists of stations, and what is on them: lists that are the same are kept once. content is a JSON
-- list of fleet.ListedToken; digest is fleet.ListDigest of it, '' is not known.

-- +goose Up
CREATE TABLE local_lists (
    station     TEXT     NOT NULL PRIMARY KEY,
    version     BIGINT   NOT NULL,
    known       SMALLINT NOT NULL,
    known_from  TEXT     NOT NULL,
    known_at    BIGINT,
    entries     BIGINT,
    digest      TEXT     NOT NULL,
    answer      TEXT     NOT NULL,
    answered_at BIGINT
);
CREATE INDEX local_lists_by_digest ON local_lists (digest);

CREATE TABLE local_list_contents (
    digest  TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);
