ALTER TABLE public.owls SET TABLESPACE pg_default;

-- outside a transaction
DROP INDEX CONCURRENTLY public.cats_age;

CREATE TABLE public.dogs (
    id integer NOT NULL,
    CONSTRAINT dogs_pkey PRIMARY KEY (id)
);

-- fails if two rows are in conflict
ALTER TABLE public.cats
    ADD CONSTRAINT cats_room_excl EXCLUDE USING gist (room WITH &&) USING INDEX TABLESPACE slow WHERE ((age > 3)) DEFERRABLE;

-- fails if two rows have equal keys
-- outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY once ON public.cats USING btree (name) TABLESPACE fast;

ALTER TABLE public.cats
    ADD CONSTRAINT once UNIQUE USING INDEX once;

CREATE MATERIALIZED VIEW public.names
    TABLESPACE fast AS
SELECT cats.name
   FROM public.cats;

-- outside a transaction
CREATE INDEX CONCURRENTLY cats_age ON public.cats USING btree (age, id) TABLESPACE fast;

CREATE INDEX dogs_by_id ON public.dogs USING btree (id);

-- outside a transaction
CREATE INDEX CONCURRENTLY old_cats ON public.cats USING btree (id) TABLESPACE slow WHERE (age > 10);

-- outside a transaction
CREATE INDEX CONCURRENTLY visits_1_day_idx ON public.visits_1 USING btree (day) TABLESPACE slow;

CREATE INDEX visits_by_day ON public.visits USING btree (day);

ALTER INDEX public.dogs_pkey SET TABLESPACE slow;

ALTER INDEX public.dogs_by_id SET TABLESPACE slow;

ALTER INDEX public.visits_by_day SET TABLESPACE slow;

ALTER TABLE public.dogs SET TABLESPACE fast;
