-- online
CREATE TABLE cats (
    id int PRIMARY KEY,
    name text CONSTRAINT once UNIQUE USING INDEX TABLESPACE fast,
    room int4range,
    age int,
    EXCLUDE USING gist (room WITH &&) USING INDEX TABLESPACE slow WHERE (age > 3) DEFERRABLE
);
CREATE TABLE owls (id int);
CREATE TABLE dogs (id int PRIMARY KEY USING INDEX TABLESPACE slow) TABLESPACE fast;
CREATE INDEX dogs_by_id ON dogs (id) TABLESPACE slow;
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE INDEX visits_by_day ON visits (day) TABLESPACE slow;
CREATE INDEX cats_age ON cats (age, id) TABLESPACE fast;
CREATE INDEX old_cats ON cats (id) TABLESPACE slow WHERE age > 10;
CREATE MATERIALIZED VIEW names TABLESPACE fast AS SELECT name FROM cats;
