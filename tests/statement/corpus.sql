-- Statements as migrations have them, in an order in which they run on an empty database
-- (PostgreSQL 14 to 18, superuser). tests/statement sends each piece alone to a real server.

/* Schemas, roles, types ;*/
CREATE SCHEMA shelter;
CREATE SCHEMA IF NOT EXISTS shelter;
CREATE SCHEMA archive CREATE TABLE old_cats (id int) CREATE VIEW old AS SELECT 1 AS one;
COMMENT ON SCHEMA shelter IS 'it''s; a shelter';
CREATE ROLE cat_reader NOLOGIN;
CREATE USER cat_writer WITH NOLOGIN PASSWORD NULL;
CREATE GROUP cat_people;
ALTER ROLE cat_reader SET statement_timeout = '5min';
ALTER GROUP cat_people ADD USER cat_writer;
GRANT cat_reader TO cat_writer WITH ADMIN OPTION;
SET search_path TO shelter, public;
SET LOCAL lock_timeout = '1s';
SET SESSION work_mem = '8MB';
RESET work_mem;
SHOW search_path;
CREATE TYPE mood AS ENUM ('calm', 'playful;', 'it''s complicated');
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sleepy' BEFORE 'calm';
ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet';
CREATE TYPE point3 AS (x double precision, y double precision, z double precision);
ALTER TYPE point3 ADD ATTRIBUTE w double precision;
CREATE TYPE weight_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 1000000) NOT VALID;
ALTER DOMAIN positive VALIDATE CONSTRAINT small;
CREATE SEQUENCE chip_number AS bigint START 1000 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE chip_number RESTART WITH 2000;

-- Tables
CREATE TABLE cats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL DEFAULT 'no; name', -- a ; in a comment
    mood mood NOT NULL DEFAULT 'quiet',
    born date,
    weight numeric(5, 2) CHECK (weight > 0),
    tags text[] NOT NULL DEFAULT ARRAY['new', E'it\'s; new']::text[],
    extra jsonb DEFAULT '{"a": ";"}',
    "Odd ""Name;" int DEFAULT 1,
    U&"d\0061t\+000061" int,
    EXCLUDE USING gist (daterange(born, NULL) WITH &&) WHERE (born IS NOT NULL) DEFERRABLE
);
CREATE TABLE IF NOT EXISTS owners (owner_id serial PRIMARY KEY, email varchar(320) COLLATE "C" UNIQUE, LIKE archive.old_cats INCLUDING ALL EXCLUDING CONSTRAINTS);
CREATE UNLOGGED TABLE sightings (cat_id bigint REFERENCES cats (id) ON DELETE CASCADE, at timestamptz NOT NULL, place point) PARTITION BY RANGE (at);
CREATE TABLE sightings_2024 PARTITION OF sightings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sightings_rest PARTITION OF sightings DEFAULT;
CREATE TABLE sightings_2025 (LIKE sightings INCLUDING DEFAULTS);
CREATE TEMPORARY TABLE scratch (a int) ON COMMIT PRESERVE ROWS;
CREATE TABLE kittens (mother bigint) INHERITS (cats);
CREATE TABLE points OF point3 (x WITH OPTIONS NOT NULL);
CREATE TABLE summary AS SELECT mood, count(*) AS cats FROM cats GROUP BY mood WITH NO DATA;
SELECT id, name INTO summary_too FROM cats;
ALTER TABLE cats ADD COLUMN IF NOT EXISTS chip bigint DEFAULT nextval('chip_number'), ADD COLUMN note text;
ALTER TABLE cats ALTER COLUMN weight TYPE numeric(6, 2) USING weight::numeric(6, 2), ALTER note SET STORAGE external;
ALTER TABLE cats ADD CONSTRAINT chip_positive CHECK (chip > 0) NOT VALID;
ALTER TABLE cats VALIDATE CONSTRAINT chip_positive;
ALTER TABLE cats ADD COLUMN owner_id int, ADD CONSTRAINT cats_owner FOREIGN KEY (owner_id) REFERENCES owners (owner_id) NOT VALID;
ALTER TABLE cats ALTER CONSTRAINT cats_owner DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY cats ALTER name SET STATISTICS 500, SET (fillfactor = 80);
ALTER TABLE cats RENAME COLUMN note TO notes;
ALTER TABLE cats DROP COLUMN "Odd ""Name;" CASCADE;
ALTER TABLE IF EXISTS nowhere RENAME TO somewhere;
ALTER TABLE sightings DETACH PARTITION sightings_rest;
ALTER TABLE sightings ATTACH PARTITION sightings_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE sightings DETACH PARTITION sightings_2025 CONCURRENTLY;
ALTER TABLE cats ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE cats NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cats REPLICA IDENTITY FULL;
COMMENT ON COLUMN cats.name IS $$what it's called; by whom$$;
COMMENT ON TABLE owners IS NULL;

