-- pair: a view that gets columns at its end
CREATE TABLE cats (id int, name text);
CREATE VIEW seen AS SELECT id FROM cats;
CREATE VIEW again AS SELECT id FROM seen;
-- or:
CREATE TABLE cats (id int, name text);
CREATE VIEW seen WITH (security_barrier) AS SELECT id, name FROM cats WITH LOCAL CHECK OPTION;
CREATE VIEW again AS SELECT id FROM seen;
COMMENT ON VIEW seen IS 'seen';
COMMENT ON COLUMN seen.name IS 'its name';

-- pair: a tower of views on a column that changes its type
CREATE TABLE cats (id int, weight int);
CREATE VIEW a AS SELECT id, weight FROM cats;
CREATE VIEW b AS SELECT a.weight + c.weight AS sum FROM a JOIN cats c USING (id);
CREATE MATERIALIZED VIEW c AS SELECT sum FROM b;
CREATE UNIQUE INDEX c_sum ON c (sum);
CREATE VIEW d AS SELECT count(*) AS n FROM c;
CREATE FUNCTION e() RETURNS SETOF d LANGUAGE sql AS 'SELECT * FROM d';
-- or:
CREATE TABLE cats (id int, weight numeric);
CREATE VIEW a AS SELECT id, weight FROM cats;
CREATE VIEW b AS SELECT a.weight + c.weight AS sum FROM a JOIN cats c USING (id);
CREATE MATERIALIZED VIEW c AS SELECT sum FROM b;
CREATE UNIQUE INDEX c_sum ON c (sum);
CREATE VIEW d AS SELECT count(*) AS n FROM c;
CREATE FUNCTION e() RETURNS SETOF d LANGUAGE sql AS 'SELECT * FROM d';

-- pair: views change places
CREATE VIEW a AS SELECT 1 AS n;
CREATE VIEW b AS SELECT n FROM a;
-- or:
CREATE VIEW b AS SELECT 1 AS n;
CREATE VIEW a AS SELECT n FROM b;

-- pair: a view that looks at its own row type by way of a function
CREATE TABLE cats (id int);
-- then:
CREATE VIEW seen AS SELECT id FROM cats;
CREATE FUNCTION shown(seen) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.id::text';
CREATE VIEW shown AS SELECT shown(s) FROM seen s;

-- pair: a materialized view becomes a view
CREATE TABLE cats (id int, name text);
CREATE MATERIALIZED VIEW seen AS SELECT id FROM cats;
CREATE INDEX seen_id ON seen (id);
-- or:
CREATE TABLE cats (id int, name text);
CREATE VIEW seen AS SELECT id FROM cats;

-- pair: details of materialized views
CREATE TABLE cats (id int, name text);
CREATE MATERIALIZED VIEW seen AS SELECT id, name FROM cats;
-- or:
CREATE TABLE cats (id int, name text);
CREATE MATERIALIZED VIEW seen WITH (fillfactor = 70) AS SELECT id, name FROM cats;
ALTER MATERIALIZED VIEW seen ALTER name SET STATISTICS 30, ALTER name SET STORAGE external;

-- pair: defaults of a view's columns
CREATE TABLE cats (id int, name text);
CREATE VIEW seen AS SELECT id, name FROM cats;
-- or:
CREATE TABLE cats (id int, name text);
CREATE VIEW seen AS SELECT id, name FROM cats;
ALTER VIEW seen ALTER name SET DEFAULT 'Tom';

-- pair: a view with the rights of who looks
-- since 15
CREATE VIEW seen AS SELECT 1 AS n;
-- or:
CREATE VIEW seen WITH (security_invoker) AS SELECT 1 AS n;

-- pair: a recursive view, and one of values
CREATE TABLE cats (id int PRIMARY KEY, mother int);
-- then:
CREATE RECURSIVE VIEW line (id, depth) AS SELECT id, 0 FROM cats UNION ALL SELECT c.id, l.depth + 1 FROM cats c JOIN line l ON c.mother = l.id;
CREATE VIEW fixed (a, b) AS VALUES (1, 'it''s'), (2, NULL);
CREATE VIEW grouped AS SELECT id, mother, count(*) FROM cats GROUP BY id;

-- pair: a view grouped by a key that goes
CREATE TABLE cats (id int PRIMARY KEY, name text);
CREATE VIEW grouped AS SELECT id, name, count(*) FROM cats GROUP BY id;
-- or:
CREATE TABLE cats (id int, name text);
CREATE VIEW grouped AS SELECT id, name, count(*) FROM cats GROUP BY id, name;
