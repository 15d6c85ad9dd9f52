CREATE TYPE size AS (width int);
CREATE FUNCTION width(size) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width';
CREATE CAST (size AS int) WITH FUNCTION width(size) AS ASSIGNMENT;
COMMENT ON CAST (size AS int) IS 'how wide';
CREATE TABLE cats (size size, width int GENERATED ALWAYS AS (size::int) STORED);
CREATE FUNCTION to_language(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR size LANGUAGE plpgsql (FROM SQL WITH FUNCTION to_language(internal));
