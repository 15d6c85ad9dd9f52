-- Functions, triggers, operators
--
-- Revision ID: 04_routines
-- Revises: 03_changes
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE FUNCTION shelter.greet(who text DEFAULT 'cat') RETURNS text LANGUAGE plpgsql AS $body$
DECLARE
    said text := $$it's ; not -- the end$$;
BEGIN
    -- a comment; with a semicolon
    RETURN format('%s, %s', said, who);
END;
$body$;

CREATE FUNCTION shelter.heavy(minimum numeric) RETURNS SETOF shelter.cats
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT * FROM shelter.cats WHERE weight > minimum;
    SELECT c.* FROM shelter.cats c WHERE CASE WHEN c.weight > 1 THEN true ELSE false END;
END;

CREATE PROCEDURE shelter.wake(cat bigint) LANGUAGE sql
BEGIN ATOMIC
    UPDATE shelter.cats SET mood = 'hungry' WHERE id = cat;
END;
CALL shelter.wake(1);

DO $$
DECLARE n integer;
BEGIN
    FOR n IN 1..3 LOOP
        EXECUTE format('CREATE TABLE shelter.box_%s (id integer)', n);
    END LOOP;
END
$$;

ALTER FUNCTION shelter.greet(text) STABLE PARALLEL SAFE;
ALTER PROCEDURE shelter.wake(bigint) RENAME TO awaken;
ALTER ROUTINE shelter.greet(text) COST 10;
COMMENT ON FUNCTION shelter.greet IS 'hello';

CREATE FUNCTION shelter.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.seen := now(); RETURN NEW; END';
CREATE TRIGGER stamped BEFORE UPDATE OF mood ON shelter.cats
    FOR EACH ROW WHEN (OLD.mood IS DISTINCT FROM NEW.mood) EXECUTE FUNCTION shelter.stamp('an', 'argument');
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON shelter.visits
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shelter.stamp();
ALTER TRIGGER stamped ON shelter.cats RENAME TO a_stamped;
ALTER TABLE shelter.cats DISABLE TRIGGER a_stamped;

CREATE AGGREGATE shelter.longest(text) (SFUNC = textcat, STYPE = text, INITCOND = '');
ALTER AGGREGATE shelter.longest(text) RENAME TO joined;
CREATE FUNCTION shelter.same(shelter.size, shelter.size) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width = ($2).width';
CREATE OPERATOR shelter.=== (LEFTARG = shelter.size, RIGHTARG = shelter.size, FUNCTION = shelter.same);
ALTER OPERATOR shelter.=== (shelter.size, shelter.size) SET (RESTRICT = eqsel);
CREATE OPERATOR FAMILY shelter.sizes USING btree;
ALTER OPERATOR FAMILY shelter.sizes USING btree RENAME TO size_ops;
CREATE OPERATOR CLASS shelter.first_ops FOR TYPE integer USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(integer);
ALTER OPERATOR CLASS shelter.first_ops USING hash RENAME TO hash_ops;
CREATE FUNCTION shelter.width(shelter.size) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width';
CREATE CAST (shelter.size AS integer) WITH FUNCTION shelter.width(shelter.size) AS ASSIGNMENT;
CREATE CONVERSION shelter.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
ALTER CONVERSION shelter.latin RENAME TO latin_one;
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;

-- migrate:down

DROP ACCESS METHOD heap_again;
DROP CONVERSION shelter.latin_one;
DROP CAST (shelter.size AS integer);
DROP FUNCTION shelter.width(shelter.size);
DROP OPERATOR CLASS shelter.hash_ops USING hash;
DROP OPERATOR FAMILY shelter.first_ops USING hash;
DROP OPERATOR FAMILY shelter.size_ops USING btree;
DROP OPERATOR shelter.=== (shelter.size, shelter.size);
DROP ROUTINE shelter.same(shelter.size, shelter.size);
DROP AGGREGATE shelter.joined(text);
DROP TRIGGER checked ON shelter.visits;
DROP TRIGGER a_stamped ON shelter.cats;
DROP FUNCTION shelter.stamp(), shelter.greet(text), shelter.heavy(numeric);
DROP PROCEDURE shelter.awaken(bigint);
DROP TABLE shelter.box_1, shelter.box_2, shelter.box_3;