-- Indexes
CREATE INDEX cats_name ON cats (lower(name) text_pattern_ops, (extra ->> 'a')) INCLUDE (born) WHERE name <> ';';
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS cats_chip ON cats USING btree (chip DESC NULLS LAST);
CREATE INDEX sightings_place ON ONLY sightings USING gist (place);
CREATE INDEX CONCURRENTLY ON cats (mood);
CREATE INDEX CONCURRENTLY "Cats;Tags" ON cats USING gin (tags);
ALTER TABLE owners ADD COLUMN code text;
CREATE UNIQUE INDEX owners_code ON owners (code);
ALTER TABLE owners ADD CONSTRAINT owners_code UNIQUE USING INDEX owners_code DEFERRABLE;
ALTER INDEX cats_name RENAME TO cats_by_name;
ALTER INDEX IF EXISTS cats_by_name SET (fillfactor = 70);
REINDEX INDEX cats_by_name;
REINDEX (VERBOSE) TABLE owners;
REINDEX INDEX CONCURRENTLY "Cats;Tags";
REINDEX (CONCURRENTLY) TABLE shelter.owners;
REINDEX SCHEMA archive;
CLUSTER owners USING owners_pkey;
CLUSTER;
DROP INDEX CONCURRENTLY IF EXISTS "Cats;Tags";
DROP INDEX cats_mood_idx, cats_chip;
CREATE STATISTICS cats_stats (dependencies, mcv) ON name, born FROM cats;
ALTER STATISTICS cats_stats SET STATISTICS 100;
ANALYZE cats (name), owners;
VACUUM (ANALYZE, VERBOSE) cats;
VACUUM FULL owners;

-- Functions, with every way to write a body
CREATE FUNCTION greet(who text DEFAULT 'you;') RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'hello; ' || who $$;
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- a $$ inside; and 'quotes"
    IF TG_OP = 'UPDATE' THEN
        NEW.notes := CASE WHEN NEW.notes IS NULL THEN 'touched;' ELSE NEW.notes END;
    END IF;
    RETURN NEW;
END;
$body$;
CREATE FUNCTION classify(kilos numeric) RETURNS text LANGUAGE sql
BEGIN ATOMIC
    SELECT CASE WHEN kilos < 3 THEN 'small' WHEN kilos < 6 THEN CASE WHEN true THEN 'middle' END ELSE 'large' END AS end;
    SELECT (CASE WHEN kilos < 3 THEN 'small' ELSE 'not; small' END);
END;
CREATE FUNCTION twice(n int) RETURNS int RETURN n * 2;
CREATE PROCEDURE rename_all(prefix text) LANGUAGE sql BEGIN ATOMIC UPDATE cats SET name = prefix || name; UPDATE owners SET code = code; END;
CREATE PROCEDURE nothing() BEGIN ATOMIC END;
CREATE FUNCTION begin(atomic int, "end" int) RETURNS int LANGUAGE sql AS 'SELECT atomic + 1 -- it''s; fine';
CREATE FUNCTION escaped() RETURNS text LANGUAGE sql AS E'SELECT \'a;\\'
    ';b\'::text';
