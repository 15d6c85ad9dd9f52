DROP VIEW public.old_cats;

-- loses the values of the column
ALTER TABLE public.cats DROP COLUMN chip;

-- loses digits in weight; the time of day in adopted
-- fails if a value is out of range
ALTER TABLE public.cats
    ALTER COLUMN name TYPE text,
    ALTER COLUMN age TYPE integer,
    ALTER COLUMN weight TYPE numeric(5,2),
    ALTER COLUMN adopted TYPE date;

ALTER TABLE public.cats ALTER COLUMN name SET DEFAULT 'cat'::text;

-- fails if the table has rows
ALTER TABLE public.cats ADD COLUMN "order" integer NOT NULL;

COMMENT ON COLUMN public.cats."order" IS 'in the queue; it''s a number';

ALTER TABLE public.cats ADD COLUMN tags text[] DEFAULT '{}'::text[];

-- fails if a row is against it
ALTER TABLE public.cats
    ADD CONSTRAINT cats_age_check CHECK ((age >= 0));

CREATE VIEW public.old_cats AS
SELECT cats.id,
    cats.name
   FROM public.cats
  WHERE (cats.age > 10);
