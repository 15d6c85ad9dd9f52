DROP OPERATOR public.~~= (integer, integer);

CREATE FUNCTION public.apart(integer, integer)
    RETURNS boolean
    LANGUAGE sql
    IMMUTABLE
AS $$SELECT abs($1 - $2) >= 2$$;

CREATE FUNCTION public.backwards(integer, integer)
    RETURNS integer
    LANGUAGE sql
    IMMUTABLE
AS $$SELECT btint4cmp($2, $1)$$;

CREATE OR REPLACE AGGREGATE public.total(integer) (
    SFUNC = public.plus,
    STYPE = integer,
    INITCOND = '0',
    COMBINEFUNC = public.plus,
    PARALLEL = SAFE
);

CREATE OPERATOR public.!~~= (
    FUNCTION = public.apart,
    LEFTARG = integer,
    RIGHTARG = integer,
    NEGATOR = OPERATOR(public.~~=)
);

COMMENT ON OPERATOR public.!~~= (integer, integer) IS 'not near';

CREATE OPERATOR public.~~= (
    FUNCTION = public.near,
    LEFTARG = integer,
    RIGHTARG = integer,
    COMMUTATOR = OPERATOR(public.~~=),
    NEGATOR = OPERATOR(public.!~~=),
    RESTRICT = eqsel
);

CREATE OPERATOR FAMILY public.backwards USING btree;

ALTER OPERATOR FAMILY public.numbers USING btree DROP
    OPERATOR 1 (smallint,integer);

ALTER OPERATOR FAMILY public.numbers USING btree ADD
    OPERATOR 1 <(integer,smallint),
    FUNCTION 1 (smallint, integer) btint24cmp(smallint,integer);

CREATE OPERATOR CLASS public.backwards
    FOR TYPE integer USING btree FAMILY public.backwards AS
    OPERATOR 1 >(integer,integer),
    OPERATOR 2 >=(integer,integer),
    OPERATOR 3 =(integer,integer),
    OPERATOR 4 <=(integer,integer),
    OPERATOR 5 <(integer,integer),
    FUNCTION 1 (integer, integer) public.backwards(integer,integer);

CREATE INDEX cats_weight ON public.cats USING btree (weight public.backwards);
