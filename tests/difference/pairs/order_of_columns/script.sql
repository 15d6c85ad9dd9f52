-- cannot be expressed: table public.cats: the order of its columns, id, born, name: the table would have to be rebuilt

ALTER TABLE public.cats ADD COLUMN born date;
