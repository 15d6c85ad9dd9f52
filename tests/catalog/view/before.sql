CREATE TABLE cats (id int, name text, age int);
CREATE VIEW kittens AS SELECT id, name FROM cats WHERE age < 1;
CREATE VIEW adults AS SELECT id, name AS title FROM cats WHERE age >= 1;
