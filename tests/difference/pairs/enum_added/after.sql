CREATE TYPE mood AS ENUM ('awful', 'sad', 'ok', 'happy', 'glad');
CREATE TABLE cats (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok');
CREATE VIEW sad_cats AS SELECT id FROM cats WHERE mood = 'sad';
