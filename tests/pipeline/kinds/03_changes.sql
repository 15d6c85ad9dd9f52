-- Every common ALTER TABLE
--
-- Revision ID: 03_changes
-- Revises: 02_tables
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

ALTER TABLE shelter.cats ADD COLUMN seen timestamptz DEFAULT now(), ADD COLUMN extra jsonb;
ALTER TABLE shelter.cats ALTER COLUMN extra SET STORAGE EXTERNAL;
ALTER TABLE shelter.cats ALTER COLUMN born SET STATISTICS 200;
ALTER TABLE shelter.cats ALTER COLUMN born SET (n_distinct = -0.5);
ALTER TABLE shelter.cats ALTER COLUMN born DROP DEFAULT;
ALTER TABLE shelter.cats ALTER COLUMN weight TYPE numeric(6, 2);
ALTER TABLE shelter.cats RENAME COLUMN extra TO details;
ALTER TABLE shelter.cats ADD CONSTRAINT sane CHECK (born > '1990-01-01') NOT VALID;
ALTER TABLE shelter.cats VALIDATE CONSTRAINT sane;
ALTER TABLE shelter.cats ALTER CONSTRAINT cats_mother_fkey DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shelter.cats SET (fillfactor = 90);
ALTER TABLE shelter.cats RESET (fillfactor);
ALTER TABLE shelter.cats REPLICA IDENTITY FULL;
CREATE TABLE shelter.strays (LIKE shelter.cats INCLUDING CONSTRAINTS INCLUDING GENERATED);
ALTER TABLE shelter.strays INHERIT shelter.cats;
ALTER TABLE shelter.strays NO INHERIT shelter.cats;
ALTER TABLE shelter.scratch SET LOGGED;
ALTER TABLE shelter.visits ADD FOREIGN KEY (cat) REFERENCES shelter.cats (id);
ALTER TABLE shelter.summary ADD PRIMARY KEY (mood);
ALTER TABLE shelter.summary DROP COLUMN cats;
ALTER TABLE shelter.summary_copy SET SCHEMA public;

-- migrate:down

ALTER TABLE public.summary_copy SET SCHEMA shelter;
ALTER TABLE shelter.summary DROP CONSTRAINT summary_pkey, ALTER mood DROP NOT NULL, ADD COLUMN cats bigint;
ALTER TABLE shelter.visits DROP CONSTRAINT visits_cat_fkey;
ALTER TABLE shelter.scratch SET UNLOGGED;
DROP TABLE shelter.strays;
ALTER TABLE shelter.cats REPLICA IDENTITY DEFAULT;
ALTER TABLE shelter.cats ALTER CONSTRAINT cats_mother_fkey DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE shelter.cats
    ALTER COLUMN weight TYPE numeric(4, 2),
    ALTER COLUMN born SET DEFAULT '2020-01-01',
    ALTER COLUMN born RESET (n_distinct),
    ALTER COLUMN born SET STATISTICS -1,
    DROP CONSTRAINT sane,
    DROP COLUMN seen,
    DROP COLUMN details;
