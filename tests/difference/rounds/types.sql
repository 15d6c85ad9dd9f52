-- pair: a column with a range type of one's own and a default
CREATE TABLE cats (id int);
-- then:
CREATE FUNCTION distance(numeric, numeric) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::float8';
CREATE TYPE weights AS RANGE (subtype = numeric, subtype_diff = distance);
ALTER TABLE cats ADD weight weights DEFAULT '[1,2)', ADD history weights_multirange DEFAULT '{}',
    ADD EXCLUDE USING gist (weight WITH &&);
CREATE VIEW heavy AS SELECT id, weights(9, NULL) AS some, weights_multirange(weight) AS many FROM cats;
COMMENT ON TYPE weights IS 'from and to';

-- pair: a range over another type, in columns that keep their values
-- keeps: SELECT weight, many, list FROM cats
CREATE TYPE weights AS RANGE (subtype = int);
CREATE TABLE cats (weight weights DEFAULT '[1,2)', many weights_multirange, list weights[]);
CREATE INDEX ON cats USING gist (weight);
INSERT INTO cats VALUES ('[3,5)', '{[1,2),[7,9)}', '{"[1,4)"}');
-- or:
CREATE TYPE weights AS RANGE (subtype = bigint);
CREATE TABLE cats (weight weights DEFAULT '[1,2)', many weights_multirange, list weights[]);
CREATE INDEX ON cats USING gist (weight);

-- pair: a multirange type by another name
CREATE TYPE ages AS RANGE (subtype = int);
CREATE TABLE cats (age ages);
CREATE FUNCTION all_ages() RETURNS ages_multirange LANGUAGE sql AS 'SELECT NULL::ages_multirange';
-- or:
CREATE TYPE ages AS RANGE (subtype = int, multirange_type_name = "Many ages");
CREATE TABLE cats (age ages);
CREATE FUNCTION all_ages() RETURNS "Many ages" LANGUAGE sql AS 'SELECT NULL::"Many ages"';

-- pair: a range with a canonical function
CREATE TABLE cats (id int);
-- then:
CREATE TYPE years;
CREATE FUNCTION one_form(years) RETURNS years LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE years AS RANGE (subtype = int, canonical = one_form);
CREATE FUNCTION length(years) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT upper($1) - lower($1)';
ALTER TABLE cats ADD lived years, ADD age int GENERATED ALWAYS AS (length(lived)) STORED;

-- pair: a range over an enum that loses a label
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE moods AS RANGE (subtype = mood);
CREATE TABLE cats (mood moods);
-- or:
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE moods AS RANGE (subtype = mood);
CREATE TABLE cats (mood moods);

-- pair: a range by another collation
CREATE TYPE names AS RANGE (subtype = text, collation = "C");
CREATE TABLE cats (names names);
-- or:
CREATE TYPE names AS RANGE (subtype = text, collation = "POSIX", subtype_opclass = text_pattern_ops);
CREATE TABLE cats (names names);

-- pair: a base type with its functions, in a column
CREATE SCHEMA zoo;
-- then:
CREATE TYPE zoo.nick;
CREATE FUNCTION zoo.nick_in(cstring) RETURNS zoo.nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION zoo.nick_out(zoo.nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE zoo.nick (INPUT = zoo.nick_in, OUTPUT = zoo.nick_out, STORAGE = extended, CATEGORY = 'S', DEFAULT = 'it''s');
CREATE FUNCTION zoo.same(zoo.nick, zoo.nick) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION zoo.hash(zoo.nick) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'hashtext';
CREATE OPERATOR zoo.= (FUNCTION = zoo.same, LEFTARG = zoo.nick, RIGHTARG = zoo.nick, COMMUTATOR = OPERATOR(zoo.=), HASHES);
CREATE OPERATOR CLASS zoo.nicks DEFAULT FOR TYPE zoo.nick USING hash AS OPERATOR 1 zoo.=, FUNCTION 1 zoo.hash(zoo.nick);
CREATE CAST (text AS zoo.nick) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE TABLE cats (nick zoo.nick, more zoo.nick[]);
CREATE INDEX ON cats USING hash (nick);
CREATE VIEW nicks AS SELECT DISTINCT nick FROM cats WHERE nick OPERATOR(zoo.=) 'tom'::text::zoo.nick;

-- pair: what a base type in a column can be told
CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION nick_send(nick) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'textsend';
CREATE FUNCTION nick_recv(internal) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, STORAGE = extended, SEND = nick_send);
CREATE TABLE cats (nick nick);
-- or:
CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal STABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION nick_recv(internal) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, STORAGE = extended, RECEIVE = nick_recv);
CREATE TABLE cats (nick nick);

