CREATE TABLE cats (id int, name text, age int);
CREATE VIEW kittens AS SELECT id, name FROM cats WHERE age < 1;
CREATE VIEW kitten_names AS SELECT name FROM kittens;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS cats FROM cats;
CREATE UNIQUE INDEX counts_cats ON counts (cats);
