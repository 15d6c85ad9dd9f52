CREATE SCHEMA zoo;

CREATE TYPE zoo.mood AS ENUM ('sad', 'happy');

CREATE DOMAIN zoo.age AS integer
    CONSTRAINT possible CHECK (((VALUE >= 0) AND (VALUE <= 40)));

CREATE SEQUENCE zoo.cats_id_seq AS integer;

CREATE TABLE zoo.cats (
    id integer DEFAULT nextval('zoo.cats_id_seq'::regclass) NOT NULL,
    owner bigint,
    best_friend integer,
    name character varying(50) NOT NULL,
    age zoo.age,
    mood zoo.mood DEFAULT 'happy'::zoo.mood,
    CONSTRAINT cats_pkey PRIMARY KEY (id)
);

ALTER TABLE zoo.cats ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE zoo.cats IS 'all of them';

CREATE TABLE zoo.owners (
    id bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    CONSTRAINT owners_pkey PRIMARY KEY (id),
    CONSTRAINT owners_email_key UNIQUE (email)
);

ALTER SEQUENCE zoo.cats_id_seq OWNED BY zoo.cats.id;

CREATE FUNCTION zoo.touch()
    RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.name := trim(NEW.name);
    RETURN NEW;
END
$$;

ALTER TABLE zoo.cats
    ADD CONSTRAINT cats_best_friend_fkey FOREIGN KEY (best_friend) REFERENCES zoo.cats(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE zoo.cats
    ADD CONSTRAINT cats_owner_fkey FOREIGN KEY (owner) REFERENCES zoo.owners(id);

CREATE VIEW zoo.happy AS
SELECT c.id,
    o.email
   FROM (zoo.cats c
     JOIN zoo.owners o ON ((o.id = c.owner)))
  WHERE (c.mood = 'happy'::zoo.mood);

CREATE INDEX cats_owner ON zoo.cats USING btree (owner);

CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON zoo.cats FOR EACH ROW EXECUTE FUNCTION zoo.touch();

CREATE POLICY own ON zoo.cats
    USING (((name)::text = CURRENT_USER));
