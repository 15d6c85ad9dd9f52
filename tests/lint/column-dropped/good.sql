CREATE TABLE cats (id int, nickname text);
ALTER TABLE cats DROP COLUMN nickname;
-- enact:allow column-dropped unread since the last release
ALTER TABLE owners DROP phone;
ALTER TABLE owners DROP CONSTRAINT owners_phone;
