DROP CAST (size AS int);
CREATE CAST (size AS int) WITH FUNCTION width(size) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS mood) IS 'by its label';
DROP CAST (mood AS size);
CREATE CAST (text AS bytea) WITHOUT FUNCTION;
