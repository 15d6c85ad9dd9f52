DROP INDEX public.cats_other;

DROP CONVERSION public.latin;

ALTER COLLATION public.german RENAME TO german_old;

-- fails if the server does not have the locale
CREATE COLLATION public.german (provider = icu, locale = 'de-u-ks-level1', deterministic = false);

ALTER TABLE public.cats ALTER COLUMN name TYPE text COLLATE public.german;

DROP COLLATION public.german_old;

CREATE DEFAULT CONVERSION public.western FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

CREATE INDEX cats_other ON public.cats USING btree (other COLLATE public.german);
