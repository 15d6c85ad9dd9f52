CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE cats (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'happy', moods mood[]);
CREATE INDEX cats_happy ON cats (id) WHERE mood = 'happy';
CREATE VIEW sad_cats AS SELECT id FROM cats WHERE mood = 'sad';
CREATE FUNCTION is_sad(m mood) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN m = 'sad';
CREATE TABLE owners (id int PRIMARY KEY);
CREATE VIEW all_owners AS SELECT id FROM owners;
