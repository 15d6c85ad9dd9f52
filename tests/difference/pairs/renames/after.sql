-- enact:rename table public.cats to felines
-- enact:rename column public.felines.name to title
-- enact:rename value public.mood.ok to fine
CREATE TABLE felines (id serial PRIMARY KEY, title text, owner int);
CREATE INDEX felines_name_idx ON felines (title);
CREATE TYPE mood AS ENUM ('fine', 'bad');
ALTER TABLE felines ADD COLUMN mood mood DEFAULT 'fine';
CREATE VIEW names AS SELECT id, title AS name FROM felines;
GRANT SELECT (id, title) ON felines TO pg_monitor;
CREATE TABLE visits (cat int REFERENCES felines, day date);
