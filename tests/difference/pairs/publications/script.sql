ALTER TABLE public.cats RENAME TO felines;

ALTER TABLE public.felines RENAME CONSTRAINT cats_pkey TO felines_pkey;

ALTER PUBLICATION pets DROP TABLE public.dogs;

ALTER PUBLICATION wild DROP TABLE public.birds;

DROP PUBLICATION everything;

DROP PUBLICATION nothing;

-- loses the rows of the table
DROP TABLE public.dogs;

CREATE TABLE public.fish (
    id integer NOT NULL,
    CONSTRAINT fish_pkey PRIMARY KEY (id)
);

CREATE PUBLICATION everything
    FOR TABLE public.fish
    WITH (publish = 'insert');

ALTER PUBLICATION pets ADD TABLE public.fish;

ALTER PUBLICATION pets SET (publish = 'insert, update');

COMMENT ON PUBLICATION pets IS 'those at home';

ALTER PUBLICATION wild ADD TABLE ONLY public.animals;

ALTER PUBLICATION wild SET (publish_via_partition_root = true);
