CREATE TABLE cats (id int, name text, age int);
CREATE VIEW kittens WITH (security_barrier) AS SELECT id, name, age FROM cats WHERE age < 2;
CREATE VIEW kitten_names AS SELECT name FROM kittens;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS cats, max(age) AS oldest FROM cats;
CREATE UNIQUE INDEX counts_cats ON counts (cats);
COMMENT ON VIEW kittens IS 'small cats';
