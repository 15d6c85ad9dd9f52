CREATE TABLE cats (id serial PRIMARY KEY, name text, owner int);
CREATE INDEX cats_name_idx ON cats (name);
CREATE TYPE mood AS ENUM ('ok', 'bad');
ALTER TABLE cats ADD COLUMN mood mood DEFAULT 'ok';
CREATE VIEW names AS SELECT id, name FROM cats;
GRANT SELECT (id, name) ON cats TO pg_monitor;
CREATE TABLE visits (cat int REFERENCES cats, day date);
