CREATE TABLE cats (id int, name text);
CREATE MATERIALIZED VIEW names AS SELECT name, count(*) AS cats FROM cats GROUP BY name;
CREATE MATERIALIZED VIEW later AS SELECT id FROM cats WITH NO DATA;
