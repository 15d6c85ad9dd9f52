DROP RULE kittens ON public.cats;

DROP VIEW public.named;

-- loses the values of the column
ALTER TABLE public.cats DROP COLUMN age;

ALTER TABLE public.cats ADD COLUMN born date;

ALTER TABLE public.cats ADD COLUMN age integer GENERATED ALWAYS AS (((2024)::double precision - date_part('year'::text, born))) STORED;

CREATE TABLE public.departed (
    id integer,
    name text
);

CREATE VIEW public.named AS
SELECT cats.id,
    cats.age,
    cats.name
   FROM public.cats
  WHERE (cats.name <> ''::text);

CREATE OR REPLACE RULE keep AS
    ON DELETE TO public.cats DO ( INSERT INTO public.departed (id, name)
  VALUES (old.id, old.name);

 NOTIFY cats;
);

-- loses the rows of the table
DROP TABLE public.gone;

CREATE RULE kittens AS
    ON DELETE TO public.cats
   WHERE (old.age < 1) DO INSTEAD NOTHING;

ALTER TABLE public.cats DISABLE RULE kittens;

COMMENT ON RULE kittens ON public.cats IS 'too young';

ALTER TABLE public.cats ENABLE REPLICA RULE loud;

CREATE RULE write AS
    ON INSERT TO public.named DO INSTEAD  INSERT INTO public.cats (id, name)
  VALUES (new.id, new.name)
  RETURNING cats.id,
    cats.age,
    cats.name;
