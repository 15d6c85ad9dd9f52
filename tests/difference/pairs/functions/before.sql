CREATE FUNCTION age(born date) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION label(id int) RETURNS text LANGUAGE sql IMMUTABLE RETURN id::text;
CREATE TABLE cats (id int CHECK (label(id) <> ''), tag text DEFAULT label(1), born date);
CREATE INDEX cats_label ON cats (label(id));
CREATE VIEW labels AS SELECT label(id) AS label FROM cats;
CREATE VIEW ages AS SELECT age(born) AS age FROM cats;
