DROP INDEX public.cats_happy;

DROP VIEW public.sad_cats;

DROP FUNCTION public.is_sad(public.mood);

ALTER TYPE public.mood RENAME TO mood_old;

CREATE TYPE public.mood AS ENUM ('sad', 'happy');

-- loses the labels 'ok'
-- fails if a value is none of the new type
ALTER TABLE public.cats
    ALTER COLUMN mood DROP DEFAULT,
    ALTER COLUMN mood TYPE public.mood USING mood::text::public.mood,
    ALTER COLUMN moods TYPE public.mood[] USING moods::text[]::public.mood[];

ALTER TABLE public.cats ALTER COLUMN mood SET DEFAULT 'happy'::public.mood;

DROP TYPE public.mood_old;

CREATE FUNCTION public.is_sad(m public.mood)
    RETURNS boolean
    LANGUAGE sql
    IMMUTABLE
RETURN (m = 'sad'::public.mood);

CREATE VIEW public.sad_cats AS
SELECT cats.id
   FROM public.cats
  WHERE (cats.mood = 'sad'::public.mood);

CREATE INDEX cats_happy ON public.cats USING btree (id) WHERE (mood = 'happy'::public.mood);
