ALTER TYPE public.mood ADD VALUE 'awful' BEFORE 'sad';
-- commit here

ALTER TYPE public.mood ADD VALUE 'ok' AFTER 'sad';
-- commit here

ALTER TYPE public.mood ADD VALUE 'glad';
-- commit here

ALTER TABLE public.cats ALTER COLUMN mood SET DEFAULT 'ok'::public.mood;
