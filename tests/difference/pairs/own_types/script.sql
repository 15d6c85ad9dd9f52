CREATE TYPE public.nick;

CREATE TYPE public.years;

ALTER TYPE public.weights RENAME TO weights_old;

ALTER TYPE public.weights_multirange RENAME TO weights_multirange_old;

ALTER FUNCTION public.weights_multirange() RENAME TO weights_multirange_old;

CREATE TYPE public.weights AS RANGE (
    subtype = bigint
);

CREATE FUNCTION public.nick_in(cstring)
    RETURNS public.nick
    LANGUAGE internal
    IMMUTABLE
    STRICT
AS 'textin';

CREATE FUNCTION public.nick_out(public.nick)
    RETURNS cstring
    LANGUAGE internal
    IMMUTABLE
    STRICT
AS 'textout';

CREATE TYPE public.nick (
    INPUT = public.nick_in,
    OUTPUT = public.nick_out,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended,
    CATEGORY = 'S',
    DEFAULT = 'tom',
    COLLATABLE = true
);

COMMENT ON TYPE public.nick IS 'a nickname';

CREATE CAST (text AS public.nick) WITHOUT FUNCTION AS ASSIGNMENT;

CREATE FUNCTION public.one_form(public.years)
    RETURNS public.years
    LANGUAGE internal
    IMMUTABLE
    STRICT
AS 'int4range_canonical';

CREATE TYPE public.years AS RANGE (
    subtype = integer,
    canonical = public.one_form,
    multirange_type_name = public."Many years"
);

-- fails if a value is none of the new type
ALTER TABLE public.cats
    ALTER COLUMN weight DROP DEFAULT,
    ALTER COLUMN weight TYPE public.weights USING weight::text::public.weights;

ALTER TABLE public.cats ALTER COLUMN weight SET DEFAULT '[1,2)'::public.weights;

ALTER TABLE public.cats ADD COLUMN nick public.nick;

ALTER TABLE public.cats ADD COLUMN lived public.years;

DROP TYPE public.weights_old;
