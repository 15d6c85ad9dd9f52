CREATE TABLE cats (id int PRIMARY KEY, name text, age int);
CREATE TABLE gone (id int, name text);
CREATE VIEW named AS SELECT id, name FROM cats WHERE name <> '';
CREATE RULE kittens AS ON DELETE TO cats WHERE old.age < 1 DO INSTEAD NOTHING;
CREATE RULE keep AS ON DELETE TO cats DO ALSO INSERT INTO gone VALUES (old.id, old.name);
CREATE RULE write AS ON INSERT TO named DO INSTEAD INSERT INTO cats VALUES (new.id, new.name) RETURNING id, name;
CREATE RULE forget AS ON UPDATE TO gone DO INSTEAD NOTHING;
CREATE RULE loud AS ON UPDATE TO cats DO ALSO NOTIFY cats;
