ALTER TEXT SEARCH DICTIONARY public.plain (stopwords, accept = 'true');

CREATE TEXT SEARCH DICTIONARY public.stems (
    TEMPLATE = pg_catalog.snowball,
    language = 'german',
    stopwords = 'german'
);

ALTER TEXT SEARCH CONFIGURATION public.cats DROP MAPPING FOR int;

ALTER TEXT SEARCH CONFIGURATION public.cats ALTER MAPPING FOR asciiword, word
    WITH public.stems, public.plain;

ALTER TEXT SEARCH CONFIGURATION public.cats ADD MAPPING FOR email, url
    WITH pg_catalog.simple;

COMMENT ON TEXT SEARCH CONFIGURATION public.cats IS 'as they speak';

CREATE TABLE public.cats (
    name text,
    words tsvector GENERATED ALWAYS AS (to_tsvector('public.cats'::regconfig, name)) STORED
);