-- pair: what a base type in a column cannot be told
-- leaves forth
-- leaves back
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = int);
CREATE TABLE cats (paw paw);
-- or:
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = int, DELIMITER = ';', DEFAULT = '4');
CREATE TABLE cats (paw paw);
COMMENT ON TYPE paw IS 'soft';

-- pair: how a base type is stored, in nothing
CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, STORAGE = plain);
-- then:
ALTER TYPE nick SET (STORAGE = main);

-- pair: how a base type in a column is stored
-- leaves forth
-- leaves back
CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, STORAGE = plain);
CREATE TABLE cats (nick nick);
-- or:
CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, STORAGE = main);
CREATE TABLE cats (nick nick);

-- pair: a base type of other bytes, in nothing
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = int);
CREATE FUNCTION claws(paw) RETURNS int LANGUAGE sql AS 'SELECT 5';
-- or:
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int8in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int8out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = bigint);
CREATE FUNCTION claws(paw) RETURNS int LANGUAGE sql AS 'SELECT 5';

-- pair: a generated column that uses a cast of one's own
CREATE TYPE size AS (width int);
CREATE TABLE cats (size size);
-- then:
CREATE FUNCTION width(size) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width';
CREATE CAST (size AS int) WITH FUNCTION width(size) AS ASSIGNMENT;
ALTER TABLE cats ADD width int GENERATED ALWAYS AS (size::int) STORED;
CREATE TABLE dogs (size size, CHECK (size::int > 0));
COMMENT ON CAST (size AS int) IS 'how wide';

-- pair: casts that need no function, and what uses them
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN title AS text;
-- then:
CREATE CAST (varchar AS mood) WITH INOUT AS IMPLICIT;
CREATE CAST (date AS bytea) WITH INOUT;
CREATE CAST (text AS bytea) WITHOUT FUNCTION;
CREATE VIEW moods AS SELECT ('ok'::varchar)::mood AS mood, ('x'::text)::bytea AS bytes, DATE '2020-01-01'::bytea AS day;

-- pair: a cast is done unasked, or only when asked for
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE CAST (text AS mood) WITH INOUT;
CREATE TABLE cats (id int);
-- or:
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE CAST (text AS mood) WITH INOUT AS ASSIGNMENT;
CREATE TABLE cats (id int, mood mood DEFAULT 'ok');

-- pair: a cast from the row of a table
CREATE TABLE cats (id int, name text);
-- then:
CREATE FUNCTION called(cats) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.name';
CREATE CAST (cats AS text) WITH FUNCTION called(cats);
CREATE VIEW names AS SELECT c::text AS name FROM cats c;

-- pair: a collation of columns, an index and a default becomes another one
-- keeps: SELECT name FROM cats ORDER BY 1
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE DOMAIN title AS text COLLATE german;
CREATE TABLE cats (name text COLLATE german DEFAULT 'Tom', title title, plain text);
CREATE INDEX ON cats (name);
CREATE INDEX ON cats (plain COLLATE german);
CREATE VIEW names AS SELECT name FROM cats ORDER BY plain COLLATE german;
INSERT INTO cats VALUES ('Mia', 'Ms', 'x'), ('Ärger', 'Mr', 'y');
-- or:
CREATE COLLATION german (provider = icu, locale = 'de-u-ks-level1', deterministic = false);
CREATE DOMAIN title AS text COLLATE german;
CREATE TABLE cats (name text COLLATE german DEFAULT 'Tom', title title, plain text);
CREATE INDEX ON cats (name);
CREATE INDEX ON cats (plain COLLATE german);
CREATE VIEW names AS SELECT name FROM cats ORDER BY plain COLLATE german;

-- pair: a column takes to a collation that is new
CREATE TABLE cats (name text COLLATE "C", title varchar(20));
-- or:
CREATE SCHEMA words;
CREATE COLLATION words."By number" (provider = icu, locale = 'en-u-kn-true');
COMMENT ON COLLATION words."By number" IS 'cat2 before cat10';
CREATE TABLE cats (name text COLLATE words."By number", title varchar(20) COLLATE words."By number");

-- pair: a collation with rules
-- since 16
CREATE COLLATION words (provider = icu, locale = 'und');
-- or:
CREATE COLLATION words (provider = icu, locale = 'und', rules = '&V << w <<< W');

