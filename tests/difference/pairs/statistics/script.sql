DROP STATISTICS public.passing;

DROP STATISTICS public.together;

DROP STATISTICS public.years;

-- loses the rows of the table
DROP TABLE public.dogs;

-- loses the values of the column
ALTER TABLE public.cats DROP COLUMN born;

ALTER TABLE public.cats ALTER COLUMN age TYPE bigint;

CREATE STATISTICS public.passing (mcv) ON id, name FROM public.cats;

CREATE STATISTICS public.together (dependencies) ON name, age FROM public.cats;

ALTER STATISTICS public.together SET STATISTICS 500;

COMMENT ON STATISTICS public.together IS 'names have their times';
