CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR ~~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR FAMILY numbers USING btree;
ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int2, int4);
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int);
CREATE TABLE cats (id int, weight int);
CREATE VIEW load AS SELECT total(weight) FROM cats;
