CREATE TABLE owner (id int PRIMARY KEY, name text, born date);
CREATE TABLE cat (id int PRIMARY KEY, owner_id int, name varchar(20), note text, lives int DEFAULT 9, chip int);
CREATE INDEX cat_name ON cat (name);
CREATE INDEX cat_owner ON cat (owner_id);
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$
    INSERT INTO owner SELECT n, 'o' || n FROM generate_series(1, 3000) AS n;
    INSERT INTO cat SELECT n, n, 'c' || n, 'n', 9, n FROM generate_series(1, 3000) AS n;
$$

CREATE INDEX cat_lives ON cat (lives);

ALTER TABLE cat ADD colour text;

ALTER TABLE cat ADD colour text DEFAULT 'black';

ALTER TABLE cat ADD seen timestamptz DEFAULT now();

ALTER TABLE cat ADD token uuid DEFAULT gen_random_uuid();

ALTER TABLE cat ADD number int GENERATED ALWAYS AS IDENTITY;

ALTER TABLE cat ADD twice int GENERATED ALWAYS AS (lives * 2) STORED;

ALTER TABLE cat ADD FOREIGN KEY (owner_id) REFERENCES owner;

ALTER TABLE cat ADD FOREIGN KEY (owner_id) REFERENCES owner NOT VALID;

ALTER TABLE cat ADD CONSTRAINT cat_owner_fk FOREIGN KEY (owner_id) REFERENCES owner NOT VALID;
-- then
ALTER TABLE cat VALIDATE CONSTRAINT cat_owner_fk;

ALTER TABLE cat ALTER chip SET NOT NULL;

ALTER TABLE cat ADD CHECK (chip IS NOT NULL);
-- then
ALTER TABLE cat ALTER chip SET NOT NULL;

ALTER TABLE cat ALTER chip TYPE bigint;

ALTER TABLE cat ALTER name TYPE varchar(40);

ALTER TABLE cat ALTER name TYPE text;

ALTER TABLE cat ALTER name TYPE varchar(10);

ALTER TABLE cat ALTER note TYPE varchar(10);

ALTER TABLE cat ADD CONSTRAINT lives CHECK (lives > 0);

ALTER TABLE cat ADD CONSTRAINT lives CHECK (lives > 0) NOT VALID;

ALTER TABLE cat ADD CONSTRAINT lives CHECK (lives > 0) NOT VALID;
-- then
ALTER TABLE cat VALIDATE CONSTRAINT lives;

ALTER TABLE cat ADD CONSTRAINT chip UNIQUE (chip);

CREATE UNIQUE INDEX chip ON cat (chip);
-- then
ALTER TABLE cat ADD CONSTRAINT cat_chip UNIQUE USING INDEX chip;

ALTER TABLE cat DROP COLUMN note;

ALTER TABLE cat DROP COLUMN name;

DROP INDEX cat_name;

ALTER TABLE cat RENAME COLUMN name TO called;

ALTER TABLE cat ALTER lives SET DEFAULT 7;

CREATE POLICY mine ON cat USING (true);

ALTER TABLE cat ENABLE ROW LEVEL SECURITY;

DROP TABLE cat;

CREATE VIEW old_cat AS SELECT * FROM cat;
ALTER TABLE cat ADD FOREIGN KEY (owner_id) REFERENCES owner;
-- then
DROP TABLE owner CASCADE;

TRUNCATE cat;

CREATE FUNCTION purr() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- then
CREATE TRIGGER purr AFTER INSERT ON cat FOR EACH ROW EXECUTE FUNCTION purr();

CREATE MATERIALIZED VIEW old AS SELECT id FROM cat;
CREATE UNIQUE INDEX old_id ON old (id);
-- then
REFRESH MATERIALIZED VIEW old;

CREATE MATERIALIZED VIEW old AS SELECT id FROM cat;
CREATE UNIQUE INDEX old_id ON old (id);
-- then
REFRESH MATERIALIZED VIEW CONCURRENTLY old;

CREATE TYPE mood AS ENUM ('calm');
-- then
ALTER TYPE mood ADD VALUE 'wild';

CREATE TABLE event (at int) PARTITION BY RANGE (at);
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE event_one (at int);
-- then
ALTER TABLE event ATTACH PARTITION event_one FOR VALUES FROM (0) TO (9);

CREATE TABLE event (at int) PARTITION BY RANGE (at);
CREATE TABLE event_one (at int, CHECK (at IS NOT NULL AND at >= 0 AND at < 9));
-- then
ALTER TABLE event ATTACH PARTITION event_one FOR VALUES FROM (0) TO (9);

CREATE TABLE event (at int) PARTITION BY RANGE (at);
CREATE TABLE event_one PARTITION OF event FOR VALUES FROM (0) TO (9);
-- then
ALTER TABLE event DETACH PARTITION event_one;

CREATE TABLE event (at int) PARTITION BY RANGE (at);
CREATE TABLE event_rest PARTITION OF event DEFAULT;
-- then
CREATE TABLE event_two PARTITION OF event FOR VALUES FROM (9) TO (20);

ALTER TABLE cat SET (fillfactor = 70);

ALTER TABLE cat ALTER name SET STATISTICS 500;

COMMENT ON TABLE cat IS 'purrs';

CREATE STATISTICS both_names ON name, note FROM cat;

ANALYZE cat;

ALTER TABLE cat SET UNLOGGED;

REINDEX TABLE cat;

CLUSTER cat USING cat_name;

CREATE DOMAIN chip_number AS int;
ALTER TABLE cat ADD other chip_number;
-- then
ALTER DOMAIN chip_number ADD CHECK (VALUE > 0);

UPDATE cat SET lives = 7;

CREATE VIEW named_cat AS SELECT name FROM cat;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;

CREATE TABLE toy (id serial PRIMARY KEY, cat_id int REFERENCES cat, label text UNIQUE);

CREATE TABLE toy (id serial PRIMARY KEY);
-- then
DROP TABLE toy;

CREATE EXTENSION IF NOT EXISTS plpgsql;

CREATE SCHEMA shelter;

SELECT 1;
