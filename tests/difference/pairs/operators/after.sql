CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE FUNCTION apart(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) >= 2';
CREATE OPERATOR ~~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int, COMMUTATOR = ~~=, NEGATOR = !~~=, RESTRICT = eqsel);
CREATE OPERATOR !~~= (FUNCTION = apart, LEFTARG = int, RIGHTARG = int, NEGATOR = ~~=);
COMMENT ON OPERATOR !~~= (int, int) IS 'not near';
CREATE OPERATOR FAMILY numbers USING btree;
ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int4, int2), FUNCTION 1 (int2, int4) btint24cmp(int2, int4);
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 backwards(int, int);
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int, INITCOND = '0', PARALLEL = SAFE, COMBINEFUNC = plus);
CREATE TABLE cats (id int, weight int);
CREATE INDEX cats_weight ON cats (weight backwards);
CREATE VIEW load AS SELECT total(weight) FROM cats;
