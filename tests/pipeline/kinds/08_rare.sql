-- Kinds of object that few projects have: made, altered, and dropped again
--
-- Revision ID: 08_rare
-- Revises: 07_outside
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE SCHEMA attic;

CREATE TYPE attic.nick;
CREATE FUNCTION attic.nick_in(cstring) RETURNS attic.nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION attic.nick_out(attic.nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION attic.nick_send(attic.nick) RETURNS bytea LANGUAGE internal STABLE STRICT AS 'textsend';
CREATE TYPE attic.nick (INPUT = attic.nick_in, OUTPUT = attic.nick_out, CATEGORY = 'S', DEFAULT = 'tom');
ALTER TYPE attic.nick SET (SEND = attic.nick_send, STORAGE = external);
COMMENT ON TYPE attic.nick IS 'what a cat is called';

CREATE TYPE attic.span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = attic.spans);
ALTER TYPE attic.span RENAME TO stretch;
ALTER TYPE attic.spans RENAME TO stretches;
CREATE COLLATION attic.letters (provider = icu, locale = 'de-u-ks-level1', deterministic = false);
COMMENT ON COLLATION attic.letters IS 'great and small alike';

CREATE FUNCTION attic.handle() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE purr HANDLER attic.handle;
ALTER LANGUAGE purr RENAME TO meow;
CREATE FUNCTION attic.to_meow(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR attic.nick LANGUAGE meow (FROM SQL WITH FUNCTION attic.to_meow(internal));
COMMENT ON TRANSFORM FOR attic.nick LANGUAGE meow IS 'one way';

CREATE AGGREGATE attic.middle (float8 ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
COMMENT ON AGGREGATE attic.middle (float8 ORDER BY anyelement) IS 'the middle';
CREATE OR REPLACE AGGREGATE attic.middle (float8 ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA,
    PARALLEL = SAFE);
CREATE FUNCTION attic.near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR attic.~= (FUNCTION = attic.near, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(attic.~=));
ALTER OPERATOR attic.~= (integer, integer) SET (RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR FAMILY attic.numbers USING btree;
ALTER OPERATOR FAMILY attic.numbers USING btree ADD
    OPERATOR 1 < (int2, int4), OPERATOR 3 = (int2, int4), FUNCTION 1 (int2, int4) btint24cmp(int2, int4);
CREATE OPERATOR CLASS attic.backwards FOR TYPE integer USING btree FAMILY attic.numbers AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(integer, integer);
COMMENT ON OPERATOR CLASS attic.backwards USING btree IS 'the great ones first';
CREATE CAST (attic.nick AS text) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (attic.nick AS text) IS 'the same bytes';
CREATE DEFAULT CONVERSION attic.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION attic.latin IS 'for old files';

CREATE TABLE attic.boxes (id integer PRIMARY KEY, label attic.nick, size integer);
CREATE STATISTICS attic.box_stats ON size, (size + 1) FROM attic.boxes;
ALTER STATISTICS attic.box_stats SET STATISTICS 100;
CREATE RULE kept AS ON DELETE TO attic.boxes DO INSTEAD NOTHING;
ALTER TABLE attic.boxes DISABLE RULE kept;
ALTER TABLE attic.boxes RENAME COLUMN size TO volume;

CREATE FUNCTION attic.notice() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER noticed ON sql_drop WHEN TAG IN ('DROP VIEW', 'DROP TABLE') EXECUTE FUNCTION attic.notice();
ALTER EVENT TRIGGER noticed ENABLE ALWAYS;
CREATE ACCESS METHOD attic_tree TYPE INDEX HANDLER bthandler;
COMMENT ON ACCESS METHOD attic_tree IS 'a tree of its own';

CREATE TEXT SEARCH TEMPLATE attic.plain (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH DICTIONARY attic.words (TEMPLATE = attic.plain);
ALTER TEXT SEARCH DICTIONARY attic.words (accept = false);
CREATE TEXT SEARCH PARSER attic.split (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION attic.notes (PARSER = attic.split);
ALTER TEXT SEARCH CONFIGURATION attic.notes ADD MAPPING FOR asciiword, word WITH attic.words, simple;
COMMENT ON TEXT SEARCH PARSER attic.split IS 'as the default does';
COMMENT ON TEXT SEARCH TEMPLATE attic.plain IS 'as the default does';

CREATE FOREIGN DATA WRAPPER attic_wrapper OPTIONS (mode 'quiet');
CREATE SERVER attic_server TYPE 'attic' FOREIGN DATA WRAPPER attic_wrapper;
ALTER SERVER attic_server VERSION '2' OPTIONS (ADD host 'upstairs');
CREATE USER MAPPING FOR PUBLIC SERVER attic_server;
ALTER USER MAPPING FOR PUBLIC SERVER attic_server OPTIONS (ADD remote 'anyone');
CREATE FOREIGN TABLE attic.far_boxes (id integer OPTIONS (key 'true') NOT NULL, label text) SERVER attic_server OPTIONS (remote 'boxes');
ALTER FOREIGN TABLE attic.far_boxes ALTER id OPTIONS (SET key 'false'), ADD CONSTRAINT labelled CHECK (label <> ''), OPTIONS (ADD schema 'up');

CREATE PUBLICATION attic_news FOR TABLE attic.boxes WITH (publish = 'insert');
ALTER PUBLICATION attic_news SET (publish = 'insert, update', publish_via_partition_root = true);

-- migrate:down

DROP PUBLICATION attic_news;
DROP FOREIGN TABLE attic.far_boxes;
DROP USER MAPPING FOR PUBLIC SERVER attic_server;
DROP SERVER attic_server;
DROP FOREIGN DATA WRAPPER attic_wrapper;
DROP TEXT SEARCH CONFIGURATION attic.notes;
DROP TEXT SEARCH PARSER attic.split;
DROP TEXT SEARCH DICTIONARY attic.words;
DROP TEXT SEARCH TEMPLATE attic.plain;
DROP ACCESS METHOD attic_tree;
DROP EVENT TRIGGER noticed;
DROP RULE kept ON attic.boxes;
DROP STATISTICS attic.box_stats;
DROP TABLE attic.boxes;
DROP CONVERSION attic.latin;
DROP CAST (attic.nick AS text);
DROP OPERATOR CLASS attic.backwards USING btree;
DROP OPERATOR FAMILY attic.numbers USING btree;
DROP OPERATOR attic.~= (integer, integer);
DROP AGGREGATE attic.middle (float8 ORDER BY anyelement);
DROP TRANSFORM FOR attic.nick LANGUAGE meow;
DROP LANGUAGE meow;
DROP COLLATION attic.letters;
DROP TYPE attic.stretch;
DROP TYPE attic.nick CASCADE;
DROP SCHEMA attic CASCADE;
