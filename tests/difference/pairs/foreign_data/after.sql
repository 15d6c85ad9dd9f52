CREATE FUNCTION next_id() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FOREIGN DATA WRAPPER far OPTIONS ("Trace" 'on');
COMMENT ON FOREIGN DATA WRAPPER far IS 'behind the hills';
CREATE SERVER barn TYPE 'house' VERSION '2' FOREIGN DATA WRAPPER far OPTIONS (host 'house', port '1', password 's3cret-canary');
CREATE USER MAPPING FOR PUBLIC SERVER barn;
CREATE USER MAPPING FOR pg_monitor SERVER barn;
CREATE FOREIGN TABLE cats (
    id int OPTIONS (column_name 'Id', key 'true') NOT NULL DEFAULT next_id(),
    age bigint CONSTRAINT grown CHECK (age > 1),
    born date OPTIONS (column_name 'born')
) SERVER barn OPTIONS (schema_name 'zoo', table_name 'cats', token 's3cret-canary');
COMMENT ON COLUMN cats.born IS 'by hearsay';
CREATE FOREIGN TABLE dogs (name text, id int) SERVER barn;
CREATE VIEW dog_names AS SELECT name FROM dogs;
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE FOREIGN TABLE visits_2023 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') SERVER barn;
