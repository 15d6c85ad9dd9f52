-- pair: what stands on a table that is there comes at its place
-- since 15
CREATE TABLE cats (id int, name text, room int4range);
-- then:
CREATE UNIQUE INDEX by_name ON cats (name) INCLUDE (id) NULLS NOT DISTINCT WITH (fillfactor = 50) TABLESPACE fast WHERE id > 3;
ALTER TABLE cats ADD PRIMARY KEY (id) INCLUDE (name) WITH (fillfactor = 60) USING INDEX TABLESPACE slow DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE cats ADD EXCLUDE USING gist (room WITH &&) WITH (fillfactor = 70) USING INDEX TABLESPACE fast WHERE (id > 3) DEFERRABLE;
ALTER TABLE cats SET TABLESPACE slow;

-- pair: and without blocking it
-- online
-- since 15
CREATE TABLE cats (id int, name text);
CREATE INDEX by_id ON cats (id) TABLESPACE fast;
-- then:
ALTER TABLE cats ADD PRIMARY KEY (id) INCLUDE (name) USING INDEX TABLESPACE slow;
ALTER TABLE cats ADD CONSTRAINT "Once" UNIQUE NULLS NOT DISTINCT (name) USING INDEX TABLESPACE fast;
DROP INDEX by_id;
CREATE INDEX by_id ON cats (id, name) TABLESPACE slow;

-- pair: what is made again lies where it lay, or elsewhere
-- since 15
CREATE TABLE cats (id int PRIMARY KEY USING INDEX TABLESPACE fast, name text);
CREATE INDEX by_name ON cats (name) TABLESPACE slow;
CREATE MATERIALIZED VIEW names TABLESPACE fast AS SELECT name FROM cats;
CREATE INDEX names_by_name ON names (name) TABLESPACE slow;
CREATE TABLE owls (id int) TABLESPACE slow;
-- or:
CREATE TABLE cats (id bigint, name varchar(9), PRIMARY KEY (id, name) USING INDEX TABLESPACE fast);
CREATE INDEX by_name ON cats (name DESC) TABLESPACE fast;
CREATE MATERIALIZED VIEW names TABLESPACE slow AS SELECT name, id FROM cats;
CREATE INDEX names_by_name ON names (name) TABLESPACE slow;
CREATE TABLE owls (id int, age int) TABLESPACE fast;

-- pair: parts of partitioned tables each have a place
-- since 15
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day) TABLESPACE fast;
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE visits_2 (id int NOT NULL, day date NOT NULL) TABLESPACE slow;
-- then:
CREATE INDEX by_day ON visits (day) TABLESPACE slow;
ALTER TABLE visits ADD PRIMARY KEY (id, day) USING INDEX TABLESPACE fast;
ALTER TABLE visits ATTACH PARTITION visits_2 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER INDEX visits_1_pkey SET TABLESPACE slow;

-- pair: what is called otherwise stays where it is
-- rename: table public.cats to felines
-- rename back: table public.felines to cats
-- since 15
CREATE TABLE cats (id int PRIMARY KEY USING INDEX TABLESPACE fast, name text) TABLESPACE slow;
CREATE INDEX cats_by_name ON cats (name) TABLESPACE fast;
-- or:
CREATE TABLE felines (id int PRIMARY KEY USING INDEX TABLESPACE fast, name text) TABLESPACE slow;
CREATE INDEX felines_by_name ON felines (name) TABLESPACE fast;
