CREATE TABLE public.notes (
    id integer,
    of text
)
    PARTITION BY LIST (of);

CREATE TABLE public.notes_a
    PARTITION OF public.notes
    FOR VALUES IN ('a');

CREATE TABLE public.notes_rest
    PARTITION OF public.notes
    DEFAULT;

ALTER TABLE public.visits ADD COLUMN note text;

CREATE TABLE public.visits_2024 (
    id integer NOT NULL,
    day date NOT NULL,
    note text
);

ALTER TABLE public.visits_2024
    ADD CONSTRAINT visits_2024_pkey PRIMARY KEY (id, day);

CREATE INDEX visits_2024_day_idx ON public.visits_2024 USING btree (day);

ALTER TABLE public.visits
    ATTACH PARTITION public.visits_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
