ALTER FUNCTION public.purr(integer) OWNER TO CURRENT_USER;

DROP VIEW public.kittens;

-- loses the values of the column
ALTER TABLE public.cats DROP COLUMN chip;

ALTER TABLE public.cats ALTER COLUMN id TYPE bigint;

CREATE TABLE zoo.given (
    id integer
);

CREATE TABLE zoo.plain (
    id integer
);

CREATE VIEW public.kittens AS
SELECT cats.id,
    cats.name
   FROM public.cats;

ALTER VIEW public.kittens OWNER TO pg_monitor;

REVOKE EXECUTE ON FUNCTION public.purr(integer) FROM PUBLIC;

REVOKE GRANT OPTION FOR INSERT ON TABLE public.cats FROM pg_write_all_data;

GRANT DELETE ON TABLE zoo.given TO pg_monitor;

ALTER DEFAULT PRIVILEGES IN SCHEMA zoo GRANT UPDATE ON TABLES TO pg_monitor;

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

REVOKE INSERT, SELECT ON TABLE zoo.plain FROM pg_monitor;
