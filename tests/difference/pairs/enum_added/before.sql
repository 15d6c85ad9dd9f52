CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE cats (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'happy');
CREATE VIEW sad_cats AS SELECT id FROM cats WHERE mood = 'sad';
