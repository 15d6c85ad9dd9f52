CREATE TABLE cats (id int, name text, age int);
CREATE INDEX cats_name ON cats (name);
CREATE UNIQUE INDEX cats_id ON cats (id DESC NULLS LAST) INCLUDE (age);
CREATE INDEX cats_lower ON cats (lower(name) COLLATE "C" text_pattern_ops) WHERE age > 3;
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE INDEX visits_day ON visits (day);
CREATE MATERIALIZED VIEW names AS SELECT name FROM cats;
CREATE INDEX names_name ON names (name);
-- Valid only when each partition has its part.
CREATE INDEX visits_id ON ONLY visits (id);
CREATE INDEX visits_1_id ON visits_1 (id);
