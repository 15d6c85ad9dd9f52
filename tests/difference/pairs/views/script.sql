DROP MATERIALIZED VIEW public.counts;

CREATE OR REPLACE VIEW public.kittens
    WITH (security_barrier = true) AS
SELECT cats.id,
    cats.name,
    cats.age
   FROM public.cats
  WHERE (cats.age < 2);

COMMENT ON VIEW public.kittens IS 'small cats';

CREATE MATERIALIZED VIEW public.counts AS
SELECT count(*) AS cats,
    max(cats.age) AS oldest
   FROM public.cats;

CREATE UNIQUE INDEX counts_cats ON public.counts USING btree (cats);
