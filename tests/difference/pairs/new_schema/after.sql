CREATE SCHEMA zoo;
CREATE TYPE zoo.mood AS ENUM ('sad', 'happy');
CREATE DOMAIN zoo.age AS int CONSTRAINT possible CHECK (VALUE BETWEEN 0 AND 40);
CREATE TABLE zoo.owners (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE
);
CREATE TABLE zoo.cats (
    id serial PRIMARY KEY,
    owner bigint REFERENCES zoo.owners,
    best_friend int REFERENCES zoo.cats DEFERRABLE INITIALLY DEFERRED,
    name varchar(50) NOT NULL,
    age zoo.age,
    mood zoo.mood DEFAULT 'happy'
);
CREATE INDEX cats_owner ON zoo.cats (owner);
CREATE FUNCTION zoo.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name := trim(NEW.name);
    RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON zoo.cats FOR EACH ROW EXECUTE FUNCTION zoo.touch();
CREATE VIEW zoo.happy AS SELECT c.id, o.email FROM zoo.cats c JOIN zoo.owners o ON o.id = c.owner WHERE mood = 'happy';
ALTER TABLE zoo.cats ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON zoo.cats USING (name = CURRENT_USER);
COMMENT ON TABLE zoo.cats IS 'all of them';
