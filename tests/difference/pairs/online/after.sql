-- online
CREATE TABLE owners (id int PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE cats (
    id int PRIMARY KEY,
    owner int NOT NULL REFERENCES owners ON DELETE CASCADE,
    age int CHECK (age >= 0),
    name text
);
CREATE INDEX cats_owner ON cats (owner);
CREATE UNIQUE INDEX cats_lower ON cats (lower(name));