ALTER FUNCTION greet(text) STABLE PARALLEL SAFE;
ALTER PROCEDURE nothing() RENAME TO nothing_at_all;
ALTER ROUTINE twice(int) COST 10;
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq, commutator = ===);
CREATE OPERATOR CLASS int_ops_too FOR TYPE int USING btree AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
CREATE OPERATOR FAMILY family_too USING btree;
CREATE CAST (text AS positive) WITH INOUT AS ASSIGNMENT;
CREATE COLLATION german FROM "C";
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM cats WHERE name = ';') THEN PERFORM 1; END IF; END $$;
DO LANGUAGE plpgsql 'BEGIN /* it''s; */ PERFORM 1; END';
CALL nothing_at_all();
CREATE TRIGGER touched BEFORE UPDATE OF name ON cats FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION touch('a;b');
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON cats DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE cats DISABLE TRIGGER touched;
ALTER TRIGGER touched ON cats RENAME TO touched_too;
CREATE FUNCTION on_drop() RETURNS event_trigger LANGUAGE plpgsql AS $_$ BEGIN END $_$;
CREATE EVENT TRIGGER seen ON sql_drop WHEN TAG IN ('DROP DOMAIN') EXECUTE FUNCTION on_drop();
ALTER EVENT TRIGGER seen DISABLE;

