-- Views, rules, event triggers, text search
--
-- Revision ID: 05_views
-- Revises: 04_routines
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE VIEW shelter.awake AS SELECT id, name FROM shelter.cats WHERE mood = 'hungry' WITH CHECK OPTION;
ALTER VIEW shelter.awake SET (security_barrier = true);
CREATE OR REPLACE RECURSIVE VIEW shelter.countdown (n) AS VALUES (3) UNION ALL SELECT n - 1 FROM countdown WHERE n > 0;
CREATE MATERIALIZED VIEW shelter.per_day AS SELECT date_trunc('day', at, 'UTC') AS day, count(*) AS visits FROM shelter.visits GROUP BY 1;
ALTER MATERIALIZED VIEW shelter.per_day RENAME COLUMN visits TO total;
CREATE UNIQUE INDEX per_day_key ON shelter.per_day (day);
REFRESH MATERIALIZED VIEW shelter.per_day;
REFRESH MATERIALIZED VIEW CONCURRENTLY shelter.per_day;
CREATE RULE no_delete AS ON DELETE TO shelter.awake DO INSTEAD NOTHING;
CREATE RULE logged AS ON INSERT TO shelter.summary DO ALSO (SELECT 1; SELECT 2);
ALTER RULE logged ON shelter.summary RENAME TO noted;

CREATE FUNCTION shelter.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$;
CREATE EVENT TRIGGER watched ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION shelter.watch();
ALTER EVENT TRIGGER watched DISABLE;

CREATE TEXT SEARCH TEMPLATE shelter.plain_template (LEXIZE = dsimple_lexize, INIT = dsimple_init);
ALTER TEXT SEARCH TEMPLATE shelter.plain_template RENAME TO simple_template;
CREATE TEXT SEARCH PARSER shelter.words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
ALTER TEXT SEARCH PARSER shelter.words RENAME TO word_parser;
CREATE TEXT SEARCH DICTIONARY shelter.plain_words (TEMPLATE = shelter.simple_template);
ALTER TEXT SEARCH DICTIONARY shelter.plain_words (accept = false);
CREATE TEXT SEARCH CONFIGURATION shelter.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION shelter.english ALTER MAPPING FOR asciiword WITH shelter.plain_words, english_stem;

-- migrate:down

DROP TEXT SEARCH CONFIGURATION shelter.english;
DROP TEXT SEARCH DICTIONARY shelter.plain_words;
DROP TEXT SEARCH PARSER shelter.word_parser;
DROP TEXT SEARCH TEMPLATE shelter.simple_template;
DROP EVENT TRIGGER watched;
DROP FUNCTION shelter.watch();
DROP RULE noted ON shelter.summary;
DROP MATERIALIZED VIEW shelter.per_day;
DROP VIEW shelter.countdown, shelter.awake;