-- pair: a collation of the server's own
-- since 17
CREATE COLLATION words (provider = builtin, locale = 'C.UTF-8');
-- or:
CREATE COLLATION words (provider = builtin, locale = 'C');

-- pair: the default conversion is another one
CREATE CONVERSION first FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION second FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
-- or:
CREATE DEFAULT CONVERSION first FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE CONVERSION second FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION second IS 'not any more';

-- pair: an enum value in the middle, and one at each end
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE cats (mood mood DEFAULT 'sad');
-- or:
CREATE TYPE mood AS ENUM ('dead', 'sad', 'ok', 'so so', 'happy', 'it''s ''fine''');
CREATE TABLE cats (mood mood DEFAULT 'sad');

-- pair: labels in another order, in a key, an array, a domain and a view
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN good_mood AS mood CHECK (VALUE <> 'sad');
CREATE TABLE cats (mood mood PRIMARY KEY, past mood[] DEFAULT '{ok}', best good_mood);
CREATE VIEW happy AS SELECT * FROM cats WHERE mood = 'happy';
-- or:
CREATE TYPE mood AS ENUM ('happy', 'ok', 'sad');
CREATE DOMAIN good_mood AS mood CHECK (VALUE <> 'sad');
CREATE TABLE cats (mood mood PRIMARY KEY, past mood[] DEFAULT '{ok}', best good_mood);
CREATE VIEW happy AS SELECT * FROM cats WHERE mood = 'happy';

-- pair: the constraints of a domain
CREATE DOMAIN size AS int DEFAULT 1 CONSTRAINT small CHECK (VALUE < 10) CHECK (VALUE > 0);
CREATE TABLE cats (size size);
-- or:
CREATE DOMAIN size AS int NOT NULL CONSTRAINT small CHECK (VALUE < 20);
ALTER DOMAIN size ADD CONSTRAINT later CHECK (VALUE <> 7) NOT VALID;
COMMENT ON DOMAIN size IS 'in centimetres';
COMMENT ON CONSTRAINT small ON DOMAIN size IS 'not too great';
CREATE TABLE cats (size size);

-- pair: a domain over another type, and one over it
CREATE DOMAIN size AS int CHECK (VALUE > 0);
CREATE DOMAIN paw_size AS size DEFAULT 3;
CREATE TABLE cats (size size, paw paw_size);
-- or:
CREATE DOMAIN size AS numeric(5,1) CHECK (VALUE > 0);
CREATE DOMAIN paw_size AS size DEFAULT 3;
CREATE TABLE cats (size size, paw paw_size);

-- pair: a domain check by a function that takes something else
CREATE FUNCTION fine(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''''';
CREATE DOMAIN title AS text CHECK (fine(VALUE));
CREATE TABLE cats (title title);
-- or:
CREATE FUNCTION fine(text, strict bool DEFAULT false) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> '''' OR strict';
CREATE DOMAIN title AS text CHECK (fine(VALUE));
CREATE TABLE cats (title title);

-- pair: attributes of a composite that columns have
CREATE TYPE size AS (width int, height int);
CREATE TABLE cats (size size, sizes size[]);
-- or:
CREATE TYPE size AS (width int, depth numeric(5,2), name text COLLATE "C");
COMMENT ON TYPE size IS 'of a box';
COMMENT ON COLUMN size.depth IS 'in centimetres';
CREATE TABLE cats (size size, sizes size[]);

-- pair: a typed table follows its type
CREATE TYPE cat AS (id int, name text);
CREATE TABLE cats OF cat (PRIMARY KEY (id));
-- or:
CREATE TYPE cat AS (id int, name varchar(40), born date);
CREATE TABLE cats OF cat (PRIMARY KEY (id), born DEFAULT current_date);

-- pair: types in one another
CREATE TYPE mood AS ENUM ('sad');
CREATE TYPE pair AS (one mood, other mood[]);
CREATE DOMAIN pairs AS pair[];
CREATE FUNCTION first(pairs) RETURNS pair LANGUAGE sql IMMUTABLE AS 'SELECT $1[1]';
-- or:
CREATE TABLE pair (one text);

-- pair: a table takes the name of an enum that a column has
-- leaves forth
-- leaves back
CREATE TYPE things AS ENUM ('a');
CREATE TABLE has (thing things);
-- or:
CREATE TABLE things (a int);
CREATE TABLE has (thing things);
