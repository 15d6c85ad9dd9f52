DROP ACCESS METHOD cat_tree;

CREATE LANGUAGE "Meow"
    HANDLER public.handle;

CREATE OR REPLACE TRUSTED LANGUAGE purr
    HANDLER public.handle
    VALIDATOR public.validate;

COMMENT ON LANGUAGE purr IS 'as cats speak';

COMMENT ON ACCESS METHOD cat_heap IS 'a heap of cats';

CREATE ACCESS METHOD cat_tree TYPE INDEX HANDLER ginhandler;

CREATE TABLE public.dogs (
    id integer
)
    USING cat_heap;

CREATE OR REPLACE FUNCTION public.hiss()
    RETURNS integer
    LANGUAGE "Meow"
AS $$BEGIN RETURN 1; END$$;
