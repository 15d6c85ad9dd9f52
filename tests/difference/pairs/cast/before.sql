CREATE TYPE size AS (width int);
CREATE FUNCTION width(size) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width';
CREATE CAST (size AS int) WITH FUNCTION width(size);
CREATE TABLE cats (size size);
