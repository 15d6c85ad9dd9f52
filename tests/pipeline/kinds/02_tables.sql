-- Tables of every sort, and rows in them
--
-- Revision ID: 02_tables
-- Revises: 01_types
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

SET LOCAL search_path = shelter, public;
CREATE TABLE cats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name shelter.name NOT NULL,
    mood shelter.mood DEFAULT 'hungry',
    size shelter.size,
    weight numeric(4, 2) CHECK (weight > 0),
    tag text COLLATE shelter.bytewise UNIQUE DEFERRABLE INITIALLY DEFERRED,
    born date NOT NULL DEFAULT '2020-01-01',
    shout text GENERATED ALWAYS AS (upper(name || '!')) STORED,
    mother bigint REFERENCES cats (id) ON DELETE SET NULL DEFERRABLE,
    EXCLUDE USING btree (id WITH =)
);
COMMENT ON TABLE cats IS 'it''s a table; with a semicolon, a \backslash and a :name';
COMMENT ON COLUMN cats.tag IS $x$a 'quoted' "tag" -- not a comment$x$;
CREATE INDEX cats_name_idx ON cats (lower(name)) INCLUDE (born) WHERE mood <> 'asleep';
CREATE UNIQUE INDEX cats_born_key ON cats (born DESC NULLS LAST, id);
ALTER INDEX cats_name_idx SET (fillfactor = 80);
CREATE STATISTICS cats_stats (ndistinct, dependencies) ON born, mood FROM cats;
ALTER STATISTICS cats_stats SET STATISTICS 50;
CREATE UNLOGGED TABLE scratch (LIKE cats INCLUDING ALL);
CREATE TABLE kittens (litter integer) INHERITS (cats);

CREATE TABLE visits (cat bigint, at timestamptz NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE visits_2023 PARTITION OF visits FOR VALUES FROM ('2023-01-01Z') TO ('2024-01-01Z');
CREATE TABLE visits_2024 (LIKE visits);
ALTER TABLE visits ATTACH PARTITION visits_2024 FOR VALUES FROM ('2024-01-01Z') TO ('2025-01-01Z');
CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01Z') TO ('2026-01-01Z');
CREATE INDEX visits_at_idx ON visits (at);

INSERT INTO cats (name, tag, weight, size) VALUES ('Tom', 'a', 4.5, ROW(1, 2, 3)), ('Minka', 'b;c', 3.25, NULL);
INSERT INTO visits SELECT 1, '2023-06-01Z'::timestamptz + n * interval '1 day', E'day\t' || n FROM generate_series(1, 400) AS n;
WITH old AS (SELECT id FROM cats WHERE weight > 4) UPDATE cats SET tag = U&'d\0061t\00E9' WHERE id IN (SELECT id FROM old);
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM visits WHERE at < '2023-07-01Z';
TRUNCATE scratch;
CREATE TEMPORARY TABLE names ON COMMIT DROP AS SELECT name FROM cats;
TABLE names;
VALUES (1), (2);
LOCK TABLE visits IN SHARE MODE;
ANALYZE cats;
EXPLAIN SELECT * FROM cats;
CREATE TABLE summary AS SELECT mood, count(*) AS cats FROM cats GROUP BY mood;
SELECT mood, cats AS total INTO summary_copy FROM summary;

-- migrate:down

DROP TABLE shelter.summary_copy, shelter.summary;
DROP TABLE shelter.visits;
DROP TABLE shelter.kittens;
DROP TABLE shelter.scratch;
DROP STATISTICS shelter.cats_stats;
DROP INDEX shelter.cats_name_idx;
DROP TABLE shelter.cats;
