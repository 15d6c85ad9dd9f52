-- outside a transaction
DROP INDEX CONCURRENTLY public.cats_name;

ALTER TABLE public.cats
    ADD CONSTRAINT owner_not_null CHECK (owner IS NOT NULL) NOT VALID;
-- commit here

-- fails if a row has NULL there
ALTER TABLE public.cats VALIDATE CONSTRAINT owner_not_null;
-- commit here

ALTER TABLE public.cats ALTER COLUMN owner SET NOT NULL;

ALTER TABLE public.cats DROP CONSTRAINT owner_not_null;

ALTER TABLE public.owners
    ADD CONSTRAINT email_not_null CHECK (email IS NOT NULL) NOT VALID;
-- commit here

-- fails if a row has NULL there
ALTER TABLE public.owners VALIDATE CONSTRAINT email_not_null;
-- commit here

ALTER TABLE public.owners ALTER COLUMN email SET NOT NULL;

ALTER TABLE public.owners DROP CONSTRAINT email_not_null;

ALTER TABLE public.cats
    ADD CONSTRAINT cats_age_check CHECK ((age >= 0)) NOT VALID;
-- commit here

-- fails if a row is against it
ALTER TABLE public.cats VALIDATE CONSTRAINT cats_age_check;

ALTER TABLE public.cats
    ADD CONSTRAINT cats_owner_fkey FOREIGN KEY (owner) REFERENCES public.owners(id) ON DELETE CASCADE NOT VALID;
-- commit here

-- fails if a row is against it
ALTER TABLE public.cats VALIDATE CONSTRAINT cats_owner_fkey;

-- fails if two rows have equal keys
-- outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY owners_email_key ON public.owners USING btree (email);

ALTER TABLE public.owners
    ADD CONSTRAINT owners_email_key UNIQUE USING INDEX owners_email_key;

-- fails if two rows have equal keys
-- outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY cats_lower ON public.cats USING btree (lower(name));

-- outside a transaction
CREATE INDEX CONCURRENTLY cats_owner ON public.cats USING btree (owner);
