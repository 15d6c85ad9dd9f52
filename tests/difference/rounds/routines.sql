-- pair: an aggregate used in a view
CREATE TABLE cats (weight int);
-- then:
CREATE FUNCTION plus(state int, value int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (value int) (SFUNC = plus, STYPE = int, INITCOND = '0');
CREATE VIEW load AS SELECT total(weight) AS all, total(weight) FILTER (WHERE weight > 3) OVER () AS heavy FROM cats GROUP BY weight;
COMMENT ON AGGREGATE total (int) IS 'all of it';

-- pair: an aggregate is replaced under a view, or made anew
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION written(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE TABLE cats (weight int);
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int);
CREATE AGGREGATE told (int) (SFUNC = plus, STYPE = int);
CREATE VIEW load AS SELECT total(weight) AS total, told(weight)::text AS told FROM cats;
-- or:
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION written(int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE TABLE cats (weight int);
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int, FINALFUNC = twice, INITCOND = '1', PARALLEL = SAFE, COMBINEFUNC = plus);
CREATE AGGREGATE told (int) (SFUNC = plus, STYPE = int, FINALFUNC = written);
CREATE VIEW load AS SELECT total(weight) AS total, told(weight)::text AS told FROM cats;

-- pair: an aggregate's function takes other names
CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (weight int) (SFUNC = plus, STYPE = int);
CREATE TABLE cats (weight int);
CREATE MATERIALIZED VIEW load AS SELECT total(weight) FROM cats;
CREATE UNIQUE INDEX ON load (total);
-- or:
CREATE FUNCTION plus(x int, y int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (mass int) (SFUNC = plus, STYPE = int);
CREATE TABLE cats (weight int);
CREATE MATERIALIZED VIEW load AS SELECT total(weight) FROM cats;
CREATE UNIQUE INDEX ON load (total);

-- pair: aggregates of every shape
-- then:
CREATE AGGREGATE rows (*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE middle (share float8 ORDER BY value anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE would_be (VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL, FINALFUNC_MODIFY = SHAREABLE);
CREATE AGGREGATE "Least of" (text) (SFUNC = text_smaller, STYPE = text, SORTOP = <, PARALLEL = RESTRICTED, COMBINEFUNC = text_smaller);
CREATE AGGREGATE mean (int) (SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = int8_avg, INITCOND = '{0,0}', SSPACE = 32,
    MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = bigint[], MFINALFUNC = int8_avg, MINITCOND = '{0,0}', MSSPACE = 48);
CREATE AGGREGATE mean (bigint) (SFUNC = int8_avg_accum, STYPE = internal, FINALFUNC = numeric_poly_avg, COMBINEFUNC = int8_avg_combine, SERIALFUNC = int8_avg_serialize, DESERIALFUNC = int8_avg_deserialize, PARALLEL = SAFE);
CREATE VIEW ordered AS SELECT middle(0.5) WITHIN GROUP (ORDER BY n) FROM generate_series(1, 3) n;

-- pair: an aggregate becomes a function
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int);
-- or:
CREATE FUNCTION total(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';

-- pair: an aggregate by an operator of one's own, over a type of one's own
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
-- then:
CREATE FUNCTION less(mood, mood) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1::text < $2::text';
CREATE FUNCTION lesser(mood, mood) RETURNS mood LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN less($1, $2) THEN $1 ELSE $2 END';
CREATE OPERATOR <<< (FUNCTION = less, LEFTARG = mood, RIGHTARG = mood);
CREATE OPERATOR FAMILY moods USING btree;
CREATE OPERATOR CLASS moods FOR TYPE mood USING btree FAMILY moods AS OPERATOR 1 <<<, OPERATOR 3 = (anyenum, anyenum), FUNCTION 1 enum_cmp(anyenum, anyenum);
CREATE AGGREGATE least_of (mood) (SFUNC = lesser, STYPE = mood, SORTOP = <<<);

-- pair: a function's signature changes under a view, a default, a check and an index
CREATE FUNCTION age(born int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2020 - born';
CREATE TABLE cats (born int, age int DEFAULT age(2000), CHECK (age(born) > 0));
CREATE INDEX ON cats (age(born));
CREATE VIEW old AS SELECT * FROM cats WHERE age(born) > 10;
CREATE POLICY grown ON cats USING (age(born) > 1);
-- or:
CREATE FUNCTION age(year int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT (2020 - year)::bigint';
CREATE TABLE cats (born int, age int DEFAULT age(2000), CHECK (age(born) > 0));
CREATE INDEX ON cats (age(born));
CREATE VIEW old AS SELECT * FROM cats WHERE age(born) > 10;
CREATE POLICY grown ON cats USING (age(born) > 1);

-- pair: another argument with dependents
CREATE FUNCTION fed(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT n > 0';
CREATE TABLE cats (meals int);
CREATE VIEW fed AS SELECT fed(meals) FROM cats;
CREATE VIEW all_fed AS SELECT bool_and(fed) FROM fed;
-- or:
CREATE FUNCTION fed(n int, lowest int DEFAULT 1) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT n >= lowest';
CREATE TABLE cats (meals int);
CREATE VIEW fed AS SELECT fed(meals) FROM cats;
CREATE VIEW all_fed AS SELECT bool_and(fed) FROM fed;

-- pair: a function becomes a procedure
CREATE FUNCTION feed(n int) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
-- or:
CREATE PROCEDURE feed(n int) LANGUAGE plpgsql AS 'BEGIN END';

-- pair: all that a function can be told
CREATE FUNCTION many(n int) RETURNS SETOF int LANGUAGE sql AS 'SELECT n';
-- or:
CREATE FUNCTION many(n int) RETURNS SETOF int LANGUAGE sql STABLE STRICT SECURITY DEFINER LEAKPROOF PARALLEL SAFE COST 7 ROWS 3
    SET search_path = zoo, "My schema", pg_temp SET work_mem = '1MB' SET datestyle TO 'ISO, DMY' AS $$SELECT n -- $body$ it's $$;
COMMENT ON FUNCTION many(int) IS E'two\nlines';

-- pair: bodies that the server reads, in a chain
CREATE TABLE cats (id int, name text);
-- then:
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT name FROM cats; END;
CREATE FUNCTION count_names() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT count(*) FROM names());
CREATE PROCEDURE forget(n int) LANGUAGE sql BEGIN ATOMIC DELETE FROM cats WHERE id = n; END;
CREATE VIEW counted AS SELECT count_names() AS n;

-- pair: a body that the server reads goes with its column
CREATE TABLE cats (id int, name text);
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT name FROM cats; END;
-- or:
CREATE TABLE cats (id int, title text);
CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT title FROM cats; END;

-- pair: arguments of every mode
-- then:
CREATE FUNCTION shapes(a int, INOUT b text, OUT c date, VARIADIC d int[] DEFAULT '{1,2}') LANGUAGE plpgsql AS 'BEGIN b := 1; END';
CREATE FUNCTION rows_of(a int DEFAULT 1) RETURNS TABLE (x int, "Y" text) LANGUAGE sql AS 'SELECT 1, ''y''';
CREATE FUNCTION any_of(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE PROCEDURE out_of(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN b := a; END';

-- pair: overloads come and go
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
-- or:
CREATE FUNCTION f(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 3';

-- pair: triggers, with conditions, tables of transitions and states
CREATE TABLE cats (id int, name text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE OF name ON cats FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER "Gone" AFTER DELETE ON cats EXECUTE FUNCTION touch();
-- or:
CREATE TABLE cats (id int, name text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER touched BEFORE UPDATE OF id, name ON cats FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch('it''s', 'x');
ALTER TABLE cats DISABLE TRIGGER touched;
CREATE TRIGGER counted AFTER INSERT ON cats REFERENCING NEW TABLE AS fresh EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON cats DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TRIGGER later ON cats IS 'at the end';

-- pair: a trigger on a view
CREATE TABLE cats (id int);
CREATE VIEW seen AS SELECT id FROM cats;
-- then:
CREATE FUNCTION redirect() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER into_cats INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION redirect();

-- pair: a trigger of a partitioned table
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE cats (id int) PARTITION BY LIST (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES IN (1);
-- then:
CREATE TRIGGER touched AFTER INSERT ON cats FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE cats_2 PARTITION OF cats FOR VALUES IN (2);

-- pair: policies
CREATE TABLE cats (id int, owner text);
CREATE POLICY own ON cats FOR SELECT USING (owner = current_user);
CREATE POLICY all_of ON cats AS RESTRICTIVE USING (id > 0);
-- or:
CREATE TABLE cats (id int, owner text);
ALTER TABLE cats ENABLE ROW LEVEL SECURITY;
ALTER TABLE cats FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON cats FOR SELECT USING (owner = session_user);
CREATE POLICY all_of ON cats FOR UPDATE USING (id > 0) WITH CHECK (id > 1);
COMMENT ON POLICY own ON cats IS 'each his own';

-- pair: policies that ask another table
CREATE TABLE cats (id int);
CREATE TABLE rights (cat int, who text);
CREATE POLICY allowed ON cats USING (EXISTS (SELECT FROM rights WHERE cat = id));
-- or:
CREATE TABLE cats (id int);
CREATE TABLE rights (cat bigint, who text);
CREATE POLICY allowed ON cats USING (EXISTS (SELECT FROM rights WHERE cat = id));
