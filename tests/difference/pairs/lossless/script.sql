-- withheld: enum public.mood: the removal of 'ok'
-- withheld: table public.cats: the removal of column notes
-- withheld: table public.cats: type date of column born: the time of day
-- withheld: table public.scratch: its removal
-- withheld: view public.names: its removal

ALTER TABLE public.cats ALTER COLUMN id TYPE bigint;

ALTER TABLE public.cats ADD COLUMN owner integer;

CREATE INDEX cats_owner ON public.cats USING btree (owner);
