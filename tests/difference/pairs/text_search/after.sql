CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, accept = true);
CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, language = german, stopwords = german);
CREATE TEXT SEARCH CONFIGURATION cats (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR asciiword, word WITH stems, plain;
ALTER TEXT SEARCH CONFIGURATION cats ADD MAPPING FOR email, url WITH simple;
COMMENT ON TEXT SEARCH CONFIGURATION cats IS 'as they speak';
CREATE TABLE cats (name text, words tsvector GENERATED ALWAYS AS (to_tsvector('public.cats', name)) STORED);