-- Views, rules, policies, privileges
CREATE VIEW calm_cats WITH (security_barrier) AS SELECT * FROM cats WHERE mood = 'quiet' WITH LOCAL CHECK OPTION;
CREATE OR REPLACE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
ALTER VIEW calm_cats ALTER COLUMN name SET DEFAULT ';';
CREATE MATERIALIZED VIEW moods AS SELECT mood, count(*) AS n FROM cats GROUP BY mood WITH DATA;
CREATE UNIQUE INDEX moods_mood ON moods (mood);
ALTER MATERIALIZED VIEW moods SET (fillfactor = 90);
REFRESH MATERIALIZED VIEW CONCURRENTLY moods;
CREATE RULE kept AS ON DELETE TO cats DO INSTEAD (UPDATE cats SET notes = 'gone;' WHERE id = OLD.id; NOTIFY gone, 'a;b');
ALTER RULE kept ON cats RENAME TO kept_too;
CREATE POLICY own ON cats AS PERMISSIVE FOR SELECT TO cat_reader USING (name = current_user) ;
ALTER POLICY own ON cats TO cat_reader, cat_writer;
GRANT SELECT (id, name), UPDATE (name) ON cats TO cat_reader;
GRANT EXECUTE ON FUNCTION greet(text) TO PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA shelter FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shelter GRANT SELECT ON TABLES TO cat_reader;
ALTER TABLE owners OWNER TO cat_writer;
REASSIGN OWNED BY cat_writer TO CURRENT_USER;
DROP OWNED BY cat_people;
CREATE PUBLICATION everything FOR ALL TABLES;
ALTER PUBLICATION everything SET (publish = 'insert');
CREATE FOREIGN DATA WRAPPER fdw;
ALTER FOREIGN DATA WRAPPER fdw OPTIONS (ADD a 'b;');
CREATE SERVER elsewhere FOREIGN DATA WRAPPER fdw OPTIONS (host 'h;');
ALTER SERVER elsewhere VERSION '2';
CREATE FOREIGN TABLE far_cats (id int OPTIONS (column_name 'ID')) SERVER elsewhere;
ALTER FOREIGN TABLE far_cats ADD COLUMN name text;
CREATE USER MAPPING FOR cat_reader SERVER elsewhere OPTIONS (user_name 'x');
ALTER USER MAPPING FOR cat_reader SERVER elsewhere OPTIONS (SET user_name 'y');
CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE TEXT SEARCH CONFIGURATION cat_search (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION cat_search ALTER MAPPING FOR word WITH simple;
CREATE TEXT SEARCH DICTIONARY cat_words (TEMPLATE = simple);
CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON CONSTRAINT chip_positive ON cats IS E'a\\b;\'';

-- Rows
INSERT INTO owners (email, code, id) VALUES ('a;@b', 'A', 1), (U&'\0441', E'\'', 2) ON CONFLICT (email) DO UPDATE SET code = excluded.code RETURNING *;
INSERT INTO cats (name, tags) SELECT 'cat ' || n, ARRAY['x', 'y'] FROM generate_series(1, 10) AS n;
WITH old AS (SELECT id FROM cats WHERE born < '2000-01-01'), merge AS (SELECT 1) UPDATE cats SET notes = 'old; ' || name, extra['a;'] = '1' FROM old WHERE cats.id = old.id;
UPDATE cats SET tags[1:2] = ARRAY['p', 'q'], chip = chip::int::bigint WHERE tags[:1] = ARRAY['x'] AND name !~ 'it\''s|;';
DELETE FROM owners WHERE code = B'1'::text OR code = 'it''s;' OR code = $x$;$x$;
WITH gone AS (DELETE FROM owners RETURNING *) SELECT count(*) FROM gone;
VALUES (1, ';'), (2, $$'$$);
TABLE numbers;
(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1;
SELECT id, tags[1:array_length(tags, 1)], 5 --9;
  -3 AS two, 1e-5, 'a'
  'b;' AS ab FROM cats WHERE id = ANY (ARRAY[1, 2]);
SELECT setval('chip_number', 5000, false);
SELECT begin atomic, "end" FROM (SELECT 1 AS begin, 2 AS "end") AS t;
EXPLAIN (COSTS off) SELECT * FROM cats;
PREPARE find (bigint) AS SELECT * FROM cats WHERE id = $1;
EXECUTE find (1);
DEALLOCATE find;
LISTEN cats;
NOTIFY cats, 'a;b';
UNLISTEN *;
DISCARD PLANS;
SET CONSTRAINTS ALL IMMEDIATE;
DECLARE walk CURSOR WITH HOLD FOR SELECT id FROM cats;
FETCH 2 FROM walk;
MOVE 1 IN walk;
CLOSE walk;
SET ROLE cat_reader;
RESET ROLE;
SET SESSION AUTHORIZATION DEFAULT;
CHECKPOINT;
TRUNCATE TABLE ONLY sightings_2025, summary RESTART IDENTITY;

-- And away again
DROP POLICY own ON cats;
DROP RULE kept_too ON cats;
DROP TRIGGER IF EXISTS touched_too ON cats;
DROP MATERIALIZED VIEW moods;
DROP VIEW calm_cats, numbers;
DROP AGGREGATE total(int);
DROP OPERATOR === (int, int);
DROP OPERATOR CLASS int_ops_too USING btree;
DROP OPERATOR FAMILY family_too USING btree;
DROP CAST (text AS positive);
DROP COLLATION german;
DROP CONVERSION latin;
DROP ACCESS METHOD heap_too;
DROP TEXT SEARCH CONFIGURATION cat_search;
DROP TEXT SEARCH DICTIONARY cat_words;
DROP USER MAPPING FOR cat_reader SERVER elsewhere;
DROP FOREIGN TABLE far_cats;
DROP SERVER elsewhere;
DROP FOREIGN DATA WRAPPER fdw CASCADE;
DROP PUBLICATION everything;
DROP STATISTICS cats_stats;
DROP EVENT TRIGGER seen;
DROP PROCEDURE nothing_at_all, rename_all(text);
DROP FUNCTION begin(int, int), greet;
DROP ROUTINE twice(int);
DROP TABLE kittens, summary_too;
DROP DOMAIN positive CASCADE;
DROP TYPE weight_range;
DROP SEQUENCE chip_number CASCADE;
DROP SCHEMA archive CASCADE;
ALTER SCHEMA shelter RENAME TO home;
ALTER DEFAULT PRIVILEGES IN SCHEMA home REVOKE SELECT ON TABLES FROM cat_reader;
DROP GROUP cat_people
