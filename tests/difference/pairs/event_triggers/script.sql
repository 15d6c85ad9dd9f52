DROP EVENT TRIGGER at_drop;

DROP EVENT TRIGGER at_start;

DROP FUNCTION public.other();

-- loses the rows of the table
DROP TABLE public.cats;

CREATE TABLE public.dogs (
    id integer
);

CREATE OR REPLACE FUNCTION public.hook()
    RETURNS event_trigger
    LANGUAGE plpgsql
AS $$BEGIN RAISE NOTICE '%', tg_tag; END$$;

CREATE EVENT TRIGGER at_drop ON sql_drop
    WHEN TAG IN ('DROP TABLE', 'DROP VIEW')
    EXECUTE FUNCTION public.hook();

ALTER EVENT TRIGGER at_drop DISABLE;

ALTER EVENT TRIGGER at_end ENABLE REPLICA;

COMMENT ON EVENT TRIGGER at_end IS 'says what was done';
