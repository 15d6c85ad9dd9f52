DROP VIEW public.both_of;

ALTER TABLE public.cats DROP CONSTRAINT cats_owner_fkey;

ALTER TABLE public.owners DROP CONSTRAINT owners_cat_fkey;

-- loses the rows of the table
DROP TABLE public.cats;

-- loses the rows of the table
DROP TABLE public.owners;

-- loses where the sequence stands
DROP SEQUENCE zoo.tickets;

DROP SCHEMA zoo;
