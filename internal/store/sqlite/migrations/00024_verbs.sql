-- What was wanted in words of no version of OCPP: a verb with its arguments, a JSON object.

-- +goose Up

-- verb is '' and arguments NULL when a request was given as it is. A command of a bulk has the arguments of the bulk; its action
-- is '' until its turn has come.
ALTER TABLE bulks ADD COLUMN verb TEXT NOT NULL DEFAULT '';
ALTER TABLE bulks ADD COLUMN arguments TEXT;
ALTER TABLE commands ADD COLUMN verb TEXT NOT NULL DEFAULT '';
ALTER TABLE commands ADD COLUMN arguments TEXT;
