-- pair: a column generated with a configuration of one's own
CREATE TABLE cats (name text);
-- then:
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, accept = false);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, word WITH plain, english_stem;
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR int WITH simple;
ALTER TABLE cats ADD words tsvector GENERATED ALWAYS AS (to_tsvector('public.cats', name)) STORED;
CREATE INDEX ON cats USING gin (words);
COMMENT ON TEXT SEARCH CONFIGURATION cats IS 'as they speak';
COMMENT ON TEXT SEARCH DICTIONARY plain IS 'it''s plain';

-- pair: mappings and options under a generated column
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, stopwords = english, accept = false);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, word, int WITH plain, english_stem;
CREATE TABLE cats (name text, words tsvector GENERATED ALWAYS AS (to_tsvector('public.cats', name)) STORED);
-- or:
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, accept = true, stopwords = english);
CREATE TEXT SEARCH DICTIONARY other (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, email WITH english_stem, plain;
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR word WITH other;
CREATE TABLE cats (name text, words tsvector GENERATED ALWAYS AS (to_tsvector('public.cats', name)) STORED);

-- pair: options of a dictionary in another order
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, language = german, stopwords = german);
-- or:
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, stopwords = english, language = german);

-- pair: an option goes
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, language = german, stopwords = german);
-- then:
ALTER TEXT SEARCH DICTIONARY stems (stopwords, language = english);

-- pair: a dictionary by another template, and what asks it
CREATE TEXT SEARCH TEMPLATE own (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = own);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword WITH plain;
CREATE TABLE cats (name text);
CREATE INDEX ON cats USING gin (to_tsvector('public.cats', name));
CREATE VIEW found AS SELECT * FROM cats WHERE to_tsvector('public.cats', name) @@ 'x'::tsquery;
-- or:
CREATE TEXT SEARCH TEMPLATE own (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword WITH plain;
CREATE TABLE cats (name text);
CREATE INDEX ON cats USING gin (to_tsvector('public.cats', name));
CREATE VIEW found AS SELECT * FROM cats WHERE to_tsvector('public.cats', name) @@ 'x'::tsquery;

-- pair: a configuration by another parser
CREATE TEXT SEARCH PARSER own (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword WITH simple;
CREATE TABLE cats (name text);
CREATE INDEX ON cats USING gin (to_tsvector('public.cats', name));
-- or:
CREATE TEXT SEARCH PARSER own (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = own);
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, word WITH simple;
CREATE TABLE cats (name text);
CREATE INDEX ON cats USING gin (to_tsvector('public.cats', name));
COMMENT ON TEXT SEARCH PARSER own IS 'the server''s';

-- pair: text search in a schema with an odd name
CREATE SCHEMA "Odd.schema";
-- then:
CREATE TEXT SEARCH TEMPLATE "Odd.schema"."The template" (LEXIZE = dsimple_lexize, INIT = dsimple_init);
CREATE TEXT SEARCH DICTIONARY "Odd.schema"."a ""word""" (TEMPLATE = "Odd.schema"."The template", stopwords = 'english');
CREATE TEXT SEARCH PARSER "Odd.schema"."Parser" (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION "Odd.schema"."Conf" (PARSER = "Odd.schema"."Parser");
ALTER TEXT SEARCH CONFIGURATION "Odd.schema"."Conf" ADD MAPPING FOR hword_asciipart, "int" WITH "Odd.schema"."a ""word""";

-- pair: an own dictionary renamed
-- rename: text search dictionary public.plain to simple_words
-- rename: text search configuration public.cats to felines
CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword WITH plain;
-- or:
CREATE TEXT SEARCH DICTIONARY simple_words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION felines (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION felines ADD MAPPING FOR asciiword WITH simple_words;

-- pair: a transform, and a function that uses it
CREATE TYPE size AS (width int);
-- then:
CREATE FUNCTION to_language(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE FUNCTION to_size(internal) RETURNS size LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR size LANGUAGE plpgsql (FROM SQL WITH FUNCTION to_language(internal), TO SQL WITH FUNCTION to_size(internal));
COMMENT ON TRANSFORM FOR size LANGUAGE plpgsql IS 'both ways';
CREATE FUNCTION width(size) RETURNS int LANGUAGE plpgsql TRANSFORM FOR TYPE size AS 'BEGIN RETURN 1; END';

-- pair: a transform goes only one way
CREATE FUNCTION to_language(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE FUNCTION to_number(internal) RETURNS int LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR int LANGUAGE plpgsql (FROM SQL WITH FUNCTION to_language(internal), TO SQL WITH FUNCTION to_number(internal));
-- or:
CREATE FUNCTION to_language(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR int LANGUAGE plpgsql (FROM SQL WITH FUNCTION to_language(internal));
