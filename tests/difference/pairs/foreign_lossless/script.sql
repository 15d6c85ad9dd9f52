-- cannot be expressed: foreign table public.cats: option token: its value is not described
-- withheld: foreign server barn: the removal of option password
-- withheld: foreign server hut: its removal
-- withheld: foreign table public.birds: its removal
-- withheld: foreign table public.cats: the removal of column name
-- withheld: foreign table public.dogs: the removal of column id

ALTER TABLE public.cats DROP CONSTRAINT grown;

ALTER FOREIGN DATA WRAPPER far OPTIONS (DROP debug, ADD "Trace" 'on');

COMMENT ON FOREIGN DATA WRAPPER far IS 'behind the hills';

ALTER SERVER barn VERSION '2' OPTIONS (SET host 'house', ADD port '1');

-- its options are not described: add OPTIONS (...) where it needs some
CREATE USER MAPPING FOR pg_monitor SERVER barn;

CREATE FOREIGN TABLE public.visits_2023 (
    id integer,
    day date
)
    SERVER barn;

CREATE FUNCTION public.next_id()
    RETURNS integer
    LANGUAGE sql
AS $$SELECT 1$$;

ALTER FOREIGN TABLE public.cats ALTER COLUMN age TYPE bigint;

ALTER FOREIGN TABLE public.cats ALTER COLUMN id SET DEFAULT public.next_id();

ALTER FOREIGN TABLE public.cats ADD COLUMN born date OPTIONS (column_name 'born');

COMMENT ON COLUMN public.cats.born IS 'by hearsay';

ALTER FOREIGN TABLE public.cats ALTER COLUMN id OPTIONS (SET column_name 'Id', ADD key 'true');

ALTER FOREIGN TABLE public.cats OPTIONS (ADD schema_name 'zoo');

ALTER TABLE public.cats
    ADD CONSTRAINT grown CHECK ((age > 1));

ALTER TABLE public.visits
    ATTACH PARTITION public.visits_2023 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
