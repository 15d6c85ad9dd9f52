-- pair: an index with an operator class of one's own
CREATE TABLE cats (age int);
-- then:
CREATE FUNCTION compare_backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR CLASS backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 compare_backwards(int, int);
CREATE INDEX cats_age ON cats (age backwards);
COMMENT ON OPERATOR CLASS backwards USING btree IS 'the great ones first';

-- pair: an operator class with another function takes its index along
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE FUNCTION far_first(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(-$1, -$2)';
CREATE OPERATOR CLASS turned FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 backwards(int, int);
CREATE TABLE cats (age int, CONSTRAINT ages EXCLUDE USING btree (age turned WITH =));
CREATE INDEX cats_age ON cats (age turned);
-- or:
CREATE FUNCTION backwards(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE FUNCTION far_first(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(-$1, -$2)';
CREATE OPERATOR CLASS turned FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 far_first(int, int);
CREATE TABLE cats (age int, CONSTRAINT ages EXCLUDE USING btree (age turned WITH =));
CREATE INDEX cats_age ON cats (age turned);

-- pair: the default class of a type is another one
CREATE TYPE size AS (width int);
CREATE FUNCTION compare(size, size) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(($1).width, ($2).width)';
CREATE FUNCTION less(size, size) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width < ($2).width';
CREATE FUNCTION same(size, size) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width = ($2).width';
CREATE OPERATOR <<< (FUNCTION = less, LEFTARG = size, RIGHTARG = size);
CREATE OPERATOR === (FUNCTION = same, LEFTARG = size, RIGHTARG = size, COMMUTATOR = ===, HASHES, MERGES);
CREATE OPERATOR CLASS by_width DEFAULT FOR TYPE size USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 compare(size, size);
CREATE OPERATOR CLASS by_itself FOR TYPE size USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 compare(size, size);
-- or:
CREATE TYPE size AS (width int);
CREATE FUNCTION compare(size, size) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(($1).width, ($2).width)';
CREATE FUNCTION less(size, size) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width < ($2).width';
CREATE FUNCTION same(size, size) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width = ($2).width';
CREATE OPERATOR <<< (FUNCTION = less, LEFTARG = size, RIGHTARG = size);
CREATE OPERATOR === (FUNCTION = same, LEFTARG = size, RIGHTARG = size, COMMUTATOR = ===, HASHES, MERGES);
CREATE OPERATOR CLASS by_itself DEFAULT FOR TYPE size USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 compare(size, size);
CREATE OPERATOR CLASS by_width FOR TYPE size USING btree AS
    OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 compare(size, size);

-- pair: members come to a family and leave it
CREATE OPERATOR FAMILY numbers USING btree;
CREATE OPERATOR CLASS small FOR TYPE int2 USING btree FAMILY numbers AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint2cmp(int2, int2);
ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int2, int4), OPERATOR 2 <= (int2, int4);
CREATE TABLE cats (legs int2);
CREATE INDEX ON cats (legs small);
-- or:
CREATE OPERATOR FAMILY numbers USING btree;
CREATE OPERATOR CLASS small FOR TYPE int2 USING btree FAMILY numbers AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint2cmp(int2, int2);
ALTER OPERATOR FAMILY numbers USING btree ADD OPERATOR 1 < (int2, int4), OPERATOR 3 = (int2, int4),
    FUNCTION 1 (int2, int4) btint24cmp(int2, int4), FUNCTION 1 (int4, int2) btint42cmp(int4, int2);
CREATE TABLE cats (legs int2);
CREATE INDEX ON cats (legs small);
COMMENT ON OPERATOR FAMILY numbers USING btree IS 'of every width';

-- pair: an own operator in a family goes, and so does what was made for it
CREATE FUNCTION near(int, int8) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR =~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int8, RESTRICT = eqsel);
CREATE OPERATOR FAMILY "My numbers" USING hash;
ALTER OPERATOR FAMILY "My numbers" USING hash ADD OPERATOR 1 =~= (int, int8);
-- or:
CREATE FUNCTION near(int, int8) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR FAMILY "My numbers" USING hash;

-- pair: an exclusion constraint by an operator of one's own
CREATE FUNCTION kin(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 10 = $2 % 10';
CREATE FUNCTION kin_hash(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 10';
CREATE TABLE cats (id int);
-- then:
CREATE OPERATOR ~=~ (FUNCTION = kin, LEFTARG = int, RIGHTARG = int, COMMUTATOR = ~=~);
CREATE OPERATOR CLASS by_kin FOR TYPE int USING hash AS OPERATOR 1 ~=~, FUNCTION 1 kin_hash(int);
ALTER TABLE cats ADD CONSTRAINT no_kin EXCLUDE USING hash (id by_kin WITH ~=~) DEFERRABLE INITIALLY DEFERRED;

-- pair: a table partitioned by a class of one's own
CREATE FUNCTION last_digit(int, int8) RETURNS int8 LANGUAGE sql IMMUTABLE AS 'SELECT $1::bigint % 10 + $2';
-- then:
CREATE OPERATOR CLASS digits FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 2 last_digit(int, int8);
CREATE TABLE cats (id int) PARTITION BY HASH (id digits);
CREATE TABLE cats_0 PARTITION OF cats FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES WITH (MODULUS 2, REMAINDER 1);

-- pair: operators that are one another's partners
CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE FUNCTION apart(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) >= 2';
CREATE OPERATOR ~~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR !~~= (FUNCTION = apart, LEFTARG = int, RIGHTARG = int);
CREATE VIEW kin AS SELECT 1 ~~= 2 AS yes, 1 OPERATOR(public.!~~=) 2 AS no;
-- or:
CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE FUNCTION apart(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) >= 2';
CREATE OPERATOR ~~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int, COMMUTATOR = ~~=, NEGATOR = !~~=);
CREATE OPERATOR !~~= (FUNCTION = apart, LEFTARG = int, RIGHTARG = int, COMMUTATOR = !~~=);
CREATE VIEW kin AS SELECT 1 ~~= 2 AS yes, 1 OPERATOR(public.!~~=) 2 AS no;

-- pair: one of two partners goes, and the other stays
CREATE FUNCTION less(int, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 < length($2)';
CREATE FUNCTION more(text, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT length($1) > $2';
CREATE FUNCTION not_less(int, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 >= length($2)';
CREATE OPERATOR <| (FUNCTION = less, LEFTARG = int, RIGHTARG = text, COMMUTATOR = |>, NEGATOR = >=|);
CREATE OPERATOR |> (FUNCTION = more, LEFTARG = text, RIGHTARG = int, COMMUTATOR = <|);
CREATE OPERATOR >=| (FUNCTION = not_less, LEFTARG = int, RIGHTARG = text, NEGATOR = <|);
-- or:
CREATE FUNCTION less(int, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 < length($2)';
CREATE FUNCTION more(text, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT length($1) > $2';
CREATE OPERATOR <| (FUNCTION = less, LEFTARG = int, RIGHTARG = text);
CREATE OPERATOR |> (FUNCTION = more, LEFTARG = text, RIGHTARG = int);
COMMENT ON OPERATOR |> (text, int) IS 'longer than';

-- pair: an operator's function gives something else, and a check uses it
CREATE FUNCTION joined(text, int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $2';
CREATE OPERATOR <+> (FUNCTION = joined, LEFTARG = text, RIGHTARG = int);
CREATE TABLE cats (name text, age int, CHECK (name <+> age <> ''));
CREATE INDEX ON cats ((name <+> age));
-- or:
CREATE FUNCTION joined(text, int) RETURNS varchar LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $2';
CREATE OPERATOR <+> (FUNCTION = joined, LEFTARG = text, RIGHTARG = int);
CREATE TABLE cats (name text, age int, CHECK (name <+> age <> ''));
CREATE INDEX ON cats ((name <+> age));

-- pair: an estimator is set and reset
CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR ~~= (FUNCTION = near, LEFTARG = int, RIGHTARG = int, RESTRICT = eqsel);
-- then:
ALTER OPERATOR ~~= (int, int) SET (RESTRICT = NONE, JOIN = eqjoinsel);

-- pair: an operator in another schema, under an odd name of a type
CREATE SCHEMA "My zoo";
CREATE TYPE "My zoo"."a,b(c" AS ENUM ('x', 'y');
CREATE FUNCTION "My zoo"."One ""way"""("My zoo"."a,b(c") RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
-- then:
CREATE OPERATOR "My zoo".!! (FUNCTION = "My zoo"."One ""way""", RIGHTARG = "My zoo"."a,b(c");
COMMENT ON OPERATOR "My zoo".!! (NONE, "My zoo"."a,b(c") IS 'it''s so';
CREATE OPERATOR CLASS "My zoo"."Its own" DEFAULT FOR TYPE "My zoo"."a,b(c" USING hash AS
    OPERATOR 1 = (anyenum, anyenum), FUNCTION 1 hashenum(anyenum);
CREATE CAST ("My zoo"."a,b(c" AS bool) WITH FUNCTION "My zoo"."One ""way"""("My zoo"."a,b(c");
