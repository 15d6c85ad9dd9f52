CREATE TABLE cats (id int, name text, chip text);
CREATE TABLE dogs (id int);
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION purr(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE AGGREGATE purrs(int) (SFUNC = int4pl, STYPE = int);
CREATE SCHEMA rights_house;
CREATE FOREIGN DATA WRAPPER rights_elsewhere;
CREATE SERVER rights_far FOREIGN DATA WRAPPER rights_elsewhere;
GRANT SELECT ON cats TO pg_monitor;
GRANT SELECT (name), UPDATE (name, chip) ON cats TO pg_read_all_data;
GRANT USAGE ON SEQUENCE numbers TO pg_monitor;
-- These change nothing in the end.
GRANT SELECT, INSERT ON dogs TO pg_monitor;
REVOKE SELECT, INSERT ON dogs FROM pg_monitor;
GRANT EXECUTE ON FUNCTION purr(int) TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
