DROP CAST (public.size AS integer);

CREATE CAST (public.size AS integer) WITH FUNCTION public.width(public.size) AS ASSIGNMENT;

COMMENT ON CAST (public.size AS integer) IS 'how wide';

ALTER TABLE public.cats ADD COLUMN width integer GENERATED ALWAYS AS ((size)::integer) STORED;

CREATE FUNCTION public.to_language(internal)
    RETURNS internal
    LANGUAGE internal
    IMMUTABLE
AS 'prsd_lextype';

CREATE TRANSFORM FOR public.size LANGUAGE plpgsql (
    FROM SQL WITH FUNCTION public.to_language(internal)
);
