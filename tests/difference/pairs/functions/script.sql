ALTER TABLE public.cats ALTER COLUMN tag DROP DEFAULT;

DROP INDEX public.cats_label;

DROP VIEW public.labels;

ALTER TABLE public.cats DROP CONSTRAINT cats_id_check;

DROP FUNCTION public.label(integer);

CREATE OR REPLACE FUNCTION public.age(born date)
    RETURNS integer
    LANGUAGE sql
    STABLE
    PARALLEL SAFE
AS $$SELECT 2$$;

CREATE FUNCTION public.label(number integer)
    RETURNS text
    LANGUAGE sql
    IMMUTABLE
RETURN ('no. '::text || number);

ALTER TABLE public.cats ALTER COLUMN tag SET DEFAULT public.label(1);

-- fails if a row is against it
ALTER TABLE public.cats
    ADD CONSTRAINT cats_id_check CHECK ((public.label(id) <> ''::text));

CREATE VIEW public.labels AS
SELECT public.label(cats.id) AS label
   FROM public.cats;

CREATE INDEX cats_label ON public.cats USING btree (public.label(id));
