ALTER TYPE address ALTER ATTRIBUTE zip TYPE varchar(10);
ALTER TYPE address DROP ATTRIBUTE note;
ALTER TYPE address ADD ATTRIBUTE city text;
COMMENT ON COLUMN address.street IS 'with number';
DROP TYPE pair;
CREATE TYPE pair AS (b int, a int);
