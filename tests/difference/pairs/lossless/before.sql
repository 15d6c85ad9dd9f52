CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE cats (id int PRIMARY KEY, name text, notes text, mood mood, born timestamptz);
CREATE TABLE scratch (id int);
CREATE VIEW names AS SELECT name FROM cats;
