ALTER TABLE public.cats RENAME TO felines;

ALTER SEQUENCE public.cats_id_seq RENAME TO felines_id_seq;

ALTER TABLE public.felines RENAME CONSTRAINT cats_pkey TO felines_pkey;

ALTER INDEX public.cats_name_idx RENAME TO felines_name_idx;

ALTER TABLE public.felines RENAME COLUMN name TO title;

ALTER TYPE public.mood RENAME VALUE 'ok' TO 'fine';

CREATE OR REPLACE VIEW public.names AS
SELECT felines.id,
    felines.title AS name
   FROM public.felines;
